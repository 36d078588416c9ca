package workflows_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// Looks that end without the activity's own word, because no worker has it or because it panics, do not hold an undo for
// ever. It names the target.
func TestUndoOperationWithoutALook(t *testing.T) {
	t.Parallel()
	const target = "projects/p/locations/l/clusters/c"
	for reason, end := range map[string]error{
		"no worker has the starter": temporal.NewApplicationError("unable to find activityType", "ActivityNotRegisteredError"),
		"the starter panics":        temporal.NewApplicationError("slice bounds out of range", "PanicError"),
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.env.RegisterActivityWithOptions(func(context.Context, starters.StartInput) (starters.StartOutput, error) {
				return starters.StartOutput{}, end
			}, activity.RegisterOptions{Name: names.Start})
			began := w.env.Now()
			w.env.ExecuteWorkflow(workflows.UndoOperationName, map[string]any{
				"method": "alloydb.projects.locations.clusters.create", "target": target, "key": "order 7", "undoWindow": "1800s",
			})
			if !w.env.IsWorkflowCompleted() {
				t.Fatal("the undo does not end")
			}
			f := testsuite.AssertFailure(t, w.env.GetWorkflowError(), lro.TypeCompensationFailed, lro.CodeUnknown)
			if len(f.Resources) != 1 || f.Resources[0] != target {
				t.Errorf("names %v, want %s", f.Resources, target)
			}
			if took := w.env.Now().Sub(began); took > 2*time.Hour {
				t.Errorf("it took %s", took)
			}
		})
	}
}
