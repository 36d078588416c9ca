package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// ErrNoAwaitOperation is the error of steering a workflow that is no AwaitOperation. An
// inline wait takes no updates: it is canceled with its workflow.
var ErrNoAwaitOperation = errors.New("the workflow is no AwaitOperation, and takes no such updates")

// ErrTaken is the error of steering where ctx was done after the wait had taken the
// update and before the update came to its end: it goes on.
var ErrTaken = errors.New("the wait has taken it, and it has not come to its end yet")

// PollNow has an AwaitOperation read its operation at once, and returns what the
// workflow knows then. If the read fails its error is returned, a failure as
// lro.AsFailure reads it, and the wait goes on.
//
// As with all functions that steer, an update that is refused is a
// temporal.ApplicationError of type workflows.RefusedType, or lro.TypeInvalidInput; a
// workflow that is not there, or has closed, is a serviceerror.NotFound; one that is
// another's is [ErrNoAwaitOperation]. While no worker serves the workflow they wait
// for one: bound ctx. If that is done after the wait has taken the update, the error
// is [ErrTaken].
func PollNow(ctx context.Context, c client.Client, workflowID string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.PollNowUpdate)
}

// SetPolicy has the wait go on by another poll policy, whose zero fields are
// defaults. It begins with a read.
func SetPolicy(ctx context.Context, c client.Client, workflowID string, policy lro.PollPolicy) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.SetPolicyUpdate, workflows.SetPolicyInput{Policy: policy})
}

// SetDeadline changes or lifts the deadline of the wait.
func SetDeadline(ctx context.Context, c client.Client, workflowID string, deadline workflows.SetDeadlineInput) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.SetDeadlineUpdate, deadline)
}

// Cancel has the wait cancel its operation and await what becomes of it, for
// everybody attached to it, and returns once the operation's cancel has been
// delivered or refused: as long as the API is down, that is after the CancelGrace.
// A parent workflow gets the wait's temporal.CanceledError, although it was not
// canceled itself; lro.OutcomeOf of it has the reason.
func Cancel(ctx context.Context, c client.Client, workflowID, reason string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.CancelUpdate, workflows.StopInput{Reason: reason})
}

// Abandon ends the wait and leaves the operation as it is.
func Abandon(ctx context.Context, c client.Client, workflowID, reason string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.AbandonUpdate, workflows.StopInput{Reason: reason})
}

// isLate reports whether an update's answer did not come within ctx. The server may end
// the call a moment before ctx is done.
func isLate(err error) bool {
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError
	return errors.As(err, &late)
}

func update(ctx context.Context, c client.Client, workflowID, name string, args ...any) (workflows.WaitStatus, error) {
	var status workflows.WaitStatus
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageAccepted,
	})
	if err == nil {
		if err = handle.Get(ctx, &status); err != nil && (ctx.Err() != nil || isLate(err)) {
			err = fmt.Errorf("%w: %w", ErrTaken, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "unknown update "+name) { // the SDK's refusal has no type
		err = fmt.Errorf("%w: %s", ErrNoAwaitOperation, workflowID)
	}
	return status, err
}
