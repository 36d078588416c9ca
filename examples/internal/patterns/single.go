package patterns

import (
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// single is awaitop's registered workflow, one for each operation.
func single() Pattern {
	return Pattern{
		Name:     "single",
		Follows:  "workflows.AwaitOperation, a workflow an operation",
		Awaitop:  true,
		Workflow: workflows.AwaitOperationName,
		Input: func(refs []lro.Ref, s Schedule) any {
			return workflows.AwaitInput{Ref: refs[0], AwaitOptions: workflows.AwaitOptions{Policy: s.policy()}}
		},
		PerWorkflow: 1,
	}
}
