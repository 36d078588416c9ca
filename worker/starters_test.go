package worker

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/testsuite"
)

// The plugin registers the user's own starters, on the Poller of the worker's waits.
func TestOwnStarters(t *testing.T) {
	t.Parallel()
	read := starters.Getter{
		Service: "library.example.com",
		Get: func(context.Context, string) (json.RawMessage, error) {
			return json.RawMessage(`{"name":"shelves/s"}`), nil
		},
	}
	p, err := newPlugin(t.Context(), Options{
		Client:   testsuite.ForTest(t, testsuite.Options{}),
		Starters: map[string]starters.Activity{"acme.GetShelf": read},
	})
	if err != nil {
		t.Fatal(err)
	}
	var suite temporaltest.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	if err := p.register(t.Context(), temporal.SimplePluginRunContextBeforeOptions{Registry: env}); err != nil {
		t.Fatal(err)
	}
	var out starters.ResourceOutput
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return workflow.ExecuteActivity(ctx, "acme.GetShelf", starters.ResourceInput{Name: "shelves/s"}).Get(ctx, &out)
	})
	if err := env.GetWorkflowError(); err != nil || !out.Found {
		t.Errorf("%+v, %v", out, err)
	}
}
