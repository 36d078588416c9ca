package release_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// A user installs the binary by its version, without a clone. The binary prints that version.
func TestInstall(t *testing.T) {
	t.Parallel()
	u := newUser(t, publish(t))
	u.run("go", "install", "-trimpath", binary+"@"+u.version)
	got := u.run(filepath.Join(u.folder, "bin", "awaitop"), "--version")
	if want := "awaitop version " + u.version + " (go1."; !strings.HasPrefix(got, want) {
		t.Errorf("awaitop --version prints %q, want %q and more", got, want)
	}
}
