package workflows_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/internal/unlimited"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// world is a test environment with a scripted service, both on one clock that
// skips time.
type world struct {
	t       *testing.T
	env     *sdk.TestWorkflowEnvironment
	service *testsuite.Service
	clock   poller.Clock
}

func newWorld(t *testing.T, faults ...testsuite.Fault) *world {
	t.Helper()
	w := newEmptyWorld(t, faults...)
	w.register(w.env)
	return w
}

// newEmptyWorld returns a world without activities.
func newEmptyWorld(t *testing.T, faults ...testsuite.Fault) *world {
	t.Helper()
	return newWorldIn(t, &sdk.WorkflowTestSuite{}, faults...)
}

// newWorldIn returns a world without activities in a suite.
func newWorldIn(t *testing.T, suite *sdk.WorkflowTestSuite, faults ...testsuite.Fault) *world {
	t.Helper()
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(30 * time.Second) // real time, for a busy machine
	// Under the race detector a workflow task with thousands of names takes seconds.
	env.SetWorkerOptions(worker.Options{
		DeadlockDetectionTimeout: 30 * time.Second, Interceptors: []interceptor.WorkerInterceptor{workflows.Interceptor(), unlimited.Interceptor(nil)},
	})
	clock := manualclock.ForEnv(env.Now)
	service := testsuite.ForTest(t, testsuite.Options{Clock: clock, Faults: faults})
	workflows.Register(env)
	return &world{t: t, env: env, service: service, clock: clock}
}

// register registers the activities. Never held, each wait between polls is the
// environment's, which skips it.
func (w *world) register(registry activities.Registry) {
	activities.New(w.service, activities.Options{Clock: w.clock, MaxHeld: activities.NeverHold}).Register(registry)
}

const operationName = "projects/p/instances/i/operations/o"

// await runs AwaitOperation to its end.
func (w *world) await(ref lro.Ref, options workflows.AwaitOptions) (lro.Outcome, error) {
	w.t.Helper()
	w.env.ExecuteWorkflow(workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref, AwaitOptions: options})
	if !w.env.IsWorkflowCompleted() {
		w.t.Fatal("the workflow did not end")
	}
	err := w.env.GetWorkflowError()
	if err != nil {
		outcome, _ := lro.OutcomeOf(err)
		return outcome, err
	}
	var outcome lro.Outcome
	if err := w.env.GetWorkflowResult(&outcome); err != nil {
		w.t.Fatalf("result: %v", err)
	}
	return outcome, nil
}
