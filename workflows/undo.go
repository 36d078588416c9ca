package workflows

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/internal/createtime"
	"github.com/awaitop/awaitop/lro"
)

func (r *stepRun) title() string { return cmp.Or(r.step.Name, r.outcome.Ref.String()) }

func (r *stepRun) resource() string {
	if r.ambiguous {
		return r.inFull()
	}
	return r.step.Target
}

func (r *stepRun) operation() string { return cmp.Or(r.outcome.Ref.String(), r.step.Target) }

func (r *stepRun) listed(*Saga) bool { return r.step.Await.SearchAttributes }

// exists reports whether the step's operation runs or has succeeded, or may have.
func (r *stepRun) exists() bool {
	return r.stage == stageUnknown || r.stage == stageRunning || r.outcome.State() == lro.StateSucceeded
}

// undoes reports whether the step's undo stops its operation, or takes back or deletes something. What a failed
// operation has left may be there to delete, but not to compensate.
func (r *stepRun) undoes() bool {
	if r.stage == stageEnded {
		return r.step.Undo != "" || r.step.Compensate != nil && r.outcome.State() == lro.StateSucceeded
	}
	return r.stage == stageUnknown || r.stage == stageRunning
}

// taken reports whether no other step may have the step's name.
func (r *stepRun) taken() bool { return r.stage == stageWaiting || r.exists() }

func (r *stepRun) toCome() int {
	size := undoBytes + r.namesSize() // of the undo
	switch {
	case r.stage == stageNothing, r.stage == stageEnded && r.onlyStops():
		return 0
	case r.stage == stageWaiting:
		return size + len(r.input.Request)
	default:
		return size
	}
}

func (r *stepRun) commandSize() int {
	if r.stage == stageWaiting || r.stage == stageUnknown { // its start or look
		return baseCommandSize + r.namesSize() + len(r.input.Request)
	}
	return baseCommandSize + r.namesSize()
}

// namesSize returns the size of an activity's names, in bytes: target, operation and summary.
func (r *stepRun) namesSize() int { return 3 * len(r.step.Target) }

// room reports as an error that the history may not have room for one more attempt to
// start and all undos of the step's saga.
func (r *stepRun) room() error {
	if r.saga == nil {
		return nil
	}
	return r.saga.room(r.saga.bounds.start)
}

// undo stops the step's operation, and takes back or deletes what it made.
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
	if r.stage <= stageNothing {
		return nil
	}
	succeeded := r.outcome.State() == lro.StateSucceeded
	var errs []error
	if succeeded && r.step.Compensate != nil {
		compensating := workflow.WithValue(saga.undoContext(ctx), undoingKey{}, &undoing{of: r.mark()})
		err := r.step.Compensate(compensating, r.outcome)
		r.takenBack = err == nil
		errs = append(errs, err)
	}
	if r.step.Undo != "" {
		errs = append(errs, r.remove(ctx, saga, succeeded))
	}
	return errors.Join(errs...)
}

// undone says what became of the operation, and of what it made.
func (r *stepRun) undone() string {
	var parts []string
	if r.stopped {
		parts = append(parts, "its operation was stopped ("+string(r.outcome.Cancellation)+")")
	}
	if r.takenBack {
		parts = append(parts, "taken back")
	}
	switch r.removed {
	case starters.RemoveDeleted:
		parts = append(parts, "deleted")
	case starters.RemoveAbsent:
		parts = append(parts, "was not there")
	case starters.RemoveNotOurs:
		parts = append(parts, "left alone, because it is not this workflow's")
	}
	return strings.Join(parts, ", ")
}

// mark tells the step's operation from all others. It is the operation's id if that is made
// of the key, because an operation of a later try has another id; else the key. Without a
// key it is the operation's id, or the target of an operation without a name.
func (r *stepRun) mark() string {
	name := r.outcome.Ref.Name
	id := name[strings.LastIndexByte(name, '/')+1:]
	if !strings.HasPrefix(id, r.input.Key) {
		return r.input.Key
	}
	return cmp.Or(id, r.step.Target)
}

// onlyStops reports whether the step's undo takes nothing back: it only stops the operation.
func (r *stepRun) onlyStops() bool { return r.step.Undo == "" && r.step.Compensate == nil }

// deletes reports whether the step's undo deletes the target of another step, or a resource that holds it.
func (r *stepRun) deletes(other *stepRun) bool {
	same, _ := r.sameService(other)
	return r.step.Undo != "" && r.exists() && same && holds(r.step.Target, other.step.Target)
}

// isGone reports whether the undo has found, or made, that the step's target is not there.
func (r *stepRun) isGone() bool {
	return r.removed == starters.RemoveDeleted || r.removed == starters.RemoveAbsent
}

// findOut looks for the operation of a start that may or may not have happened.
func (r *stepRun) findOut(ctx workflow.Context, saga *Saga) error {
	started, err := r.look(ctx, undoDeadline(ctx), saga.options.RetryPolicy)
	if err == nil && !started.Found && r.mayBeLate(ctx) {
		err = errors.New(r.late())
	}
	if err == nil && r.leaves(started) {
		err = fmt.Errorf("%s is there, or an operation on it runs, and nothing tells whose it is: undo it with the outcome of its run", r.step.Target)
	}
	if err != nil || !started.Found {
		return err
	}
	r.started(ctx, started.Ref, started.Operation)
	return nil
}

// stop cancels the operation and awaits its end: for the window, or for the cancel grace if
// another undo deletes the target anyway.
func (r *stepRun) stop(ctx workflow.Context, saga *Saga) error {
	options := r.step.Await
	if !r.onlyStops() || !saga.willDelete(r) {
		options.CancelGrace = saga.options.UndoWindow
	}
	options.AuthGrace = saga.options.UndoWindow
	w := newWait(ctx, AwaitInput{Ref: r.outcome.Ref, AwaitOptions: options, step: r.step.shown()})
	w.insist, w.seen = true, r.gone // then a 404 is no news of an operation that is yet to appear
	w.cancelAndPoll(ctx)
	failure := w.last.failure
	switch gone := failure != nil && failure.Type == lro.TypeOperationGone; {
	case w.outcome.Operation.Done, gone:
		w.end(ctx, "gone")
		r.stage, r.outcome, r.stopped = stageEnded, w.outcome, true
		return nil
	case failure != nil:
		failure.Outcome = w.outcome
		return activities.NewError(*failure)
	default:
		return fmt.Errorf("operation %s still runs; %s", r.outcome.Ref, w.outcome.Cancellation.Text())
	}
}

// ranFrom is when a step's operation may have begun to make its target. Of an operation that the caller has started its
// metadata tells, if it has come. Else that was within the workflow, as for one that the look has found.
func (r *stepRun) ranFrom() time.Time {
	if !r.adopted {
		return r.began
	}
	if r.step.Activity == "" {
		for _, op := range []*lro.Operation{&r.outcome.Operation, r.given} {
			if op == nil {
				continue
			}
			if began := lro.ProgressOf(op.Metadata).StartTime; !began.IsZero() {
				return began
			}
		}
	}
	return r.input.Since
}

// remove deletes the step's target, if the step made it. After a success the response says
// when the target was made. If the outcome has no response, as that of a set, the activity
// reads the operation for it. After a failure there is, as a rule, no target or a
// stranger's: remove deletes only a resource that bears the key, or that was made while the
// operation ran.
func (r *stepRun) remove(ctx workflow.Context, saga *Saga, succeeded bool) error {
	in := starters.RemoveInput{Target: r.step.Target, Method: r.step.Method, Force: r.step.ForceUndo, Key: r.input.Key, Deadline: undoDeadline(ctx), Undo: undoRecord(ctx)}
	if r.step.Activity == "" {
		in.Key = "" // the caller's own start knew none
	}
	if succeeded {
		in.CreateTime = createtime.Of(r.outcome.Operation.Response)
		if !saga.willDelete(r) { // else it may be gone with what holds it
			in.Succeeded = r.outcome.EndTime
		}
	} else {
		in.Since, in.Until = r.ranFrom(), r.outcome.EndTime
	}
	if in.CreateTime.IsZero() {
		in.Operation = r.outcome.Ref.Name
	}
	options := workflow.GetActivityOptions(saga.activityContext(ctx, r.taskQueue(ctx)))
	options.Summary = summary("undo " + r.step.Name)
	options.StartToCloseTimeout = r.step.AttemptTimeout // after that, a dead worker is noticed
	ctx = workflow.WithActivityOptions(ctx, options)
	var out starters.RemoveOutput
	err := execute(ctx, r.step.Undo, in, &out, func() error { return out.Validate() })
	r.removed = out.Result
	if err == nil && out.Result == starters.RemoveUnknown {
		return fmt.Errorf("%s is there, and nothing tells whether this workflow made it", r.step.Target)
	}
	return err
}
