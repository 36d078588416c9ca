package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/awaitop/awaitop/control"
)

// stuckAdvice says why no worker takes a wait that has started, and where to await instead. It is empty if nothing is
// known.
func (t *connected) stuckAdvice(ctx context.Context, status *control.Status) string {
	ctx, cancel := context.WithTimeout(ctx, pollerPatience)
	defer cancel()
	need := queueNeed{queue: status.TaskQueue, tasks: workflowTasks}
	reason := ""
	switch n, err := t.pollers(ctx, need); {
	case err != nil:
		return ""
	case n == 0:
		reason = unpolledText(need)
	case status.TaskFailures > 0:
		reason = t.taskFailure(ctx, status)
	}
	if reason == "" { // workers poll it, and are slow
		return ""
	}
	return stuckText(status, reason, elsewhere(status.TaskQueue, t.served(ctx)))
}

// stuckText is the advice on a wait that is stuck for a reason while others serve awaitop.
func stuckText(status *control.Status, reason string, others []polledQueue) string {
	if len(others) == 0 {
		return reason
	}
	return fmt.Sprintf("%s; awaitop is served on %s. End this wait with `%s`, and await again with -t %s",
		reason, queueList(others), terminateCommand(status.WorkflowID), cmp.Or(nearestQueue(status.TaskQueue, others), "QUEUE"))
}

// terminateCommand ends a wait that no worker has taken.
func terminateCommand(workflowID string) string {
	return "temporal workflow terminate --workflow-id " + shellQuoted(workflowID)
}

// firstEvents are enough events to hold the first failure of a workflow's first task.
const firstEvents = 10

// taskFailure is why a worker failed the workflow's first task, "" if that is not known.
func (t *connected) taskFailure(ctx context.Context, status *control.Status) string {
	events := t.GetWorkflowHistory(ctx, status.WorkflowID, status.RunID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for range firstEvents {
		if !events.HasNext() {
			break
		}
		event, err := events.Next()
		if err != nil {
			break
		}
		if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
			return strings.TrimSuffix(failed.GetFailure().GetMessage(), ".")
		}
	}
	return ""
}
