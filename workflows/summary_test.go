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
	} {
		if len(row.text) > row.max || !utf8.ValidString(row.text) || !strings.Contains(row.text, row.contains) {
			t.Errorf("%s: %s: %q of %d bytes", name, row.reason, row.text, len(row.text))
		}
	}
}

// An activity of a step's operation is named by the step, because a server-made operation name
// tells little.
func TestStepSummaries(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Name: "projects/p/instances/i/operations/_auto_op_1"}
	const step = "CreateInstance projects/p/instances/i"
	set := func(n int, steps ...string) *setWait {
		w := &setWait{steps: steps}
		for range n {
			w.outcome.Operations = append(w.outcome.Operations, SetResult{Ref: ref, State: lro.StateRunning})
		}
		return w
	}
	ended := set(3, "a", "b", "c")
	ended.outcome.Operations[1].State = lro.StateSucceeded
	adopted := Adopt[struct{}](ref, "projects/p/instances/i").named()
	named := Adopt[struct{}](ref, "projects/p/instances/i")
	named.Name = "import"
	for name, row := range map[string]struct {
		reason string
		got    string
		want   string
	}{
		"a step's":           {"by the step", (&AwaitInput{Ref: ref, step: step}).summary("await"), "await " + step},
		"another's":          {"by the operation", (&AwaitInput{Ref: ref}).summary("await"), "await " + ref.Name},
		"adopted":            {"by its target", adopted.shown(), "projects/p/instances/i"},
		"adopted, named":     {"by its name", named.shown(), "import"},
		"steps side by side": {"all of them", set(2, "a", "b").summary("await"), "await 2 operations: a, b"},
		"some have ended":    {"those that are awaited yet", ended.summary("cancel"), "cancel 2 operations: a, c"},
		"no steps":           {"their number", set(2).summary("await"), "await 2 operations"},
		"one step":           {"like a wait for its operation alone", set(1, "a").summary("await"), "await a"},
		"one, no step":       {"their number", set(1).summary("await"), "await 1 operation"},
		"many steps":         {"as many as there is room for", set(3, strings.Repeat("a", 150), strings.Repeat("b", 150), "c").summary("await"), "await 3 operations: " + strings.Repeat("a", 150) + ", " + strings.Repeat("b", 25) + "..."},
	} {
		if row.got != row.want {
			t.Errorf("%s: %s: %q, want %q", name, row.reason, row.got, row.want)
		}
	}
}
