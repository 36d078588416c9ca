package workflows_test

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// If an operation cannot be read, nothing is undone, and each step is named that the undo would have done something about.
func TestLeavesNamed(t *testing.T) {
	t.Parallel()
	back := func(workflow.Context, lro.Outcome) error { return nil }
	rows := map[string]struct {
		reason string
		first  testsuite.Script // of the step before that whose operation cannot be read
		change func(*step)
		named  bool
	}{
		"succeeded":             {reason: "it is to be deleted", first: inAMinute, named: true},
		"failed":                {reason: "it may have left something to delete", first: failing, named: true},
		"failed, to compensate": {reason: "it has changed nothing", first: failing, change: func(s *step) { *s = s.UndoneBy(back) }},
		"to stay":               {reason: "its undo does nothing", first: inAMinute, change: func(s *step) { *s = s.WithoutUndo() }},
		"to compensate":         {reason: "its change is to be taken back", first: inAMinute, change: func(s *step) { *s = s.UndoneBy(back) }, named: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, testsuite.PermissionDenied().On(testsuite.MethodGet, testsuite.MethodList).During(10*time.Minute, 100*time.Hour))
			w.service.Put(instanceName, nil)
			steps := databases(2)
			w.service.PlanFor("CreateDatabase", steps[0].Target, row.first)
			w.service.PlanFor("CreateDatabase", steps[1].Target, forever)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					first := untyped(steps[0])
					if row.change != nil {
						row.change(&first)
					}
					_, _ = workflows.Run(ctx, saga, first)
					_, err := workflows.Run(ctx, saga, steps[1])
					return err
				})
			})
			f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
			if slices.Contains(f.Resources, steps[0].Target) != row.named || !slices.Contains(f.Resources, steps[1].Target) {
				t.Errorf("%s: left %q", row.reason, f.Resources)
			}
		})
	}
}
