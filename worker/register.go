package worker

import (
	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/workflows"
)

// Registry is what awaitop is registered with: a worker.Worker or the SDK's
// TestWorkflowEnvironment.
type Registry interface {
	activities.Registry
	workflows.Registry
}

// Register registers awaitop's workflows and activities under their fixed
// names. client is usually a *rest.Client, in tests a testsuite.Service.
//
// The worker should have a WorkerStopTimeout, or a held poll is not handed over
// when it stops but times out first; and options.MaxHeld below the worker's
// activity slots, so that a cancel finds one. [Plugin] sees to both.
//
// It panics, as the SDK does, if one of the names is taken.
func Register(registry Registry, client activities.Client, options activities.Options) {
	workflows.Register(registry)
	activities.New(client, options).Register(registry)
}
