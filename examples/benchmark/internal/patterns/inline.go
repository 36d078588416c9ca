package patterns

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const inlineWorkflow = "benchmark.Inline"

// inline is a user's own workflow that awaits an operation among its other steps.
func inline() Pattern {
	return Pattern{
		Name:    "inline",
		Follows: "workflows.Await in the user's workflow",
		Awaitop: true,
		Register: func(registry Registry, _ lro.Client) {
			registry.RegisterWorkflowWithOptions(awaitInline, workflow.RegisterOptions{Name: inlineWorkflow})
		},
		Workflow:    inlineWorkflow,
		Input:       single().Input,
		PerWorkflow: 1,
	}
}

func awaitInline(ctx workflow.Context, in workflows.AwaitInput) (lro.Outcome, error) {
	return workflows.Await(ctx, in.Ref, in.AwaitOptions)
}
