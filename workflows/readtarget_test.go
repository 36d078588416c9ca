package workflows_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// A step whose operation has succeeded without a response reads its target. If that read fails, nothing has gone wrong with
// the operation: nothing is undone.
func TestReadTarget(t *testing.T) {
	t.Parallel()
	const first = "projects/p/instances/first"
	from := 30 * time.Second // after the start's own looks
	denied := func(until time.Duration) testsuite.Fault {
		return testsuite.PermissionDenied().On("GetInstance").For(instanceName).During(from, until)
	}
	down := func(until time.Duration) testsuite.Fault {
		return testsuite.Unavailable().On("GetInstance").For(instanceName).During(from, until)
	}
	rows := map[string]struct {
		reason string
		fault  testsuite.Fault
		cancel time.Duration // of the workflow, 0 for never
		before bool          // the history is of a release that undid
		ends   string        // the type of the workflow's error, "" for none
		cause  string        // that of its cause, "" for none
		undone bool
	}{
		"403 for a while":     {reason: "somebody mends the permission within AuthGrace", fault: denied(50 * time.Minute)},
		"503 for a while":     {reason: "an outage passes", fault: down(50 * time.Minute)},
		"403 for hours":       {reason: "one IAM mistake deletes nothing", fault: denied(5 * time.Hour), ends: "CompensationFailed", cause: "PollFailed.PERMISSION_DENIED"},
		"503 for hours":       {reason: "nor does an outage", fault: down(5 * time.Hour), ends: "CompensationFailed", cause: "PollFailed.UNAVAILABLE"},
		"canceled meanwhile":  {reason: "the cancel is reason enough", fault: denied(90 * time.Minute), cancel: 30 * time.Minute, ends: "PollFailed.PERMISSION_DENIED", undone: true},
		"not there":           {reason: "that is the service's own word", fault: testsuite.NotFound().On("GetInstance").For(instanceName).During(from, 5*time.Minute), ends: "PollFailed.NOT_FOUND", undone: true},
		"of an older history": {reason: "a replay takes the path that was recorded", fault: denied(90 * time.Minute), before: true, ends: "PollFailed.PERMISSION_DENIED", undone: true},
	}
	for name, row := range rows {
		for _, together := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", together"}[together], func(t *testing.T) {
				t.Parallel()
				w := newProvisioning(t, row.fault)
				if row.before {
					w.env.OnGetVersion(workflows.ReadTargetChange, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
				}
				w.plan("CreateInstance", testsuite.Script{}, testsuite.Script{RunsFor: time.Minute, End: testsuite.Succeed(nil)})
				if row.cancel > 0 {
					w.env.RegisterDelayedCallback(w.env.CancelWorkflow, row.cancel)
				}
				err := w.run(func(ctx workflow.Context) error {
					return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
						if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(first, spanner.Instance{})); err != nil {
							return err
						}
						var made spanner.Instance
						step := spanner.CreateInstance(instanceName, spanner.Instance{})
						step.Get = names.GetInstance
						if together {
							return workflows.RunAll(ctx, saga, step.Into(&made))
						}
						_, err := workflows.Run(ctx, saga, step)
						return err
					})
				})
				failure, _ := lro.AsFailure(err)
				ends, cause := "", ""
				if err != nil {
					ends = failure.ErrorType()
				}
				if failure.Cause != nil {
					cause = failure.Cause.Type
				}
				if ends != row.ends || cause != row.cause || w.service.Exists(first) == row.undone {
					t.Errorf("%s: %v, %q because of %q; the first instance exists: %t; want %q because of %q", row.reason, err, ends, cause, w.service.Exists(first), row.ends, row.cause)
				}
				if row.cause != "" && len(failure.Resources) != 2 {
					t.Errorf("%s: names %v, want both instances", row.reason, failure.Resources)
				}
			})
		}
	}
}
