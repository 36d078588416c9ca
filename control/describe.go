package control

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// queryTimeout bounds the query of an AwaitOperation: no worker may be there.
	queryTimeout = 3 * time.Second
	// describesAtOnce is how many workflows are described at once.
	describesAtOnce = 8
)

// Options says how to look. The zero value is the default.
type Options struct {
	// DataConverter decodes heartbeats. Give it the client's own, which the client
	// does not hand out. Default: the SDK's.
	DataConverter converter.DataConverter
	// WithoutQuery leaves out what only the workflow's own worker can tell: what
	// became of a cancel, and its reason.
	WithoutQuery bool

	// turn, if not nil, waits for a request's turn.
	turn func(context.Context) error
}

// await waits for a request's turn.
func (o Options) await(ctx context.Context) error {
	if o.turn == nil {
		return nil
	}
	return o.turn(ctx)
}

func (o Options) converter() converter.DataConverter {
	if o.DataConverter == nil {
		return converter.GetDefaultDataConverter()
	}
	return o.DataConverter
}

// Status is what a workflow and its waits are at.
type Status struct {
	WorkflowID   string `json:"workflowId"`
	RunID        string `json:"runId"`
	WorkflowType string `json:"workflowType"`
	// TaskQueue is the workflow's, which its worker has to serve.
	TaskQueue string `json:"taskQueue"`
	// State is the workflow's: Running, Completed, Failed, Canceled, Terminated,
	// ContinuedAsNew or TimedOut.
	State string `json:"state"`
	// StartTime and CloseTime are the run's; CloseTime is zero while it runs.
	StartTime time.Time `json:"startTime,omitzero"`
	CloseTime time.Time `json:"closeTime,omitzero"`
	// CancelRequested says that somebody canceled the workflow.
	CancelRequested bool `json:"cancelRequested,omitempty"`
	// Trouble is why no more than this is known of the workflow, "" if more is: the
	// server does not describe it, for its id is such that no client can ask for it, say.
	Trouble string `json:"trouble,omitempty"`
	// WorkerAwaitedSince is since when a workflow task waits for a worker, zero if none
	// does. For more than a moment there is no worker on TaskQueue, or none that has
	// the workflow's type. TaskFailures counts the attempts of that task which failed.
	WorkerAwaitedSince time.Time `json:"workerAwaitedSince,omitzero"`
	TaskFailures       int       `json:"taskFailures,omitempty"`
	// Waits are those under way, of the workflow and of the AwaitOperation
	// workflows that are its children. Of a workflow that was terminated or has timed
	// out they are what it left, see [ModeLeft].
	Waits []Wait `json:"waits,omitempty"`
	// Own is what an AwaitOperation says of itself; nil if it has closed, was not
	// asked, or did not answer: Unanswered says why.
	Own        *workflows.WaitStatus `json:"own,omitempty"`
	Unanswered string                `json:"unanswered,omitempty"`
	// Outcome is that of an AwaitOperation which has closed. Err is its error, or that
	// of any other workflow that has failed; nil if it succeeded. Failure is what Err says.
	Outcome *lro.Outcome `json:"outcome,omitempty"`
	Err     error        `json:"-"`
	Failure *Failure     `json:"failure,omitempty"`
}

// Running reports whether the workflow runs.
func (s *Status) Running() bool { return s.State == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING.String() }

// DescribeRef is [Describe] of the workflow that workflows.Start runs for ref.
func DescribeRef(ctx context.Context, c client.Client, ref lro.Ref, options Options) (*Status, error) {
	if err := ref.Validate(); err != nil {
		return nil, activities.NewError(lro.Invalid(ref, err))
	}
	return Describe(ctx, c, workflows.WorkflowID(ref), options)
}

// Describe tells what the waits of a workflow are at, in its current run: an
// AwaitOperation, or any workflow with inline waits or AwaitOperations as children.
// What polls report is as old as their last heartbeat, which takes up to three quarters
// of their HeartbeatTimeout. The error is the server's, such as
// serviceerror.NotFound.
func Describe(ctx context.Context, c client.Client, workflowID string, options Options) (*Status, error) {
	return describe(ctx, c, workflowID, "", options)
}

func describe(ctx context.Context, c client.Client, workflowID, runID string, options Options) (*Status, error) {
	if err := options.await(ctx); err != nil {
		return nil, err
	}
	described, err := c.DescribeWorkflowExecution(ctx, workflowID, runID)
	if err != nil {
		return nil, err
	}
	s := statusOf(described)
	left := !s.Running()
	for _, activity := range described.GetPendingActivities() {
		if w, ok := waitOf(activity, options.converter()); ok {
			w.WorkflowID, w.RunID = s.WorkflowID, s.RunID
			if left {
				w.Mode, w.NextPoll = ModeLeft, time.Time{}
			}
			s.Waits = append(s.Waits, w)
		}
	}
	if err := ctx.Err(); err != nil { // a converter may have waited for a codec server
		return nil, err
	}
	if s.WorkflowType == workflows.AwaitOperationName {
		return s, s.completeOwn(ctx, c, options)
	}
	if s.State == enumspb.WORKFLOW_EXECUTION_STATUS_FAILED.String() {
		return s, s.addFailure(ctx, c, options)
	}
	return s, s.addChildren(ctx, c, described, options)
}

func statusOf(described *workflowservice.DescribeWorkflowExecutionResponse) *Status {
	known := knownOf(described.GetWorkflowExecutionInfo())
	s := &known
	s.CancelRequested = described.GetWorkflowExtendedInfo().GetCancelRequested()
	s.TaskQueue = described.GetExecutionConfig().GetTaskQueue().GetName()
	if task := described.GetPendingWorkflowTask(); task.GetState() == enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED {
		s.WorkerAwaitedSince = task.GetScheduledTime().AsTime()
		if at := task.GetOriginalScheduledTime(); at != nil {
			s.WorkerAwaitedSince = at.AsTime()
		}
		s.TaskFailures = max(int(task.GetAttempt())-1, 0)
	}
	return s
}

// knownOf is what a list and a description alike say of a workflow.
func knownOf(info *workflowpb.WorkflowExecutionInfo) Status {
	s := Status{
		WorkflowID: info.GetExecution().GetWorkflowId(), RunID: info.GetExecution().GetRunId(),
		WorkflowType: info.GetType().GetName(), State: info.GetStatus().String(), TaskQueue: info.GetTaskQueue(),
	}
	if at := info.GetStartTime(); at != nil {
		s.StartTime = at.AsTime()
	}
	if at := info.GetCloseTime(); at != nil {
		s.CloseTime = at.AsTime()
	}
	return s
}

// completeOwn adds what an AwaitOperation says itself, or how it ended.
func (s *Status) completeOwn(ctx context.Context, c client.Client, options Options) error {
	switch s.State {
	case enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING.String():
	case enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW.String():
		return nil // how the wait ended is the last run's to say
	default:
		if err := options.await(ctx); err != nil {
			return err
		}
		return s.closed(ctx, c)
	}
	if options.WithoutQuery {
		return nil
	}
	asking, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var own workflows.WaitStatus
	value, err := c.QueryWorkflow(asking, s.WorkflowID, s.RunID, workflows.StatusQuery)
	if err == nil {
		err = value.Get(&own)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case asking.Err() != nil:
		s.Unanswered = fmt.Sprintf("no worker on task queue %q has answered within %s", s.TaskQueue, queryTimeout)
		return nil
	case err != nil:
		s.Unanswered = err.Error()
		return nil
	}
	s.Own = &own
	for i := range s.Waits {
		s.Waits[i].own(own)
	}
	return nil
}

// own fills in what the poll has not reported yet.
func (w *Wait) own(status workflows.WaitStatus) {
	w.Ref = status.Input.Ref
	w.Phase = status.Phase
	if w.StartTime.IsZero() {
		w.StartTime, w.Deadline = status.Outcome.StartTime, status.Deadline
	}
}

// closed adds how an AwaitOperation ended.
func (s *Status) closed(ctx context.Context, c client.Client) error {
	var outcome lro.Outcome
	err := c.GetWorkflow(ctx, s.WorkflowID, s.RunID).Get(ctx, &outcome)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.Err, s.Failure = err, FailureOf(err)
		found, ok := lro.OutcomeOf(err)
		if !ok {
			return nil
		}
		outcome = found
	}
	s.Outcome = &outcome
	return nil
}

// addFailure adds why the run of a workflow that is no AwaitOperation has failed.
func (s *Status) addFailure(ctx context.Context, c client.Client, options Options) error {
	if err := options.await(ctx); err != nil {
		return err
	}
	// A next run, as of a retry, is not followed: it may take for ever.
	err := c.GetWorkflow(ctx, s.WorkflowID, s.RunID).GetWithOptions(ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
	var failed *temporal.WorkflowExecutionError
	if !errors.As(err, &failed) {
		return err
	}
	s.Err, s.Failure = err, &Failure{Code: lro.CodeOf(err).String(), Message: err.Error()}
	if _, typed := lro.AsFailure(err); typed { // of others FailureOf takes an activity's timeout for the workflow's
		s.Failure = FailureOf(err)
	}
	return nil
}

// addChildren describes the children that are waits.
func (s *Status) addChildren(ctx context.Context, c client.Client, described *workflowservice.DescribeWorkflowExecutionResponse, options Options) error {
	var children []Status
	for _, child := range described.GetPendingChildren() {
		if child.GetWorkflowTypeName() == workflows.AwaitOperationName {
			children = append(children, Status{WorkflowID: child.GetWorkflowId(), RunID: child.GetRunId(), WorkflowType: workflows.AwaitOperationName})
		}
	}
	statuses, err := describeAll(ctx, c, children, options)
	for _, child := range statuses {
		s.Waits = append(s.Waits, child.Waits...)
		if child.Trouble != "" {
			s.Waits = append(s.Waits, Wait{WorkflowID: child.WorkflowID, RunID: child.RunID, Phase: workflows.PhaseAwaiting, Mode: ModeUnknown, LastFailure: child.Trouble})
		}
	}
	return err
}

// describeAll describes the runs of workflows in their order, as many at once as is kind
// to the server, starting from what is known of them. One that is not there any more is
// left out; one that the server does not describe stays as it is known, with Trouble.
func describeAll(ctx context.Context, c client.Client, known []Status, options Options) ([]*Status, error) {
	statuses := make([]*Status, len(known))
	errs := make([]error, len(known))
	places := make(chan struct{}, describesAtOnce)
	var all sync.WaitGroup
	for i := range known {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			of := &known[i]
			status, err := describe(ctx, c, of.WorkflowID, of.RunID, options)
			switch {
			case err == nil:
				statuses[i] = status
			case isGone(err):
			case ctx.Err() != nil || concernsAll(err):
				errs[i] = fmt.Errorf("describe %s: %w", of.WorkflowID, err)
			default:
				of.Trouble = err.Error()
				statuses[i] = of
			}
		})
	}
	all.Wait()
	var found []*Status
	for _, s := range statuses {
		if s != nil {
			found = append(found, s)
		}
	}
	return found, errors.Join(errs...)
}
