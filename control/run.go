package control

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/workflows"
)

// Run is a running [workflows.RunOperation] or [workflows.UndoOperation].
type Run struct {
	WorkflowID   string `json:"workflowId"`
	RunID        string `json:"runId"`
	WorkflowType string `json:"workflowType"`
	// StartTime is that of the workflow's run.
	StartTime time.Time `json:"startTime,omitzero"`
	// Status is the answer of the workflow's worker. It is nil if none has answered, and Unanswered says why.
	Status     *workflows.RunStatus `json:"status,omitempty"`
	Unanswered string               `json:"unanswered,omitempty"`
}

// isRun reports whether the workflow is a RunOperation or an UndoOperation.
func (s *Status) isRun() bool {
	return s.WorkflowType == workflows.RunOperationName || s.WorkflowType == workflows.UndoOperationName
}

// silentRun reports whether the workflow is a run that has left its query without an answer.
func (s *Status) silentRun() bool {
	return slices.ContainsFunc(s.Runs, func(r Run) bool { return r.WorkflowID == s.WorkflowID && r.Status == nil })
}

// addRun adds what a RunOperation or an UndoOperation answers to a query.
func (s *Status) addRun(ctx context.Context, c client.Client, options Options) error {
	run := Run{WorkflowID: s.WorkflowID, RunID: s.RunID, WorkflowType: s.WorkflowType, StartTime: s.StartTime}
	if s.stuck() || options.silence.Reached(s.TaskQueue) {
		run.Unanswered = unanswered(s.TaskQueue)
	} else {
		var status workflows.RunStatus
		late, why, err := s.ask(ctx, c, options, workflows.RunQuery, &status)
		if err != nil {
			return err
		}
		if run.Unanswered = why; why == "" {
			run.Status = &status
		}
		if late {
			options.silence.Add(s.TaskQueue)
		}
	}
	s.Runs = append(s.Runs, run)
	return nil
}

// ask asks the workflow's worker. late says that no worker answers in time, and why is "" if one has answered. The error
// is that of ctx or of the limit.
func (s *Status) ask(ctx context.Context, c client.Client, options Options, query string, into any) (late bool, why string, err error) {
	if err := options.wait(ctx); err != nil {
		return false, "", err
	}
	bounded, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	value, err := c.QueryWorkflow(bounded, s.WorkflowID, s.RunID, query)
	if err == nil {
		err = value.Get(into)
	}
	switch {
	case ctx.Err() != nil:
		return false, "", ctx.Err()
	case isLateQuery(bounded, err):
		return true, unanswered(s.TaskQueue), nil
	case err != nil:
		return false, err.Error(), nil
	default:
		return false, "", nil
	}
}
