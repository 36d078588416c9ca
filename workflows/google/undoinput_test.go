package google_test

import (
	"testing"

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
