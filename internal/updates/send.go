// Package updates sends updates to workflows.
package updates

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// maxTries bounds how often an update is sent whose workflow task the server has failed. It fails a task that would end
// the workflow while an event arrives, and the update in that task with it: nothing has been taken, and the next task
// takes the update.
const maxTries = 3

// Send sends an update as [client.Client] does, and sends it again if the server has failed its workflow task. All tries
// have one update id, so that the workflow takes the update once.
func Send(ctx context.Context, c client.Client, options client.UpdateWorkflowOptions) (handle client.WorkflowUpdateHandle, err error) {
	if options.UpdateID == "" {
		options.UpdateID = uuid.NewString()
	}
	for range maxTries {
		handle, err = c.UpdateWorkflow(ctx, options)
		if !hasFailedTask(err) {
			break
		}
	}
	return handle, err
}

// hasFailedTask reports whether the server has failed the workflow task of an update. Server 1.29 says so by
// WorkflowNotReady, and by Internal if the task's worker asks for it.
func hasFailedTask(err error) bool {
	var notReady *serviceerror.WorkflowNotReady
	var internal *serviceerror.Internal
	return errors.As(err, &notReady) || errors.As(err, &internal)
}

// IsLate reports whether an update did not end within its ctx. The server may end the call a moment before ctx is done.
func IsLate(err error) bool {
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError
	return errors.As(err, &late)
}
