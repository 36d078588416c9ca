package main_test

import (
	"os/exec"
	"strings"
	"testing"
)

// testTools are packages for tests. A name that ends in a slash stands for all packages below it.
var testTools = []string{
	"testing", "testing/", "github.com/google/go-cmp/", "github.com/stretchr/testify/",
	"github.com/awaitop/awaitop/testsuite/conformance", "github.com/awaitop/awaitop/internal/golden", "github.com/awaitop/awaitop/internal/exampletest",
}

func isTestTool(name string) bool {
	for _, tool := range testTools {
		if name == tool || strings.HasSuffix(tool, "/") && strings.HasPrefix(name, tool) {
			return true
		}
	}
	return false
}

// No package of the binary imports a tool of tests, but for the Temporal SDK: go.temporal.io/sdk/internal holds its test
// environment, so that each worker has testing and testify.
func TestImportsNoTestTools(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	brought := false
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		for _, imported := range names[1:] {
			switch {
			case !isTestTool(imported) || isTestTool(names[0]):
			case names[0] == "go.temporal.io/sdk/internal":
				brought = true
			default:
				t.Errorf("%s imports %s", names[0], imported)
			}
		}
	}
	if !brought {
		t.Error("the Temporal SDK brings no tools of tests any more: the binary must not have any")
	}
}

// The linker leaves nothing of them but what initializes their packages.
func TestLinksNoTestTools(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	symbols := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := fields[len(fields)-1]
		symbols++
		for _, unwanted := range []string{
			"testing.(*", "github.com/google/go-cmp/", "github.com/awaitop/awaitop/testsuite/conformance.",
			"github.com/awaitop/awaitop/testsuite.(*Env)", "go.temporal.io/sdk/internal.(*TestWorkflowEnvironment)",
		} {
			if strings.HasPrefix(name, unwanted) {
				t.Errorf("the binary has %s", name)
			}
		}
	}
	if symbols < 10_000 {
		t.Errorf("%d symbols: are they those of the binary?", symbols)
	}
}
