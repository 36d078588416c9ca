package workflows_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// plain makes the world's environment that of the SDK alone, which takes no limit of
// attempts for 10.
func (w *world) plain() *world {
	w.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: 30 * time.Second, Interceptors: []interceptor.WorkerInterceptor{workflows.Interceptor()}})
	return w
}

// A wait or an undo that Temporal's test environment ends after ten attempts says so, and
// what has no such limit.
func TestLastAttempt(t *testing.T) {
	t.Parallel()
	const hint = "testsuite.NewEnv"
	long := testsuite.Script{RunsFor: 24 * time.Hour}
	rows := map[string]struct {
		reason string
		run    func(t *testing.T) error
		kind   lro.FailureType
	}{
		"a wait": {"it has no deadline that could have passed", func(t *testing.T) error {
			w := newWorld(t).plain()
			_, err := w.await(w.service.Start(operationName, long), workflows.AwaitOptions{})
			return err
		}, lro.TypePollFailed},
		"a wait with a deadline": {"which has not passed", func(t *testing.T) error {
			w := newWorld(t).plain()
			_, err := w.await(w.service.Start(operationName, long), workflows.AwaitOptions{Timeout: 20 * time.Hour})
			return err
		}, lro.TypePollFailed},
		"a set": {"its poll has the same policy", func(t *testing.T) error {
			w := newWorld(t).plain()
			_, err := w.awaitAll(workflows.AwaitAllOptions{}, long, long)
			return err
		}, lro.TypePollFailed},
		"an undo": {"the reason of the resource that is left", func(t *testing.T) error {
			w := newProvisioning(t, testsuite.PermissionDenied().On("DeleteInstance")).plain()
			w.plan("CreateDatabase", testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")})
			return w.run(func(ctx workflow.Context) error { return provision(ctx) })
		}, lro.TypeCompensationFailed},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := row.run(t)
			failure := testsuite.AssertFailure(t, err, row.kind, lro.CodeUnknown)
			if !strings.Contains(failure.Message(), hint) {
				t.Errorf("%s: %q does not name %s", row.reason, failure.Message(), hint)
			}
		})
	}
}
