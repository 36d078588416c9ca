package documents_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/awaitop/awaitop/examples/documents"
)

// A copy has what git knows and what is new, as it is now; not what git ignores, nor what was deleted.
func TestCopy(t *testing.T) {
	t.Parallel()
	checkout, target := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		".gitignore": "ignored\n", "known/changed": "old", "known/deleted": "", "known/run": "", "ignored": "", "new": "",
	} {
		path := filepath.Join(checkout, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	git(t, checkout, "init", "--quiet")
	git(t, checkout, "add", "known")
	if err := os.WriteFile(filepath.Join(checkout, "known/changed"), []byte("now"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(checkout, "known/deleted")); err != nil {
		t.Fatal(err)
	}
	if err := documents.Copy(t.Context(), checkout, target); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"known/changed": true, "known/deleted": false, "known/run": true, "ignored": false, "new": true, ".git": false,
	} {
		if _, err := os.Stat(filepath.Join(target, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
	if raw, err := os.ReadFile(filepath.Join(target, "known/changed")); err != nil || string(raw) != "now" {
		t.Errorf("known/changed: %q, %v, want it as it is now", raw, err)
	}
	if info, err := os.Stat(filepath.Join(target, "known/run")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("known/run is not executable any more: %v", err)
	}
}

func git(t *testing.T, folder string, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", arguments...)
	command.Dir = folder
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", arguments, err, out)
	}
}
