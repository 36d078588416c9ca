package google_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// A change of the labels of what an earlier step has made takes nothing from that step's undo.
func TestUndoOfRelabeled(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"sql.instances.patch", "sql.instances.update"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			c := classes["label, Cloud SQL"]
			env := c.env(t, testsuite.Script{RunsFor: time.Minute})
			relabeled := map[string]any{"settings": map[string]any{"userLabels": map[string]any{"team": "a"}}}
			env.ExecuteWorkflow(inSaga(func(ctx workflow.Context, saga *workflows.Saga) error {
				return inTurn(ctx, saga, google.Start[struct{}](c.method, c.target, nil), google.Start[struct{}](method, c.target, relabeled).WithoutUndo())
			}))
			if env.Exists(c.target) {
				t.Errorf("it is left after %v", env.GetWorkflowError())
			}
			env.AssertStarted(t, testsuite.Method(method), c.target, 1)
		})
	}
}
