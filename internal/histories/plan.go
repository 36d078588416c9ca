package histories

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// PlanOnly says what steps would do: an instance, and an instance partition in it.
func PlanOnly(ctx workflow.Context, in Steps) (string, error) {
	plan, err := workflows.PlanSteps(ctx, true,
		google.Start[struct{}]("spanner.projects.instances.create", in.Instance, nil),
		google.Start[struct{}]("spanner.projects.instances.instancePartitions.create", in.Instance+"/instancePartitions/part", nil))
	if err != nil {
		return end("", err), nil
	}
	return plan.String(), nil
}
