package cli

import (
	"context"
	"fmt"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// target is the workflow that an argument names.
type target struct {
	argument string
	id       string
	ref      lro.Ref // the operation that the workflow is to await; zero for an argument that is a workflow's id
}

// otherWaits finds the running waits for the operation of a target under other ids than the target's, which does not
// run. There are none if the argument names a workflow.
func (c *command) otherWaits(ctx context.Context, t *connected, to target) ([]*control.Status, error) {
	if to.ref.IsZero() {
		return nil, nil
	}
	found, err := control.Find(ctx, t, to.ref, control.FindOptions{Options: t.look})
	if found.Cut {
		c.say("not all running waits could be looked through, so one for %s may be missing: name it by its workflow id, or give waits search attributes", to.ref)
	}
	return found.Statuses, err
}

// otherWait is the id of the one wait that otherWaits finds and that takes updates, "" if there is none.
func (c *command) otherWait(ctx context.Context, t *connected, to target) (string, error) {
	waits, err := c.otherWaits(ctx, t, to)
	if err != nil {
		return "", err
	}
	var inline, steered []string
	for _, wait := range waits {
		if wait.WorkflowType == workflows.AwaitOperationName {
			steered = append(steered, wait.WorkflowID)
		} else {
			inline = append(inline, wait.WorkflowID)
		}
	}
	switch {
	case len(steered) > 1:
		return "", usagef("%s: %d workflows await it, so name one of them by its id: %s", to.ref, len(steered), some(steered))
	case len(steered) == 1:
		c.say("%s is awaited by the workflow %s", to.ref, steered[0])
		return steered[0], nil
	case len(inline) > 0:
		return "", fmt.Errorf("%w: %s", control.ErrNoAwaitOperation, some(inline))
	default:
		return "", nil
	}
}
