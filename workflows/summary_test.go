package workflows

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/awaitop/awaitop/lro"
)

// A summary fits the server's limits, is valid text, and keeps the end of a name.
func TestSummaries(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 300)
	for name, row := range map[string]struct {
		reason   string
		text     string
		max      int
		contains string
	}{
		"short":          {"as it is", summary("start it"), maxSummary, "start it"},
		"long":           {"its beginning", summary("start " + long), maxSummary, "start ää"},
		"operation":      {"by its name", summaryOf("await", lro.Ref{Name: "projects/p/operations/o"}), maxSummary, "await projects/p/operations/o"},
		"long operation": {"by its name's end", summaryOf("await", lro.Ref{Name: "projects/" + long + "/operations/o"}), maxSummary, "/operations/o"},
		"keyword":        {"as it is", keyword("//s/projects/p/operations/o"), maxKeyword, "//s/projects/p/operations/o"},
		"long keyword":   {"its end", keyword("//s/projects/" + long + "/operations/o"), maxKeyword, "/operations/o"},
	} {
		if len(row.text) > row.max || !utf8.ValidString(row.text) || !strings.Contains(row.text, row.contains) {
			t.Errorf("%s: %s: %q of %d bytes", name, row.reason, row.text, len(row.text))
		}
	}
}
