package workflows

import "go.temporal.io/sdk/workflow"

// Registry is what workflows are registered with: a worker.Worker, a
// worker.WorkflowReplayer or the SDK's test environment.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register registers the workflows under their fixed names. It panics, as the
// SDK does, if one of the names is taken.
func Register(registry Registry) {
	registry.RegisterWorkflowWithOptions(AwaitOperation, workflow.RegisterOptions{Name: AwaitOperationName})
}

// ControlTaskQueue returns the name of the task queue that package worker's New
// serves beside pollTaskQueue, for [AwaitOptions.ControlTaskQueue]: cancels and
// deletes there never queue up behind polls.
func ControlTaskQueue(pollTaskQueue string) string { return pollTaskQueue + "-control" }
