package release_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// user is a user's folder outside of the checkout. Its go command reads the project's modules from a proxy.
type user struct {
	t       *testing.T
	folder  string
	env     []string
	version string // the version of both modules
}

func newUser(t *testing.T, p proxy) *user {
	t.Helper()
	u := &user{t: t, folder: t.TempDir(), version: p.version}
	u.env = append(os.Environ(),
		"CGO_ENABLED=0", // as deploy/build, so that packages are compiled once for both
		"GOWORK=off",
		"GOBIN="+filepath.Join(u.folder, "bin"),
		"GOPROXY="+strings.Join([]string{fileURL(p.folder), fileURL(filepath.Join(goenv(t, "GOMODCACHE"), "cache", "download")), goenv(t, "GOPROXY")}, ","),
		"GONOSUMDB="+library,
		// The checkout changes and its version does not, so that a module cache serves one test only.
		"GOMODCACHE="+t.TempDir(),
		"GOFLAGS=-modcacherw",
	)
	return u
}

// run runs a command in the user's folder, and returns its standard output.
func (u *user) run(name string, args ...string) string {
	u.t.Helper()
	var problems strings.Builder
	command := exec.CommandContext(u.t.Context(), name, args...)
	command.Dir, command.Env, command.Stderr = u.folder, u.env, &problems
	out, err := command.Output()
	if err != nil {
		u.t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, problems.String())
	}
	return string(out)
}

// goenv is a setting of the go command of the test's own environment.
func goenv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// fileURL is the GOPROXY that reads a folder.
func fileURL(folder string) string { return "file://" + filepath.ToSlash(folder) }
