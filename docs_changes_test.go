package awaitop_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	definedChange = regexp.MustCompile(`(?m)^const \w+Change = "(awaitop\.[^"]+)"$`)
	changeRow     = regexp.MustCompile("(?m)^\\| `(awaitop\\.[^`]+)` \\| [^|]+ \\|")
)

// TestDocumentedChanges wants docs/compatibility.md and testdata/contract.txt to have the change ids of workflow code, and
// no others.
func TestDocumentedChanges(t *testing.T) {
	t.Parallel()
	source, page := file(t, "workflows", "changes.go"), file(t, "docs", "compatibility.md")
	_, names, _ := strings.Cut(file(t, "testdata", "contract.txt"), "# change ids of workflow code\n")
	names, _, _ = strings.Cut(names, "\n\n")
	_, table, _ := strings.Cut(page, "\n| change id |")
	table, _, _ = strings.Cut(table, "\n\n")
	var want, rows []string
	for _, found := range definedChange.FindAllStringSubmatch(source, -1) {
		want = append(want, found[1])
	}
	for _, found := range changeRow.FindAllStringSubmatch(table, -1) {
		rows = append(rows, found[1])
	}
	slices.Sort(want)
	for where, got := range map[string][]string{"docs/compatibility.md": rows, "testdata/contract.txt": strings.Fields(names)} {
		slices.Sort(got)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s has the change ids %q, workflows/changes.go %q", where, got, want)
		}
	}
}

func file(t *testing.T, path ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
