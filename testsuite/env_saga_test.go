package testsuite_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const ordersDatabase = instance + "/databases/orders"

// provision is a saga of the tests: an instance with a database and its schema.
func provision(ctx workflow.Context) (string, error) {
	var made spanner.Instance
	err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		if made, err = workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.Instance{ProcessingUnits: 100})); err != nil {
			return err
		}
		if _, err = workflows.Run(ctx, saga, spanner.CreateDatabase(ordersDatabase, spanner.DatabaseOptions{})); err != nil {
			return err
		}
		_, err = workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(ordersDatabase, spanner.SchemaChange{
			Name: "orders", Statements: []string{"CREATE TABLE Orders (Id INT64) PRIMARY KEY (Id)"},
		}))
		return err
	})
	return made.State, err
}

// A saga that succeeds leaves what it made, in hours of the clock and no time.
func TestEnvSucceeds(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance": {{RunsFor: 20 * time.Minute}},
		"CreateDatabase": {{RunsFor: 3 * time.Hour}},
	}})
	start := env.Now()
	env.ExecuteWorkflow(provision)
	var state string
	if err := env.GetWorkflowResult(&state); err != nil || state != "READY" {
		t.Fatalf("%q, %v", state, err)
	}
	env.AssertReady(t, instance, ordersDatabase)
	if took := env.Now().Sub(start); took < 3*time.Hour+20*time.Minute {
		t.Errorf("it took %v of the environment's time", took)
	}
}

// Faults, failures and cancels at any point leave nothing.
func TestEnvLeavesNothing(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		options  testsuite.Options
		cancelAt time.Duration
		code     lro.Code
	}{
		"the schema fails": {reason: "the saga undoes the rest", code: lro.CodeFailedPrecondition, options: testsuite.Options{
			Plans: map[testsuite.Method][]testsuite.Script{"UpdateDatabaseDdl": {{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeFailedPrecondition, "no")}}},
		}},
		"the reply of a failing start is lost": {reason: "it is adopted and undone", code: lro.CodeInternal, options: testsuite.Options{
			Plans:  map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeInternal, "no")}}},
			Faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance").Calls(1, 1), testsuite.LostReply().On("CreateDatabase").Calls(1, 1)},
		}},
		"canceled": {reason: "the operation in flight is canceled too", cancelAt: 30 * time.Minute, options: testsuite.Options{
			Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{RunsFor: time.Hour}}},
		}},
		"a long outage": {reason: "awaitop's activities retry without a limit", code: lro.CodeInternal, options: testsuite.Options{
			Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeInternal, "no")}}},
			Faults: []testsuite.Fault{
				testsuite.Unavailable().On(testsuite.MethodGet).Calls(1, 40), testsuite.Unavailable().On("DeleteInstance").Calls(1, 40),
			},
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, row.options)
			if row.cancelAt > 0 {
				env.RegisterDelayedCallback(env.CancelWorkflow, row.cancelAt)
			}
			env.ExecuteWorkflow(provision)
			err := env.GetWorkflowError()
			if canceled := temporal.IsCanceledError(err); canceled != (row.cancelAt > 0) || !canceled && lro.CodeOf(err) != row.code {
				t.Errorf("%s: %v", row.reason, err)
			}
			env.AssertNothingLeft(t)
			env.AssertNothingLeft(t, instance)
		})
	}
}

// awaitop's activities retry without a limit where their policy has none, as on a
// server.
func TestEnvRetriesWithoutLimit(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		policy *temporal.RetryPolicy
		lasts  bool
	}{
		"no policy":  {"the server's default has no limit", nil, true},
		"no limit":   {"0 is none", &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1}, true},
		"a limit":    {"it holds", &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1, MaximumAttempts: 3}, false},
		"no retries": {"that is a limit too", &temporal.RetryPolicy{MaximumAttempts: 1}, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.PermissionDenied().During(0, 10*time.Minute)}})
			ref := env.Start(instance+"/operations/o", testsuite.Script{})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, RetryPolicy: row.policy})
				return workflow.ExecuteActivity(ctx, activities.GetOperationName, activities.OperationInput{Ref: ref, Insist: true}).Get(ctx, nil)
			})
			if err := env.GetWorkflowError(); (err == nil) != row.lasts {
				t.Errorf("%s: %v", row.reason, err)
			}
		})
	}
}

// An activity of the test's own has the limit of the SDK's environment: 10.
func TestEnvLimitsOtherActivities(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{})
	fails := &failing{}
	env.RegisterActivity(fails.Again)
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, fails.Again).Get(ctx, nil)
	})
	if err := env.GetWorkflowError(); err == nil || fails.attempts != 10 {
		t.Errorf("%v after %d attempts, want a failure after 10", err, fails.attempts)
	}
}

// failing has an activity that always fails.
type failing struct{ attempts int }

func (f *failing) Again() error {
	f.attempts++
	return errors.New("again")
}

// The test's log says which attempt was the last one, whatever listener the test sets.
func TestEnvLogsLastAttempt(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		policy *temporal.RetryPolicy
		logged bool
	}{
		"no limit": {"the environment takes it for 10", nil, true},
		"a limit":  {"the activity's own", &temporal.RetryPolicy{MaximumAttempts: 3}, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &logged{TB: t}
			env := testsuite.NewEnv(log, testsuite.Options{})
			heard := 0
			env.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { heard++ })
			env.RegisterActivity((&failing{}).Again)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, RetryPolicy: row.policy})
				return workflow.ExecuteActivity(ctx, (&failing{}).Again).Get(ctx, nil)
			})
			if got := strings.Contains(log.text, "activity Again has failed with attempt 10"); got != row.logged || heard != 1 {
				t.Errorf("%s: the test's listener heard of %d, and the log says %q", row.reason, heard, log.text)
			}
		})
	}
}

// logged collects what a test logs.
type logged struct {
	testing.TB
	text string
}

func (l *logged) Logf(format string, args ...any) { l.text += fmt.Sprintf(format, args...) }

// counting is an interceptor of a test's own.
type counting struct {
	interceptor.WorkerInterceptorBase
	workflows int
}

func (c *counting) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	c.workflows++
	return c.WorkerInterceptorBase.InterceptWorkflow(ctx, next)
}

func TestEnvInterceptors(t *testing.T) {
	t.Parallel()
	count := &counting{}
	env := testsuite.NewEnv(t, testsuite.Options{Interceptors: []interceptor.WorkerInterceptor{count}})
	env.ExecuteWorkflow(provision)
	if err := env.GetWorkflowError(); err != nil || count.workflows != 1 {
		t.Errorf("%v; the interceptor saw %d workflows, want 1", err, count.workflows)
	}
}
