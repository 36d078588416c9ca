package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// readAgain reads the operations again that could not be read, for the window. Its error
// says why nothing is to be undone: an operation still cannot be read, or the only failure
// is a poll's, which says nothing about its operation, or that of a target's read after its
// operation has succeeded.
func (s *Saga) readAgain(ctx workflow.Context, cause error) error {
	if targetUnread(cause) && s.ctx.Err() == nil && changed(ctx, ReadTargetChange) {
		return errors.New("nothing is undone for a target that could not be read: its operation has succeeded")
	}
	unread := s.unread()
	doubted, ofStep := s.doubted(cause)
	if doubted != nil && !ofStep {
		unread = append(unread, doubted)
	}
	if err := s.readAll(ctx, unread); err != nil {
		return fmt.Errorf("nothing is undone as long as an operation cannot be read: %w", err)
	}
	if doubted != nil && s.ctx.Err() == nil && !doubted.endedBadly() {
		return fmt.Errorf("nothing is undone for a poll that failed: the state of operation %s is %s", doubted.outcome.Ref, doubted.outcome.State())
	}
	return nil
}

// unread returns the steps whose operations may run, and could not be read.
func (s *Saga) unread() (unread []*stepRun) {
	for _, step := range s.steps {
		if r, ok := step.(*stepRun); ok && r.stage == stageRunning && r.unread {
			unread = append(unread, r)
		}
	}
	return unread
}

// doubted returns the operation whose poll failed, if that is the cause of the undo, and
// whether it is a step's of the saga. It returns nil for another cause.
func (s *Saga) doubted(cause error) (r *stepRun, ofStep bool) {
	failure, _ := lro.AsFailure(cause)
	if !unreadable(cause) || failure.Ref.IsZero() || failure.Operation.Done {
		return nil, false
	}
	for _, step := range s.steps {
		if one, ok := step.(*stepRun); ok && one.outcome.Ref == failure.Ref {
			r = one
		}
	}
	if r != nil {
		return r, true
	}
	return &stepRun{stage: stageRunning, unread: true, outcome: failure.Outcome}, false
}

// readAll reads the operations of the steps side by side. It returns the first error.
func (s *Saga) readAll(ctx workflow.Context, unread []*stepRun) error {
	reads := make([]func(workflow.Context) error, len(unread))
	for i, r := range unread {
		reads[i] = func(ctx workflow.Context) error {
			return s.inWindow(ctx, s.options.UndoWindow, r, func(ctx workflow.Context) error { return r.readAgain(ctx, s) })
		}
	}
	return firstOf(parallel(ctx, windowFor(s.options.Window, largestCommand(unread)), false, reads))
}

func (r *stepRun) readAgain(ctx workflow.Context, saga *Saga) error {
	in := activities.OperationInput{Ref: r.outcome.Ref, Insist: true, Deadline: undoDeadline(ctx), Undo: undoRecord(ctx)}
	ctx = saga.activityContext(ctx, r.taskQueue(ctx))
	began := workflow.Now(ctx)
	defer func() { r.readFor = workflow.Now(ctx).Sub(began) }()
	var op lro.Operation
	err := execute(ctx, activities.GetOperationName, in, &op, func() error { return activities.ValidateRead(in.Ref, op) })
	if failure, ok := lro.AsFailure(err); ok && failure.Code() == lro.CodeNotFound {
		r.gone = true // the resource is read before it is deleted
		return nil
	}
	if err != nil {
		return err
	}
	r.unread, r.outcome.Operation = false, op
	if op.Done {
		r.stage = stageEnded
	}
	return nil
}

// endedBadly reports whether the operation is gone, or has ended without success.
func (r *stepRun) endedBadly() bool {
	return r.gone || r.outcome.Operation.Done && r.outcome.State() != lro.StateSucceeded
}
