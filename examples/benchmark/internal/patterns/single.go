package patterns

import (
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// single is awaitop's registered workflow, one for each operation.
func single() Pattern {
	return awaitOperation("single", "workflows.AwaitOperation, a workflow an operation", 0)
}

// yield is single, never held. It shows what each yield costs the server.
func yield() Pattern {
	return awaitOperation("yield", "workflows.AwaitOperation, handed back to the server between all reads", time.Millisecond)
}

func awaitOperation(name, follows string, yieldInterval time.Duration) Pattern {
	return Pattern{
		Name:     name,
		Follows:  follows,
		Awaitop:  true,
		Workflow: workflows.AwaitOperationName,
		Input: func(refs []lro.Ref, s Schedule) any {
			policy := s.policy()
			policy.YieldInterval = yieldInterval
			return workflows.AwaitInput{Ref: refs[0], AwaitOptions: workflows.AwaitOptions{Policy: policy}}
		},
		PerWorkflow: 1,
	}
}
