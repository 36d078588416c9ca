package awaitop_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedWorkflow wants README.md to show the workflow that a reader copies, word for word.
func TestDocumentedWorkflow(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("examples", "quickstart", "workflow.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, workflow, _ := strings.Cut(string(source), "\n\n")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if workflow == "" || !strings.Contains(string(readme), "```go\n"+workflow+"```\n") {
		t.Error("README.md does not show examples/quickstart/workflow.go from its imports on")
	}
}
