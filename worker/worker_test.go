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
	"github.com/awaitop/awaitop/activities/rest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

func TestRegisterInTestEnvironment(t *testing.T) {
	t.Parallel()
	var suite temporaltest.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	clock := testsuite.EnvClock(env.Now)
	service := testsuite.ForTest(t, testsuite.Options{Clock: clock})
	worker.Register(env, service, activities.Options{Clock: clock, MaxHeld: activities.NeverHold})
	ref := service.MustStart("projects/p/instances/i/operations/o", testsuite.Script{Polls: 3})
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

// The starters need the client that speaks to Spanner, and are there with it.
func TestRegisterStarters(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		services []rest.Service
		starters bool
	}{
		"Spanner": {"the default", nil, true},
		"another": {"a worker for another service alone", []rest.Service{{Name: "redis.googleapis.com"}}, false},
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
			worker.Register(registry, client, activities.Options{})
			registry.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
				return workflow.ExecuteActivity(ctx, activities.SpannerCreateInstanceName, activities.StartInput{}).Get(ctx, nil)
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
	err = replayer.ReplayWorkflowHistoryFromJSONFile(nil, "../workflows/testdata/histories/first/succeeded.json")
	if err != nil {
		t.Errorf("replay: %v", err)
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
