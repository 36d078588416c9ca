package worker

import (
	"cmp"
	"context"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/rest"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Registry is what awaitop is registered with: a worker.Worker or the SDK's
// TestWorkflowEnvironment.
type Registry interface {
	activities.Registry
	workflows.Registry
}

// Register registers awaitop's workflows and activities under their fixed
// names. client is usually a *rest.Client, or an *activities.Poller over one, which
// has budgets; in tests a testsuite.Service. With a *rest.Client that reaches
// spanner.googleapis.com, Spanner's starters are among them; with another they
// fail at once and say so.
//
// The worker should have a WorkerStopTimeout, or a held poll is not handed over
// when it stops but times out first; and options.MaxHeld below the worker's
// activity slots, so that a cancel finds one. [Plugin] sees to both, and to polls
// that are held without a slot, see [activities.Options.MaxAsync].
//
// In the SDK's test environments no poll is held unless options.MaxHeld says so: they
// skip the time between polls.
//
// It panics, as the SDK does, if one of the names is taken.
func Register(registry Registry, client activities.Client, options activities.Options) {
	workflows.Register(registry)
	if !isWorker(registry) {
		options = forTests(options)
	}
	register(registry, activities.New(client, options))
}

func isWorker(registry any) bool {
	_, is := registry.(interface{ Run(<-chan any) error })
	return is
}

// forTests are the options in the SDK's test environments: those have no server to
// complete activities at, and skip time only while none runs.
func forTests(options activities.Options) activities.Options {
	options.MaxAsync = -1
	options.MaxHeld = cmp.Or(options.MaxHeld, activities.NeverHold)
	return options
}

// register registers the activities that there are with their client.
func register(registry activities.Registry, polling *activities.Activities) {
	polling.Register(registry)
	api, ok := polling.Poller().Unwrap().(*rest.Client)
	if !ok || !api.Serves(lro.SpannerService) {
		spanner.RegisterUnavailable(registry)
		return
	}
	starters, err := spanner.New(context.Background(), polling.Poller())
	if err != nil {
		panic(err) // it has all that it asks for
	}
	starters.Register(registry)
}
