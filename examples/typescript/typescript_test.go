package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// install installs what package-lock.json has, as a user would, once. It takes what an earlier run has installed.
var install = sync.OnceValues(func() (output []byte, err error) {
	if _, err := exec.LookPath("npm"); err != nil {
		return []byte("the TypeScript example needs Node.js 20.3 or later, with npm"), err
	}
	if isNewer("node_modules/.package-lock.json", "package-lock.json") {
		return nil, nil
	}
	return exec.Command("npm", "ci").CombinedOutput()
})

// isNewer reports whether a file is there, and newer than another.
func isNewer(file, than string) bool {
	made, err := os.Stat(file)
	source, missing := os.Stat(than)
	return err == nil && missing == nil && made.ModTime().After(source.ModTime())
}

// npm runs npm in this folder, and returns what it prints to standard output.
func npm(t *testing.T, args ...string) string {
	t.Helper()
	if output, err := install(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, output)
	}
	command := exec.Command("npm", args...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	stdout, err := command.Output()
	if err != nil {
		t.Errorf("npm %s: %v\n%s%s", strings.Join(args, " "), err, stdout, stderr.Bytes())
	}
	return string(stdout)
}

func TestStart(t *testing.T) {
	t.Parallel()
	out := npm(t, "start")
	for _, line := range []string{
		`restore: succeeded with \{"name":"projects/p/locations/us-central1/clusters/orders"\}`,
		`restore, through Nexus: succeeded with .*`,
		`upgrade: failed with OperationFailed\.FAILED_PRECONDITION: the cluster is being maintained`,
		`upgrade, through Nexus: failed with OperationFailed\.FAILED_PRECONDITION: the cluster is being maintained`,
		`import: canceled; the cancel of the operation: canceled`,
		`saga of orders: succeeded with \["projects/p/locations/us-central1/clusters/orders",.*\]`,
		`saga of stock: failed with OperationFailed\.RESOURCE_EXHAUSTED: no capacity`,
		`saga of customers: canceled, and all is undone`,
		`switchover: canceled; the cancel of the operation: unsupported`,
	} {
		if !regexp.MustCompile("(?m)^" + line + "$").MatchString(out) {
			t.Errorf("no line %s in:\n%s", line, out)
		}
	}
}

// Each wrong input is refused with the field's path, and no workflow is stuck.
func TestWrongInputs(t *testing.T) {
	t.Parallel()
	if out := npm(t, "run", "survey"); !strings.Contains(out, ", 0 not refused as they should be\n") {
		t.Errorf("the survey found:\n%s", out)
	}
}

func TestTypeScriptCompiles(t *testing.T) {
	t.Parallel()
	npm(t, "run", "check")
}

// The types are those of the contract's document.
func TestTypesAreCurrent(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "contract.ts")
	npm(t, "run", "types", file)
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("src/contract.ts"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("src/contract.ts is not what `npm run types` makes: %v", err)
	}
}

// A lock file with addresses would tie its users to one registry.
func TestLockFileNamesNoRegistry(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile("package-lock.json")
	if err != nil || bytes.Contains(lock, []byte(`"resolved"`)) {
		t.Errorf("package-lock.json has addresses of packages: %v", err)
	}
}
