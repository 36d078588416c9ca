package control

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/workflows"
)

// ErrNoRunOperation is the error of an undo of a workflow that is no RunOperation.
var ErrNoRunOperation = errors.New("the workflow is no RunOperation, and takes no undo")

// UndoRun makes a RunOperation cancel its operation and undo what it has done, and returns what became of both when that
// is over. It takes as long as the service does. A further call for the same run has the answer of the first one, and its
// reason is not used. The run's caller gets the temporal.CanceledError of the run, although it has not canceled it. A
// RunOperation that has ended is undone by a workflow [workflows.UndoOperation].
//
// If something could not be undone, the error is a failure of lro.TypeCompensationFailed. For a workflow that is no
// RunOperation it is [ErrNoRunOperation]. For other errors see [PollNow].
func UndoRun(ctx context.Context, c client.Client, workflowID, reason string) (workflows.UndoOutcome, error) {
	var out workflows.UndoOutcome
	err := send(ctx, c, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateID: workflows.UndoUpdate, UpdateName: workflows.UndoUpdate,
		Args: []any{workflows.StopInput{Reason: reason}}, WaitForStage: client.WorkflowUpdateStageAccepted,
	}, &out)
	if isUnknownUpdate(err, workflows.UndoUpdate) {
		err = fmt.Errorf("%w: %s", ErrNoRunOperation, workflowID)
	}
	return out, err
}
