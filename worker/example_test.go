package worker_test

import (
	"context"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// A worker of yours, with awaitop added and the environment's credentials.
func ExamplePlugin() {
	_ = func(ctx context.Context, c client.Client) error {
		plugin, err := worker.Plugin(ctx, worker.Options{})
		if err != nil {
			return err
		}
		w := sdk.New(c, "provisioning", sdk.Options{Plugins: []sdk.Plugin{plugin}})
		// Register your own workflows and activities here.
		return w.Run(sdk.InterruptCh())
	}
}

// A fleet that does all the polling, and alone has the cloud's credentials. It
// reaches a regional endpoint, and operations of one project only.
func ExampleNew() {
	_ = func(ctx context.Context, c client.Client) error {
		w, err := worker.New(ctx, c, "awaitop", worker.Options{Rest: rest.Options{
			Services:        []rest.Service{{Name: lro.SpannerService, Endpoint: "https://spanner.europe-west1.rep.googleapis.com"}},
			AllowedPrefixes: []string{"projects/my-project"},
		}, Budgets: map[string]poller.Budget{
			lro.SpannerService: {TotalRequestsPerSecond: 5}, // of all workers of the fleet together
		}}, sdk.Options{})
		if err != nil {
			return err
		}
		return w.Run(sdk.InterruptCh())
	}
}
