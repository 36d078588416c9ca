package google_test

import (
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A wrong outcome is refused before anything is canceled or deleted by it.
func TestUndoOperationRefuses(t *testing.T) {
	t.Parallel()
	c := classes["requestId and label"]
	for name, tt := range map[string]struct {
		reason  string
		outcome any
		field   string
	}{
		"text":     {"an outcome is an object", "done", "outcome"},
		"no key":   {"whose is it?", nil, "key"},
		"resource": {"its cancel would be a request about the resource", map[string]any{"ref": "//alloydb.googleapis.com/projects/p/locations/l/clusters/c", "operation": map[string]any{}}, "outcome.ref"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{})
			env.ExecuteWorkflow(workflows.UndoOperationName, c.input(map[string]any{"outcome": tt.outcome}))
			if f, _ := lro.AsFailure(env.GetWorkflowError()); f.Type != lro.TypeInvalidInput || f.Field != tt.field {
				t.Errorf("%s: %v names %q, want %q", tt.reason, env.GetWorkflowError(), f.Field, tt.field)
			}
		})
	}
}

// An undo that finds nothing says so. Under a run timeout that leaves no time for the quarantine it names no resource as
// left.
func TestUndoOperationOfNothing(t *testing.T) {
	t.Parallel()
	c := classes["label"]
	rows := map[string]struct {
		reason  string
		timeout time.Duration
		want    lro.FailureType // "" for a success
	}{
		"in time":     {"the quarantine is over", 0, ""},
		"run timeout": {"a late request may still start it", 20 * time.Second, lro.TypeAwaitTimeout},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{})
			env.SetWorkflowRunTimeout(row.timeout)
			env.ExecuteWorkflow(workflows.UndoOperationName, c.input(map[string]any{"key": "never"}))
			if row.want != "" {
				if f := testsuite.AssertFailure(t, env.GetWorkflowError(), row.want, lro.CodeDeadlineExceeded); !strings.Contains(f.Message(), "a late request may still start it") {
					t.Errorf("%s: %s", row.reason, f.Message())
				}
				return
			}
			var out workflows.UndoOutcome
			if err := env.GetWorkflowResult(&out); err != nil || out.Removal != workflows.RemovalNotStarted {
				t.Errorf("%s: %+v, %v", row.reason, out, err)
			}
		})
	}
}
