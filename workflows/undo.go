package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func (r *stepRun) resource() string { return r.step.Target }

// exists reports whether the step has, or may have, brought something about.
func (r *stepRun) exists() bool {
	return r.stage == stageUnknown || r.stage == stageRunning || r.outcome.State() == lro.StateSucceeded
}

// undo sees to it that nothing is left of the step.
func (r *stepRun) undo(ctx workflow.Context, saga *Saga) error {
	if r.stage == stageUnknown {
		if err := r.findOut(ctx, saga); err != nil {
			return err
		}
	}
	if r.stage == stageRunning {
		if err := r.stop(ctx, saga); err != nil {
			return err
		}
	}
	if r.stage == stageNothing {
		return nil
	}
	succeeded := r.outcome.State() == lro.StateSucceeded
	if succeeded && r.step.Compensate != nil {
		if err := r.step.Compensate(saga.activityContext(ctx, ""), r.outcome); err != nil {
			return err
		}
	}
	if r.step.Undo == "" {
		return nil
	}
	return r.remove(ctx, saga, succeeded)
}

// findOut looks for the operation of a start whose end is not known.
func (r *stepRun) findOut(ctx workflow.Context, saga *Saga) error {
	started, err := r.look(ctx, saga.options.UndoWindow, saga.options.RetryPolicy)
	if err != nil || !started.Found {
		return err
	}
	r.stage = stageRunning
	r.outcome = lro.Outcome{Ref: started.Ref, Operation: started.Operation}
	if started.Operation.Done {
		r.stage = stageEnded
	}
	return nil
}

// stop cancels the operation and awaits its end.
func (r *stepRun) stop(ctx workflow.Context, saga *Saga) error {
	options := r.step.Await
	options.CancelGrace = saga.options.UndoWindow
	w := newWait(ctx, AwaitInput{Ref: r.outcome.Ref, AwaitOptions: options})
	poll := w.cancelAndPoll(ctx)
	gone := poll.failure != nil && poll.failure.Type == lro.TypeOperationGone
	switch {
	case poll.terminal(), gone:
		w.end(ctx)
		r.stage, r.outcome = stageEnded, w.outcome
		return nil
	case poll.failure != nil:
		poll.failure.Outcome = w.outcome
		return poll.failure.Err()
	default:
		return fmt.Errorf("operation %s still runs; its cancel: %s", r.outcome.Ref, w.outcome.Cancellation)
	}
}

// remove deletes the step's target. If the operation did not succeed, or nobody
// knows, only what can be told to be the workflow's own: after a failed create
// there is as a rule nothing, or somebody else's.
func (r *stepRun) remove(ctx workflow.Context, saga *Saga, succeeded bool) error {
	in := activities.RemoveInput{Target: r.step.Target}
	if !succeeded {
		in.Key, in.Since = r.input.Key, r.input.Since
	}
	options := workflow.GetActivityOptions(saga.activityContext(ctx, r.taskQueue(ctx)))
	options.Summary = summary("undo " + r.step.Name)
	ctx = workflow.WithActivityOptions(ctx, options)
	var out activities.RemoveOutput
	return workflow.ExecuteActivity(ctx, r.step.Undo, in).Get(ctx, &out)
}

// readAgain reads the operation again that the cause says could not be read,
// for as long as the window, and returns why it still cannot be. A poll that
// failed says nothing about the operation, and is no reason to undo anything.
func (s *Saga) readAgain(ctx workflow.Context, cause error) error {
	failure, ok := lro.AsFailure(cause)
	if !ok || failure.Type != lro.TypePollFailed && failure.Type != lro.TypeProtocolError {
		return nil
	}
	for _, step := range s.steps {
		r, ok := step.(*stepRun)
		if !ok || r.stage != stageRunning || r.outcome.Ref != failure.Ref {
			continue
		}
		return r.readAgain(ctx, s)
	}
	return nil
}

// readRetry is the delay between two reads of an operation that cannot be read
// for a reason that only people can mend.
const readRetry = time.Minute

func (r *stepRun) readAgain(ctx workflow.Context, saga *Saga) error {
	deadline := workflow.Now(ctx).Add(saga.options.UndoWindow)
	for {
		in := activities.OperationInput{Ref: r.outcome.Ref}
		reading := saga.activityContext(ctx, r.taskQueue(ctx))
		var op lro.Operation
		err := workflow.ExecuteActivity(reading, activities.GetOperationName, in).Get(reading, &op)
		if err == nil {
			r.outcome.Operation = op
			if op.Done {
				r.stage = stageEnded
			}
			return nil
		}
		if failure, ok := lro.AsFailure(err); ok && failure.Code() == lro.CodeNotFound {
			return nil // it is gone; the resource is read before it is deleted
		}
		if !workflow.Now(ctx).Add(readRetry).Before(deadline) {
			return err
		}
		if err := workflow.Sleep(ctx, readRetry); err != nil {
			return err
		}
	}
}
