package spanner_test

import (
	"context"

	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/services/rest"
)

// The starters alone, on a worker of yours. Package worker registers them with
// all else.
func ExampleActivities_Register() {
	_ = func(ctx context.Context, w worker.Worker) error {
		client, err := rest.New(ctx, rest.Options{})
		if err != nil {
			return err
		}
		starters, err := spanner.New(activities.New(client, activities.Options{}))
		if err != nil {
			return err
		}
		starters.Register(w)
		return nil
	}
}
