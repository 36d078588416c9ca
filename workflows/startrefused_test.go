package workflows_test

import (
	"context"
	"slices"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// A first attempt whose call has acted may end in a failure that is final: the reply was no operation, and reads did not
// show what it had started. The step looks for it before it says that nothing runs.
func TestRefusedStartIsLookedFor(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		seenFrom int  // the first look that sees the operation; 0 for none
		blind    bool // looks are refused
		before   bool // the history is of a release that did not look
		failure  lro.FailureType
		looks    int
		left     []string
	}{
		"seen at once":              {reason: "the step goes on with it", seenFrom: 1, looks: 1},
		"seen after the quarantine": {reason: "reads lagged", seenFrom: 2, looks: 2},
		"not there":                 {reason: "two looks do not see it", failure: lro.TypeStartFailed, looks: 2},
		"not to be looked for":      {reason: "it is named, because it may run", blind: true, failure: lro.TypeCompensationFailed, looks: 3, left: []string{instanceName}},
		"an older history":          {reason: "a replay takes the path that was recorded", before: true, failure: lro.TypeStartFailed},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if row.before {
				w.env.OnGetVersion(workflows.StartLookChange, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
			}
			var looks []starters.StartInput
			refused := lro.Failure{
				Type: lro.TypeStartFailed, MayRun: true, Resources: []string{instanceName},
				StartError: &lro.Status{Code: lro.CodePermissionDenied, Message: "no"},
			}
			w.env.RegisterActivityWithOptions(func(_ context.Context, in starters.StartInput) (starters.StartOutput, error) {
				if !in.AdoptOnly {
					w.service.Start(operationName, inAMinute)
					return starters.StartOutput{}, activities.NewError(refused)
				}
				looks = append(looks, in)
				switch {
				case row.blind:
					return starters.StartOutput{}, activities.NewError(refused)
				case row.seenFrom == 0 || len(looks) < row.seenFrom:
					return starters.StartOutput{}, nil
				}
				ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
				return starters.StartOutput{Found: true, Adopted: true, Ref: ref, Operation: lro.Operation{Name: operationName}}, nil
			}, activity.RegisterOptions{Name: "test.Start"})
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					_, err := workflows.Run(ctx, saga, step{Activity: "test.Start", Target: instanceName})
					return err
				})
			})
			failure, _ := lro.AsFailure(err)
			if (err != nil) != (row.failure != "") || failure.Type != row.failure || failure.MayRun || len(looks) != row.looks {
				t.Errorf("%s: %v (may run: %t) after %d looks, want %q after %d", row.reason, err, failure.MayRun, len(looks), row.failure, row.looks)
			}
			if row.left != nil && !slices.Equal(failure.Resources, row.left) {
				t.Errorf("%s: names %v, want %v", row.reason, failure.Resources, row.left)
			}
			for _, look := range looks {
				if !look.Retried {
					t.Errorf("%s: a look does not know that the call may have acted: %+v", row.reason, look)
				}
			}
		})
	}
}
