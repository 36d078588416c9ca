package worker_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	temporaltest "go.temporal.io/sdk/testsuite"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

func TestRegisterInTestEnvironment(t *testing.T) {
	t.Parallel()
	var suite temporaltest.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	clock := manualclock.ForEnv(env.Now)
	service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
	worker.Register(env, service, activities.Options{Clock: clock, MaxHeld: activities.NeverHold})
	ref := service.Start("projects/p/instances/i/operations/o", testsuite.Script{Polls: 3})
	env.ExecuteWorkflow(workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref})
	var outcome lro.Outcome
	if err := env.GetWorkflowResult(&outcome); err != nil || outcome.State() != lro.StateSucceeded {
		t.Errorf("%q, %v, want success", outcome.State(), err)
	}
}

// activityNames notes what is registered.
type activityNames struct {
	*temporaltest.TestWorkflowEnvironment
	names []string
}

func (n *activityNames) RegisterActivityWithOptions(a any, options activity.RegisterOptions) {
	n.names = append(n.names, options.Name)
	n.TestWorkflowEnvironment.RegisterActivityWithOptions(a, options)
}

// wrapper is a client around another, as one that logs.
type wrapper struct{ lro.Client }

func (w wrapper) Unwrap() lro.Client { return w.Client }

func as(c lro.Client) lro.Client { return c }

// The starters need the client that speaks to Spanner, and are there with it.
func TestRegisterStarters(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		services []rest.Service
		wrap     func(lro.Client) lro.Client
		starters bool
	}{
		"Spanner": {"the default", nil, as, true},
		"another": {"a worker for another service alone", []rest.Service{{Name: "redis.googleapis.com"}}, as, false},
		"wrapped": {"a client that wraps the one with starters", nil, func(c lro.Client) lro.Client { return wrapper{c} }, true},
		"hidden":  {"a client that does not say what it wraps", nil, func(c lro.Client) lro.Client { return struct{ lro.Client }{c} }, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := rest.New(t.Context(), rest.Options{Services: tt.services, WithoutAuthentication: true})
			if err != nil {
				t.Fatal(err)
			}
			var suite temporaltest.WorkflowTestSuite
			registry := &activityNames{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment()}
			worker.Register(registry, tt.wrap(client), activities.Options{})
			registry.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
				return workflow.ExecuteActivity(ctx, names.CreateInstance, starters.StartInput{}).Get(ctx, nil)
			})
			// A starter refuses the empty input; without one nothing does.
			if _, refused := lro.AsFailure(registry.GetWorkflowError()); refused != tt.starters {
				t.Errorf("%s: %v, starters: %t", tt.reason, registry.GetWorkflowError(), tt.starters)
			}
			if !slices.Contains(registry.names, activities.PollOperationName) {
				t.Errorf("%s: the poll is missing", tt.reason)
			}
		})
	}
}

// The plugin configures a worker when it is made, and a replayer as well.
func TestPlugin(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	plugin, err := worker.Plugin(ctx, worker.Options{Client: testsuite.ForTest(t, testsuite.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	replayer, err := sdk.NewWorkflowReplayerWithOptions(sdk.WorkflowReplayerOptions{Plugins: []sdk.Plugin{plugin}})
	if err != nil {
		t.Fatal(err)
	}
	for _, history := range []string{"succeeded", "canceled", "succeeded"} { // the SDK runs the plugin before each
		err = replayer.ReplayWorkflowHistoryFromJSONFile(nil, "../internal/histories/testdata/histories/unreleased/"+history+".json")
		if err != nil {
			t.Errorf("replay of %s: %v", history, err)
		}
	}
}

// registry is one of the user's own: it has what awaitop asks of one, and is no worker.
type registry struct {
	*temporaltest.TestActivityEnvironment
}

func (registry) RegisterWorkflowWithOptions(any, workflow.RegisterOptions) {}

// Whether polls are held depends on the options alone, not on what kind of registry it is.
func TestRegisterHolds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		options activities.Options
		holds   bool
	}{
		"default": {"a worker that is wrapped holds polls as any", activities.Options{}, true},
		"never":   {"unless the options say that it does not", activities.Options{MaxHeld: activities.NeverHold}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := manualclock.New(time.Now())
			clock.AdvanceWhenIdle(manualclock.Idle)
			tt.options.Clock = clock
			service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
			ref := service.Start("projects/p/instances/i/operations/o", testsuite.Script{Polls: 3})
			var suite temporaltest.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			worker.Register(registry{env}, service, tt.options)
			_, err := env.ExecuteActivity(activities.PollOperationName, activities.PollInput{
				Ref: ref, StartTime: clock.Now(), Policy: lro.PollPolicy{}.WithDefaults(),
			})
			if held := err == nil; held != tt.holds {
				t.Errorf("%s: held %t, %v after %d reads", tt.reason, held, err, service.Count(testsuite.MethodGet))
			}
		})
	}
}

// A worker with Worker Versioning and no default takes awaitop's workflows by every
// path: they say their behavior themselves.
func TestVersionedWorker(t *testing.T) {
	t.Parallel()
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	versioned := sdk.Options{DeploymentOptions: sdk.DeploymentOptions{
		UseVersioning: true, Version: sdk.WorkerDeploymentVersion{DeploymentName: "d", BuildID: "b"},
	}}
	service := testsuite.ForTest(t, testsuite.Options{})
	tests := map[string]func(t *testing.T){
		"Register": func(*testing.T) {
			worker.Register(sdk.New(c, "q", versioned), service, activities.Options{})
		},
		"Plugin": func(t *testing.T) {
			plugin, err := worker.Plugin(t.Context(), worker.Options{Client: service})
			if err != nil {
				t.Fatal(err)
			}
			options := versioned
			options.Plugins = []sdk.Plugin{plugin}
			if err := sdk.New(c, "q", options).Start(); err == nil { // registers, and finds no server
				t.Error("started without a server")
			}
		},
		"New": func(t *testing.T) {
			if _, err := worker.New(t.Context(), c, "q", worker.Options{Client: service}, versioned); err != nil {
				t.Error(err)
			}
		},
	}
	for name, register := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("panic: %v", p)
				}
			}()
			register(t)
		})
	}
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	bad := worker.Options{Rest: rest.Options{Services: []rest.Service{{Name: "https://spanner.googleapis.com"}}, WithoutAuthentication: true}}
	tests := map[string]func() error{
		"taskQueue": func() error {
			_, err := worker.New(ctx, c, "", worker.Options{}, sdk.Options{})
			return err
		},
		"control character": func() error {
			_, err := worker.New(ctx, c, "a\x00b", worker.Options{Rest: rest.Options{WithoutAuthentication: true}}, sdk.Options{})
			return err
		},
		"Validate": func() error { return bad.Validate() },
		"New": func() error {
			_, err := worker.New(ctx, c, "q", bad, sdk.Options{})
			return err
		},
		"Plugin": func() error {
			_, err := worker.Plugin(ctx, bad)
			return err
		},
	}
	for name, run := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var invalid *lro.InvalidError
			if err := run(); !errors.As(err, &invalid) {
				t.Errorf("%v, want an InvalidError that names the field", err)
			}
		})
	}
}
