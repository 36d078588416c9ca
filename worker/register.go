package worker

import (
	"context"
	"errors"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Registry is what awaitop is registered with: a worker.Worker, anything that wraps
// one, or the SDK's TestWorkflowEnvironment.
type Registry interface {
	activities.Registry
	workflows.Registry
}

// Register registers awaitop's workflows and activities under their fixed
// names. client is usually a *rest.Client, or an *poller.Poller over one, which
// has budgets; in tests a testsuite.Service. With a *rest.Client that reaches
// spanner.googleapis.com, or an lro.ClientWrapper around one, Spanner's starters are
// among them; with another client they fail at once and say so.
//
// The worker should have a WorkerStopTimeout, or a held poll is not handed over
// when it stops but times out first; and options.MaxHeld below the worker's
// activity slots, so that a cancel finds one. [Plugin] sees to both, and to polls
// that are held without a slot, see [activities.Options.MaxAsync]. workflows.Interceptor,
// which the plugin has, lets waits and sagas know when a run timeout ends their workflow.
//
// In the SDK's test environments give options.MaxHeld activities.NeverHold: they skip
// time only while no activity runs, so a held poll would sleep in real time.
//
// It panics, as the SDK does, if one of the names is taken.
func Register(registry Registry, client lro.Client, options activities.Options) {
	workflows.Register(registry)
	register(registry, activities.New(client, options))
}

// register registers the activities, those of Spanner's starters too if the client can
// run them.
func register(registry activities.Registry, polling *activities.Activities) {
	polling.Register(registry)
	starters, err := spanner.New(context.Background(), polling)
	var lacking *lro.InvalidError
	switch {
	case err == nil:
		starters.Register(registry)
	case errors.As(err, &lacking):
		spanner.RegisterUnavailable(registry, err)
	default:
		panic(err) // a background context, and options that the client made
	}
}
