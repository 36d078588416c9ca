package patterns

import (
	"fmt"

	"github.com/awaitop/awaitop/lro"
)

// waitInput is the input of the workflows that are not awaitop's.
type waitInput struct {
	Ref      lro.Ref  `json:"ref"`
	Schedule Schedule `json:"schedule"`
}

func newWaitInput(refs []lro.Ref, s Schedule) any { return waitInput{Ref: refs[0], Schedule: s} }

// result is a terminal operation as such programs return it.
func result(op lro.Operation) (lro.Operation, error) {
	if op.Error != nil {
		return op, fmt.Errorf("operation %s failed: %s", op.Name, op.Error)
	}
	return op, nil
}
