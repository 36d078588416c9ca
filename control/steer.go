package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/internal/updates"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// ErrNoAwaitOperation is the error of an update to a workflow that is no AwaitOperation. An
// inline wait takes no updates: cancel its workflow.
var ErrNoAwaitOperation = errors.New("the workflow is no AwaitOperation, and takes no such updates")

// ErrTaken is the error of an update whose ctx was done after the wait had taken the update
// and before the update ended. The update goes on.
var ErrTaken = errors.New("the wait has taken the update, and the update has not ended yet")

// PollNow makes an AwaitOperation read its operation at once, and returns the wait's status
// after the read. If the read fails, PollNow returns its error, a failure as lro.AsFailure
// reads it, and the wait goes on.
//
// All functions that update a wait have these errors in common:
//
//   - a temporal.ApplicationError of type workflows.RefusedType or lro.TypeInvalidInput if
//     the wait refuses the update;
//   - a serviceerror.NotFound if the workflow is not there or has closed;
//   - [ErrNoAwaitOperation] if the workflow is none;
//   - [ErrTaken] if ctx is done after the wait has taken the update.
//
// While no worker serves the workflow, they wait for one: bound ctx.
func PollNow(ctx context.Context, c client.Client, workflowID string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.PollNowUpdate)
}

// SetPolicy replaces the wait's poll policy, and makes the wait read at once. Zero fields
// are defaults. For its errors see [PollNow].
func SetPolicy(ctx context.Context, c client.Client, workflowID string, policy lro.PollPolicy) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.SetPolicyUpdate, workflows.SetPolicyInput{Policy: policy})
}

// SetDeadline changes or lifts the deadline of the wait. For its errors see [PollNow].
func SetDeadline(ctx context.Context, c client.Client, workflowID string, deadline workflows.SetDeadlineInput) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.SetDeadlineUpdate, deadline)
}

// Cancel makes the wait cancel its operation and await what becomes of it, for every caller
// attached to it. It returns when the operation's cancel has been delivered or refused. While
// the API is down, that takes the CancelGrace. A parent workflow gets the wait's
// temporal.CanceledError, although the parent was not canceled; lro.OutcomeOf has the reason.
// For its errors see [PollNow].
func Cancel(ctx context.Context, c client.Client, workflowID, reason string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.CancelUpdate, workflows.StopInput{Reason: reason})
}

// Abandon ends the wait and leaves the operation as it is. For its errors see [PollNow].
func Abandon(ctx context.Context, c client.Client, workflowID, reason string) (workflows.WaitStatus, error) {
	return update(ctx, c, workflowID, workflows.AbandonUpdate, workflows.StopInput{Reason: reason})
}

func update(ctx context.Context, c client.Client, workflowID, name string, args ...any) (workflows.WaitStatus, error) {
	var status workflows.WaitStatus
	err := send(ctx, c, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateName: name, Args: args, WaitForStage: client.WorkflowUpdateStageAccepted,
	}, &status)
	if isUnknownUpdate(err, name) {
		err = fmt.Errorf("%w: %s", ErrNoAwaitOperation, workflowID)
	}
	return status, err
}

// send sends an update, and reads its answer.
func send(ctx context.Context, c client.Client, options client.UpdateWorkflowOptions, into any) error {
	handle, err := updates.Send(ctx, c, options)
	if err != nil {
		return err
	}
	if err = handle.Get(ctx, into); err != nil && (ctx.Err() != nil || updates.IsLate(err)) {
		err = fmt.Errorf("%w: %w", ErrTaken, err)
	}
	return err
}

// isUnknownUpdate reports whether the workflow does not have the update. The SDK's refusal has no type.
func isUnknownUpdate(err error, name string) bool {
	return err != nil && strings.Contains(err.Error(), "unknown update "+name)
}
