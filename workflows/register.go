package workflows

import "go.temporal.io/sdk/workflow"

// Registry is what workflows are registered with: a worker.Worker, a
// worker.WorkflowReplayer or the SDK's test environment.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register registers the workflows under their fixed names. It panics, as the
// SDK does, if one of the names is taken.
//
// On a worker with Worker Versioning they are AutoUpgrade, whatever the worker's default: a
// running wait moves to the current version, which replays it. So no old version has to be
// kept up for days until its last wait has ended. This holds for the child of a pinned
// parent, too.
func Register(registry Registry) {
	for name, w := range map[string]any{
		AwaitOperationName: AwaitOperation, AwaitOperationsName: AwaitOperations, SweepName: Sweep,
		RunOperationName: RunOperation, UndoOperationName: UndoOperation,
	} {
		registry.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{
			Name: name, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
		})
	}
}

// ControlTaskQueue returns the name of the task queue that package worker's New
// serves beside pollTaskQueue, for [AwaitOptions.ControlTaskQueue]: cancels and
// deletes there never queue up behind polls.
func ControlTaskQueue(pollTaskQueue string) string { return pollTaskQueue + "-control" }
