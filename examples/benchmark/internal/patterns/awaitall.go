package patterns

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	allWorkflow = "benchmark.AwaitAll"
	// perAwaitAll is how many operations one workflow awaits: as many as one activity takes.
	perAwaitAll = sets.MaxSize
)

// awaitAll is awaitop's wait for a set: a workflow for each 5,000 operations,
// which returns when all of them are done.
func awaitAll() Pattern {
	return Pattern{
		Name:    "all",
		Follows: "workflows.AwaitAll, a workflow for 5,000 operations",
		Awaitop: true,
		Register: func(registry Registry, _ lro.Client) {
			registry.RegisterWorkflowWithOptions(awaitSet, workflow.RegisterOptions{Name: allWorkflow})
		},
		Workflow: allWorkflow,
		Input: func(refs []lro.Ref, s Schedule) any {
			set, _ := sets.New(refs)
			return setInput{Operations: set, Policy: s.policy()}
		},
		PerWorkflow: perAwaitAll,
	}
}

// setInput names its operations in the short form, which leaves room in a
// payload for 5,000 of them.
type setInput struct {
	Operations sets.Set       `json:"operations"`
	Policy     lro.PollPolicy `json:"policy"`
}

func awaitSet(ctx workflow.Context, in setInput) (workflows.AllSummary, error) {
	refs, err := in.Operations.Refs()
	if err != nil {
		return workflows.AllSummary{}, err
	}
	all, err := workflows.AwaitAll(ctx, refs, workflows.AwaitAllOptions{
		AwaitOptions: workflows.AwaitOptions{Policy: in.Policy}, OnFailure: workflows.AwaitRest,
	})
	return all.Summary(), err
}
