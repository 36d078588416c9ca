package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

const opName = "projects/p/instances/i/operations/o"

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// setup is a scripted operation, a clock that skips its sleeps, and the
// activities over both, without jitter.
type setup struct {
	clock   *manualclock.Clock
	service *testsuite.Service
	ref     lro.Ref
	options activities.Options
}

func newSetup(t testing.TB, script testsuite.Script) *setup {
	t.Helper()
	clock := manualclock.New(start)
	clock.AutoAdvance()
	service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
	return &setup{
		clock: clock, service: service, ref: service.Start(opName, script),
		options: activities.Options{Clock: clock, Random: func() float64 { return 0 }},
	}
}

func (s *setup) activities() *activities.Activities { return activities.New(s.service, s.options) }

func (s *setup) input() activities.PollInput {
	return activities.PollInput{Ref: s.ref, StartTime: start}
}

func newEnv() *temporaltest.TestActivityEnvironment {
	var suite temporaltest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	return suite.NewTestActivityEnvironment()
}

// execute runs a registered activity by its name.
func execute[T any](env *temporaltest.TestActivityEnvironment, a *activities.Activities, name string, in any) (out T, err error) {
	a.Register(env)
	value, err := env.ExecuteActivity(name, in)
	if err != nil {
		return out, err
	}
	return out, value.Get(&out)
}

func poll(a *activities.Activities, in any) (activities.PollOutput, error) {
	return execute[activities.PollOutput](newEnv(), a, activities.PollOperationName, in)
}

// applicationError returns the ApplicationError in err and fails without one.
func applicationError(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	var app *temporal.ApplicationError
	if !errors.As(err, &app) {
		t.Fatalf("error = %v, want an ApplicationError", err)
	}
	return app
}

// hookedClock calls a function in place of its sleeps.
type hookedClock struct {
	*manualclock.Clock
	sleep func(ctx context.Context, d time.Duration) error
}

func (c hookedClock) Sleep(ctx context.Context, d time.Duration) error { return c.sleep(ctx, d) }
