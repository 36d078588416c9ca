package workflows_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// The undo of a step whose operation's record is gone deletes what the operation has made, whether the service has a
// cancel or not.
func TestUndoOfAGoneOperation(t *testing.T) {
	t.Parallel()
	one := func(ctx workflow.Context, saga *workflows.Saga) error {
		_, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
		return err
	}
	set := func(ctx workflow.Context, saga *workflows.Saga) error {
		return workflows.RunAll(ctx, saga,
			spanner.CreateInstance(instanceName, spanner.Instance{}), spanner.CreateInstance(instanceName+"2", spanner.Instance{}))
	}
	noCancel := testsuite.FailWith(lro.CodeUnimplemented, "there is no cancel").On(testsuite.MethodCancel)
	unread := testsuite.NotFound().On(testsuite.MethodGet, testsuite.MethodList)
	expired := []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodGet, testsuite.MethodList).During(2*time.Minute, 10*time.Minute), unread.During(10*time.Minute, 0)}
	for name, row := range map[string]struct {
		reason string
		do     func(workflow.Context, *workflows.Saga) error
		faults []testsuite.Fault
		want   lro.FailureType
	}{
		"seen":            {"its record expired in an outage", one, append(expired, noCancel), lro.TypeOperationGone},
		"seen, a cancel":  {"the cancel answers 404 as the read does", one, append(expired, testsuite.NotFound().On(testsuite.MethodCancel)), lro.TypeOperationGone},
		"never seen":      {"but by its start", one, []testsuite.Fault{unread, noCancel}, lro.TypePollFailed},
		"a set, seen":     {"the set's result tells it", set, append(expired, noCancel), lro.TypeOperationGone},
		"a set, not seen": {"each is read again", set, []testsuite.Fault{unread, noCancel}, lro.TypePollFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			w.plan("CreateInstance", testsuite.Script{RunsFor: 5 * time.Minute, Faults: row.faults}, testsuite.Script{RunsFor: 5 * time.Minute, Faults: row.faults})
			err := w.run(func(ctx workflow.Context) error {
				steps := workflows.StepOptions{Await: workflows.AwaitOptions{NotFoundGrace: 10 * time.Minute}}
				return workflows.WithSaga(ctx, workflows.SagaOptions{Steps: steps}, row.do)
			})
			testsuite.AssertFailure(t, err, row.want, lro.CodeNotFound)
			w.none(instanceName, instanceName+"2")
			if t.Failed() {
				t.Log(row.reason)
			}
		})
	}
}
