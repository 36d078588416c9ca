package testsuite

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/activities/sweep"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/internal/unlimited"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// idleTimeout is the real time after which a test fails in which nothing
	// happens. The SDK's 3 s are short on a busy machine.
	idleTimeout = 30 * time.Second
	// busyTimeout is the real time that a workflow may take.
	busyTimeout = time.Minute
)

// Env is Temporal's test environment for workflows that await, start and undo
// operations. It has awaitop's workflows, activities and starters, over HTTP on one or
// more scripted services, and skips all time: hours of awaiting take milliseconds.
//
// Its methods are those of the environment, such as ExecuteWorkflow, RegisterActivity or
// RegisterDelayedCallback, and of its first [Service], such as [Service.Plan] or
// [Service.Put]. [Env.On] returns the other services. [Env.AssertNothingLeft],
// [Env.AssertNoneRunning], [Env.AssertCanceled] and [Env.Peek] are about all of them.
//
// As on a server, the activities of awaitop retry without a limit, and so do starters of
// [Env.RegisterStarters]. Others, which the test registers or mocks, have the limit of the SDK's environment where their
// retry policy has none: 10 attempts. The test's log says so if one fails with the tenth.
//
// An Env runs one workflow, as the SDK's environment does. Make one for each test.
type Env struct {
	*sdk.TestWorkflowEnvironment
	*Service

	t        TB
	busy     time.Duration
	core     *activities.Activities
	services []*Service
	own      *ownStarters
}

// NewEnv returns an environment for one test, with a [Service] for each of options. No
// options are a Spanner. A saga of Spanner and of a service of the test's own has both:
//
//	env := testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: "library.example.com"})
//
// Options.Clock must be nil: the environment and its services share a clock, and
// env.Now() reads it. An interceptor of the test's own goes into Options.Interceptors:
// SetWorkerOptions would replace those of awaitop.
//
// NewEnv drops the SDK's logs. It fails the test for invalid options, and frees all it
// holds when the test ends.
func NewEnv(t TB, options ...Options) *Env {
	t.Helper()
	if len(options) == 0 {
		options = []Options{{}}
	}
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(idleTimeout)
	own := &ownStarters{names: map[string]bool{}}
	env.SetWorkerOptions(worker.Options{
		DeadlockDetectionTimeout: idleTimeout, // a workflow task is slow under the race detector
		Interceptors:             interceptors(options, own.has),
	})
	clock := manualclock.ForEnv(env.Now)
	services := serviceEach(t, clock, options)
	core := register(t, env, clock, services)
	e := &Env{TestWorkflowEnvironment: env, Service: services[0], t: t, busy: busyTimeout, core: core, services: services, own: own}
	e.SetOnActivityCompletedListener(nil)
	return e
}

// interceptors are awaitop's, then those of the options.
func interceptors(options []Options, own func(activity string) bool) []interceptor.WorkerInterceptor {
	all := []interceptor.WorkerInterceptor{workflows.Interceptor(), unlimited.Interceptor(own)}
	for _, o := range options {
		all = append(all, o.Interceptors...)
	}
	return all
}

// RegisterStarters registers starters of the test's own, by the name of their activity, as
// a worker does with its options' Starters. The operations that they start are those of a
// service of the Env: let the API of the test call [Service.Start].
func (e *Env) RegisterStarters(own map[string]starters.Activity) {
	for name, starter := range own {
		e.own.add(name)
		starter.Register(e.TestWorkflowEnvironment, e.core, name)
	}
}

// ExecuteWorkflow runs a workflow to its end, as the SDK's environment does. It
// fails the test and cancels the workflow after a minute of real time: skipped time
// never ends, so a wait without a deadline for an operation without an end would
// not end either. The SDK's TEMPORAL_DEBUG, for a debugger, turns that off.
func (e *Env) ExecuteWorkflow(workflow any, args ...any) {
	e.t.Helper()
	if os.Getenv("TEMPORAL_DEBUG") == "" {
		defer time.AfterFunc(e.busy, func() {
			e.t.Errorf("testsuite: the workflow has run for %v of real time, to %v, and is canceled now: does it wait for an operation that does not end?", e.busy, e.Now())
			e.CancelWorkflow()
		}).Stop()
	}
	e.TestWorkflowEnvironment.ExecuteWorkflow(workflow, args...)
}

// register registers what a worker of awaitop has. No poll is held: each wait
// between two polls is the environment's, which skips it.
func register(t TB, env *sdk.TestWorkflowEnvironment, clock poller.Clock, services []*Service) *activities.Activities {
	t.Helper()
	options := rest.Options{WithoutAuthentication: true, Clock: clock}
	for _, s := range services {
		options.Services = append(options.Services, rest.Service{Name: s.options.Service, Endpoint: s.Serve(t)})
	}
	client, err := rest.New(context.Background(), options)
	if err != nil {
		t.Fatalf("testsuite: %v", err)
	}
	t.Cleanup(func() { _ = client.Close() }) // a test's end needs no answer
	workflows.Register(env)
	polling := activities.New(client, activities.Options{Clock: clock, MaxHeld: activities.NeverHold})
	polling.Register(env)
	registerSweep(env, polling)
	if err := registerGoogle(env, polling); err != nil {
		t.Fatalf("testsuite: %v", err)
	}
	if !client.Serves(lro.SpannerService) {
		spanner.RegisterUnavailable(env, errors.New("the test environment serves "+names(services)+" only; "+
			"to serve "+lro.SpannerService+" as well, give testsuite.NewEnv a further testsuite.Options{}"))
		return polling
	}
	acts, err := spanner.New(polling)
	if err != nil {
		t.Fatalf("testsuite: %v", err)
	}
	acts.Register(env)
	return polling
}

// registerSweep registers the activities of a sweep. The environment has no other workflows: no wait has left anything.
func registerSweep(env *sdk.TestWorkflowEnvironment, polling *activities.Activities) {
	sweep.New(polling).Register(env)
	none := func(context.Context, orphans.LeftInput) (orphans.LeftOutput, error) { return orphans.LeftOutput{}, nil }
	env.RegisterActivityWithOptions(none, activity.RegisterOptions{Name: orphans.FindLeftName, DisableAlreadyRegisteredCheck: true})
}

// registerGoogle registers the starters of any service of the catalog.
func registerGoogle(env *sdk.TestWorkflowEnvironment, polling *activities.Activities) error {
	acts, err := google.New(polling)
	if err == nil {
		acts.Register(env)
	}
	return err
}
