package histories

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
)

// Names of the workflows.
const (
	AwaitName      = "histories.Await"
	AwaitAsyncName = "histories.AwaitAsync"
	AwaitChildName = "histories.AwaitChild"
	AwaitAllName   = "histories.AwaitAll"
	SequenceName   = "histories.Sequence"
	SideBySideName = "histories.SideBySide"
	EachName       = "histories.Each"
	PlanName       = "histories.Plan"
)

// Register registers the workflows.
func Register(registry workflows.Registry) {
	for name, run := range map[string]any{
		AwaitName: Await, AwaitAsyncName: AwaitAsync, AwaitChildName: AwaitChild, AwaitAllName: AwaitAll,
		SequenceName: Sequence, SideBySideName: SideBySide, EachName: Each, PlanName: PlanOnly,
	} {
		registry.RegisterWorkflowWithOptions(run, workflow.RegisterOptions{Name: name})
	}
}
