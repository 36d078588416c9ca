package nexusservice_test

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// The worker of the team that has the credentials.
func ExampleOptions() {
	_ = func(ctx context.Context, c client.Client) error {
		plugin, err := worker.Plugin(ctx, worker.Options{
			Rest:  rest.Options{AllowedPrefixes: []string{"projects/p"}},
			Nexus: &nexusservice.Options{Allow: nexusservice.Rule{Resources: []string{"//spanner.googleapis.com/projects/p"}}},
		})
		if err != nil {
			return err
		}
		w := sdk.New(c, "awaitop", sdk.Options{Plugins: []sdk.Plugin{plugin}})
		return w.Run(sdk.InterruptCh())
	}
}

// A workflow of another namespace observes an operation: its cancel leaves the operation running.
func ExampleOptions_caller() {
	_ = func(ctx workflow.Context, ref lro.Ref) error {
		awaitop := workflow.NewNexusClient("awaitop", nexusservice.Name)
		in := workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{CancelPolicy: workflows.Abandon}}
		var outcome lro.Outcome
		err := awaitop.ExecuteOperation(ctx, nexusservice.Await, in, workflow.NexusOperationOptions{
			ScheduleToCloseTimeout: 24 * time.Hour,
		}).Get(ctx, &outcome)
		if failure, ok := lro.AsFailure(err); ok {
			return fmt.Errorf("%s: %s", failure.Code(), failure.Message())
		}
		return err
	}
}
