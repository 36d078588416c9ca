package worker

import (
	"maps"
	"slices"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/activities/sweep"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Registry takes awaitop's workflows and activities: a worker.Worker, a wrapper of one, or the
// SDK's TestWorkflowEnvironment.
type Registry interface {
	activities.Registry
	workflows.Registry
}

// Register registers awaitop's workflows and activities under their fixed names. client is usually
// a *rest.Client, or a *poller.Poller over one, which has budgets. In tests it is a
// testsuite.Service. If the client is a *rest.Client that reaches spanner.googleapis.com, or an
// lro.ClientWrapper around one, Spanner's starters are registered, too. Those of package
// activities/google need an lro.ResourceClient, as a *rest.Client is. With another client both fail at
// once and say so.
//
// Give the worker a WorkerStopTimeout. Without it, a held poll is not handed over when the worker
// stops, but times out first. Give options a MaxHeld below the worker's activity slots, so that a
// cancel finds a slot. [Plugin] does both, holds polls without a slot (see
// [activities.Options.MaxAsync]), and has workflows.Interceptor, by which waits and sagas know when
// a run timeout ends their workflow.
//
// A test takes testsuite.NewEnv, which registers all this with the SDK's test environment. With an
// environment of the SDK alone, give options a MaxHeld of activities.NeverHold: it skips time only
// while no activity runs, so a held poll would sleep in real time. It also ends a poll after ten
// attempts.
//
// It panics, as the SDK does, if one of the names is taken.
func Register(registry Registry, client lro.Client, options activities.Options) {
	workflows.Register(registry)
	register(registry, activities.New(client, options), nil)
}

// register registers the activities, the starters of Spanner and of Google's services if the client can
// run them, and the user's own starters.
func register(registry activities.Registry, polling *activities.Activities, own map[string]starters.Activity) {
	polling.Register(registry)
	sweep.New(polling).Register(registry)
	registerSpanner(registry, polling)
	registerGoogle(registry, polling)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		own[name].Register(registry, polling, name)
	}
}

func registerGoogle(registry activities.Registry, polling *activities.Activities) {
	acts, err := google.New(polling)
	if err != nil {
		google.RegisterUnavailable(registry, err)
		return
	}
	acts.Register(registry)
}

func registerSpanner(registry activities.Registry, polling *activities.Activities) {
	acts, err := spanner.New(polling)
	if err != nil {
		spanner.RegisterUnavailable(registry, err)
		return
	}
	acts.Register(registry)
}
