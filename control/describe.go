package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// queryTimeout bounds the query of a workflow, because no worker may be there.
	queryTimeout = 3 * time.Second
	// describesAtOnce is how many workflows are described at the same time.
	describesAtOnce = 8
)

// DescribeRef is [Describe] of the workflow that workflows.Start runs for ref. [Find] finds other waits for ref.
func DescribeRef(ctx context.Context, c client.Client, ref lro.Ref, options Options) (*Status, error) {
	if err := ref.Validate(); err != nil {
		return nil, activities.NewError(lro.Invalid(ref, err))
	}
	return Describe(ctx, c, workflows.WorkflowID(ref), options)
}

// Describe describes the current run of a workflow and its waits. The workflow is an
// AwaitOperation, a RunOperation or UndoOperation, or any workflow with inline waits or with those as children. The
// progress of a wait is that of the last heartbeat of its poll, or of a later [PollNow]. A poll without a slot
// reports news within 5 s, and one in an activity slot within 80% of its HeartbeatTimeout. The error is the
// server's, such as serviceerror.NotFound.
func Describe(ctx context.Context, c client.Client, workflowID string, options Options) (*Status, error) {
	return describe(ctx, c, workflowID, "", options)
}

func describe(ctx context.Context, c client.Client, workflowID, runID string, options Options) (*Status, error) {
	if err := options.wait(ctx); err != nil {
		return nil, err
	}
	described, err := c.DescribeWorkflowExecution(ctx, workflowID, runID)
	if err != nil {
		return nil, err
	}
	s := statusOf(described, options.converter())
	s.addPending(described, options)
	if err := ctx.Err(); err != nil { // a converter may have waited for a codec server
		return nil, err
	}
	switch {
	case s.WorkflowType == workflows.AwaitOperationName:
		return s, s.addOwn(ctx, c, options)
	case s.Running():
		err = s.addRunning(ctx, c, described, options)
	default:
		err = s.addEnd(ctx, c, options)
	}
	if err == nil {
		err = s.addRunBefore(ctx, c, described.GetWorkflowExecutionInfo(), options)
	}
	if err == nil {
		err = s.addDetails(ctx, c, options)
	}
	return s, err
}

// addPending adds the waits, undos and retries whose activities are pending.
func (s *Status) addPending(described *workflowservice.DescribeWorkflowExecutionResponse, options Options) {
	var replaced *workflowpb.PendingActivityInfo
	for _, activity := range described.GetPendingActivities() {
		if activity.GetState() == enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED {
			replaced = activity // the workflow has gone on without it
			continue
		}
		if w, ok := waitOf(activity, options.converter()); ok {
			s.addWait(w, activity, options.converter())
		} else {
			s.addRetry(activity, options.converter())
		}
	}
	s.addSilent(described.GetPendingActivities(), options.converter())
	if s.WorkflowType == workflows.AwaitOperationName && s.Running() && len(s.Waits) == 0 && replaced != nil {
		s.addReplaced(replaced, options.converter())
	}
}

// addReplaced adds the wait of an AwaitOperation whose next poll is not pending yet, with what the poll before has
// reported.
func (s *Status) addReplaced(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) {
	before := proto.CloneOf(activity)
	before.State = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED
	if w, ok := waitOf(before, decode); ok {
		w.Mode, w.NextPoll, w.LastFailure = ModeHeld, time.Time{}, ""
		s.addWait(w, activity, decode)
	}
}

// addWait adds a wait, and the undo that it is a part of.
func (s *Status) addWait(w Wait, activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) {
	w.WorkflowID, w.RunID = s.WorkflowID, s.RunID
	if activity.GetActivityType().GetName() == activities.PollOperationName {
		w.observe(s.observed, firstScheduled(activity))
	}
	if !s.Running() {
		w.Mode, w.NextPoll = ModeLeft, time.Time{}
	}
	s.Waits = append(s.Waits, w)
	if w.Undo != nil {
		s.Undos = append(s.Undos, undoOfWait(w, s.retryOf(activity, decode)))
	}
}

// addRetry adds an activity that is no wait: as an undo if it says that it is one, as a retry if it has failed.
func (s *Status) addRetry(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) {
	r := s.retryOf(activity, decode)
	switch record := recordOf(activity, decode); {
	case record != nil:
		s.Undos = append(s.Undos, undoOf(*record, r))
	case r.LastFailure != "":
		s.Retries = append(s.Retries, r)
	}
}

// addOwn adds the answer of an AwaitOperation to a query, or how it ended.
func (s *Status) addOwn(ctx context.Context, c client.Client, options Options) error {
	switch s.State {
	case enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING.String():
		if options.WithoutQuery {
			return nil
		}
		if s.stuck() {
			s.Unanswered = unanswered(s.TaskQueue)
			return nil
		}
		return s.query(ctx, c, options)
	case enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW.String():
		return nil // the last run tells how the wait ended
	default:
		return s.addOutcome(ctx, c, options)
	}
}

// query queries an AwaitOperation for its status.
func (s *Status) query(ctx context.Context, c client.Client, options Options) error {
	var own workflows.WaitStatus
	_, why, err := s.ask(ctx, c, options, workflows.StatusQuery, &own)
	if s.Unanswered = why; err != nil || why != "" {
		return err
	}
	s.Own = &own
	for i := range s.Waits {
		s.Waits[i].complete(own)
	}
	return nil
}

// complete fills in the fields that the poll has not reported yet.
func (w *Wait) complete(own workflows.WaitStatus) {
	w.Ref = own.Input.Ref
	w.Phase = own.Phase
	if w.StartTime.IsZero() {
		w.StartTime, w.Deadline = own.Outcome.StartTime, own.Deadline
	}
	if w.Set == nil && w.Polls == 0 && w.LastPoll.IsZero() {
		w.Progress = lro.ProgressOf(own.Outcome.Operation.Metadata)
	}
}

// addOutcome adds how the run of an AwaitOperation ended.
func (s *Status) addOutcome(ctx context.Context, c client.Client, options Options) error {
	if err := options.wait(ctx); err != nil {
		return err
	}
	var outcome lro.Outcome
	err := c.GetWorkflow(ctx, s.WorkflowID, s.RunID).GetWithOptions(ctx, &outcome, onlyThisRun)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.Err, s.Failure = err, FailureOf(err)
		if err := s.addReason(ctx, c, options); err != nil {
			return err
		}
		found, ok := lro.OutcomeOf(err)
		if !ok {
			return nil
		}
		outcome = found
	}
	s.Outcome = &outcome
	return nil
}

// addRunning adds what the children of a running workflow do and, if it is a RunOperation or an UndoOperation, its answer
// to a query.
func (s *Status) addRunning(ctx context.Context, c client.Client, described *workflowservice.DescribeWorkflowExecutionResponse, options Options) error {
	if err := s.addChildren(ctx, c, described, options); err != nil || !s.isRun() {
		return err
	}
	return s.addRun(ctx, c, options)
}

// addChildren describes the children that wait, run or undo.
func (s *Status) addChildren(ctx context.Context, c client.Client, described *workflowservice.DescribeWorkflowExecutionResponse, options Options) error {
	var children []*Status
	for _, child := range described.GetPendingChildren() {
		status := &Status{WorkflowID: child.GetWorkflowId(), RunID: child.GetRunId(), WorkflowType: child.GetWorkflowTypeName()}
		if status.WorkflowType == workflows.AwaitOperationName || status.isRun() {
			children = append(children, status)
		}
	}
	statuses, err := DescribeAll(ctx, c, children, options)
	for _, child := range statuses {
		s.Waits, s.Runs = append(s.Waits, child.Waits...), append(s.Runs, child.Runs...)
		s.Undos, s.Retries = append(s.Undos, child.Undos...), append(s.Retries, child.Retries...)
		switch {
		case child.Trouble == "":
		case child.isRun():
			s.Runs = append(s.Runs, Run{WorkflowID: child.WorkflowID, RunID: child.RunID, WorkflowType: child.WorkflowType, Unanswered: child.Trouble})
		default:
			s.Waits = append(s.Waits, Wait{WorkflowID: child.WorkflowID, RunID: child.RunID, Phase: workflows.PhaseAwaiting, Mode: ModeUnknown, LastFailure: child.Trouble})
		}
	}
	return err
}

// DescribeAll describes the runs that a [List] without descriptions has returned, in their
// order, eight at a time. A workflow that is gone is left out, and one that goes on after its
// saga has undone. A workflow that the server
// does not describe stays as listed, with its Trouble. A status without a RunID stands for
// the current run. Once eight queries on a task queue were not answered, no more are sent there. An error is one that describing any workflow meets, such as a server out
// of reach; the statuses are then those that were described.
func DescribeAll(ctx context.Context, c client.Client, listed []*Status, options Options) ([]*Status, error) {
	if options.silence == nil {
		options.silence = awaiters.NewSilence()
	}
	statuses := make([]*Status, len(listed))
	errs := make([]error, len(listed))
	slots := make(chan struct{}, describesAtOnce)
	var all sync.WaitGroup
	for i := range listed {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			statuses[i], errs[i] = describeListed(ctx, c, listed[i], options)
		})
	}
	all.Wait()
	found := slices.DeleteFunc(statuses, func(s *Status) bool { return s == nil })
	return found, errors.Join(errs...)
}

// describeListed describes a run. It returns nil if the workflow is gone, and an error only
// if describing another workflow would fail as well.
func describeListed(ctx context.Context, c client.Client, listed *Status, options Options) (*Status, error) {
	status, err := describe(ctx, c, listed.WorkflowID, listed.RunID, options)
	switch {
	case err == nil && listed.onlyUndid && status.idle():
		return nil, nil // its undo is over
	case err == nil:
		return status, nil
	case isGone(err):
		return nil, nil
	case ctx.Err() != nil || concernsAll(err):
		return nil, fmt.Errorf("describe %s: %w", listed.WorkflowID, err)
	default:
		undescribed := *listed
		undescribed.Trouble = err.Error()
		return &undescribed, nil
	}
}
