package control

import (
	"context"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// PollNow has an AwaitOperation read its operation at once, and returns what the
// workflow knows then. If the read fails its error is returned, a failure as
// lro.AsFailure reads it, and the wait goes on.
//
// As with all functions that steer, an update that is refused is a
// temporal.ApplicationError of type workflows.RefusedType, or lro.TypeInvalidInput; a
// workflow that is not there, or has closed, is a serviceerror.NotFound. While no
// worker serves the workflow they wait for one: bound ctx.
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
func Cancel(ctx context.Context, c client.Client, workflowID, reason string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.CancelUpdate, workflows.StopInput{Reason: reason})
}

// Abandon ends the wait and leaves the operation as it is.
func Abandon(ctx context.Context, c client.Client, workflowID, reason string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.AbandonUpdate, workflows.StopInput{Reason: reason})
}

func update(ctx context.Context, c client.Client, workflowID, name string, args ...any) (workflows.WaitStatus, error) {
	var status workflows.WaitStatus
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, &status)
	}
	return status, err
}
