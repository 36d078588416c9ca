package testsuite_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

var quiet = log.NewStructuredLogger(slog.New(slog.DiscardHandler))

// waiter is an activity that polls on a clock: it holds for ten minutes, then
// hands the wait back for one.
type waiter struct {
	client lro.Client
	clock  poller.Clock
}

func (w waiter) Wait(ctx context.Context, ref lro.Ref) (lro.State, error) {
	for hold := w.clock.Now().Add(10 * time.Minute); w.clock.Now().Before(hold); {
		op, err := w.client.GetOperation(ctx, ref)
		if err != nil || op.Done {
			return op.State(), err
		}
		if err := w.clock.Sleep(ctx, time.Minute); err != nil {
			return "", err
		}
	}
	return "", temporal.NewApplicationErrorWithOptions("running", "Running", temporal.ApplicationErrorOptions{NextRetryDelay: time.Minute})
}

// waitForAll waits for all refs at once and returns how they ended.
func waitForAll(ctx workflow.Context, refs []lro.Ref) ([]lro.State, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour, RetryPolicy: &temporal.RetryPolicy{BackoffCoefficient: 1, MaximumAttempts: 1000},
	})
	var waits []workflow.Future
	for _, ref := range refs {
		waits = append(waits, workflow.ExecuteActivity(ctx, "Wait", ref))
	}
	states := make([]lro.State, len(refs))
	var err error
	for i, wait := range waits {
		err = errors.Join(err, wait.Get(ctx, &states[i]))
	}
	return states, err
}

// In Temporal's test environment, activities that hold and activities that are
// retried later see one time, hours pass at once, and side by side.
func TestEnvClockInTheTestEnvironment(t *testing.T) {
	t.Parallel()
	var suite temporaltest.WorkflowTestSuite
	suite.SetLogger(quiet)
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute) // of real time; the default of 3 s is short on a busy machine
	clock := manualclock.ForEnv(env.Now)
	service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
	refs := []lro.Ref{
		service.Start(instance+"/operations/long", testsuite.Script{RunsFor: 2 * time.Hour}),
		service.Start(instance+"/operations/longer", testsuite.Script{RunsFor: 3 * time.Hour, End: testsuite.Fail(lro.CodeAborted, "no")}),
	}
	env.RegisterActivityWithOptions(waiter{service, clock}.Wait, activity.RegisterOptions{Name: "Wait"})
	start := clock.Now()
	env.ExecuteWorkflow(waitForAll, refs)
	var got []lro.State
	if err := errors.Join(env.GetWorkflowError(), env.GetWorkflowResult(&got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]lro.State{lro.StateSucceeded, lro.StateFailed}, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	took := clock.Now().Sub(start)
	if took < 3*time.Hour || took >= 5*time.Hour {
		t.Errorf("two and three hours, side by side, took %v", took)
	}
}
