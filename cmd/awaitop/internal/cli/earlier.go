package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// earlierTimeout bounds the look for an earlier wait. The wait has ended, and somebody waits for the text.
	earlierTimeout = 5 * time.Second
	// earlierRuns is how many closed runs are looked at, the last ones first.
	earlierRuns = 10
)

// earlierWait is a wait that has canceled an operation, before another wait for it began.
type earlierWait struct {
	RunID   string    `json:"runId"`
	EndTime time.Time `json:"endTime"`
	Reason  string    `json:"reason,omitempty"`
}

// earlierCancel looks for the wait that has canceled the operation of a wait that ended. All waits that
// workflows.Start began for an operation have one workflow id. It returns nil if the operation was not canceled, if
// its wait canceled it, or if no such wait is known.
func earlierCancel(ctx context.Context, c client.Client, run *workflows.AwaitRun, err error) *earlierWait {
	failure, _ := lro.AsFailure(err)
	if failure.Type != lro.TypeOperationFailed || failure.Code() != lro.CodeCanceled || run.ID == "" || strings.ContainsAny(run.ID, `'"\`) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, earlierTimeout)
	defer cancel()
	listed, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: earlierRuns, Query: fmt.Sprintf("WorkflowId = '%s' AND ExecutionStatus IN ('Canceled', 'Failed')", run.ID),
	})
	if err != nil {
		return nil // what the wait has found is told all the same
	}
	for _, info := range listed.GetExecutions() {
		runID := info.GetExecution().GetRunId()
		ended := c.GetWorkflow(ctx, run.ID, runID).GetWithOptions(ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
		if outcome, known := lro.OutcomeOf(ended); known && outcome.Cancellation == lro.CancellationCanceled {
			return &earlierWait{RunID: runID, EndTime: outcome.EndTime, Reason: outcome.CancelReason}
		}
	}
	return nil
}

// endedBefore says how the last wait for an operation ended, "" if it runs or if none is known.
func endedBefore(ctx context.Context, t *connected, ref lro.Ref) string {
	ctx, cancel := context.WithTimeout(ctx, earlierTimeout)
	defer cancel()
	options := t.look
	options.WithoutQuery = true
	status, err := control.DescribeRef(ctx, t, ref, options)
	if err != nil || status.Running() {
		return "" // the start will tell if the server is in trouble
	}
	return endedText(status, time.Now())
}

// canceledByText says who canceled an operation that its wait sent no cancel.
func canceledByText(earlier *earlierWait, status *lro.Status) string {
	if earlier == nil {
		return fmt.Sprintf("the operation was canceled, and this wait sent no cancel: %s", status)
	}
	text := fmt.Sprintf("the operation was canceled by an earlier wait, run %s, which ended %s ago", earlier.RunID, since(earlier.EndTime))
	if earlier.Reason != "" {
		text += ", for the reason: " + earlier.Reason
	}
	return text
}
