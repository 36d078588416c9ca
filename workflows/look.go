package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// giveUp ends a start whose time is up, or whose context is canceled. If the operation may
// have been started, it looks for it.
func (r *stepRun) giveUp(ctx workflow.Context, last lro.Failure) (starters.StartOutput, error) {
	canceled := ctx.Err() != nil
	if r.input.Known == nil && !r.input.Retried {
		r.stage = stageNothing
		if canceled {
			return starters.StartOutput{}, nil
		}
		return starters.StartOutput{}, activities.NewError(last)
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	out, err := r.lookTwice(free)
	if err != nil || out.Found || canceled {
		return out, err
	}
	return out, activities.NewError(last) // it has been looked for
}

// lookTwice looks for an operation that was started, now and after the
// quarantine.
func (r *stepRun) lookTwice(ctx workflow.Context) (starters.StartOutput, error) {
	if out, err := r.lookBounded(ctx); err == nil && out.Found {
		return out, nil
	}
	return r.lookLate(ctx)
}

// lookLate looks for an operation after the quarantine, when no late request can start it. If the quarantine was cut, and
// nothing is found, its error says so.
func (r *stepRun) lookLate(ctx workflow.Context) (starters.StartOutput, error) {
	out, err := r.lookAfterQuarantine(ctx)
	if err == nil && !out.Found && r.mayBeLate(ctx) {
		return out, activities.NewError(r.mayRun(&lro.Status{Code: lro.CodeDeadlineExceeded, Message: r.late()}))
	}
	return out, err
}

// lookAfterQuarantine looks for an operation after the quarantine, or as much of it as the workflow's timeouts allow.
func (r *stepRun) lookAfterQuarantine(ctx workflow.Context) (starters.StartOutput, error) {
	now := workflow.Now(ctx)
	quarantine := r.limits.cutGrace(now.Add(r.step.Quarantine)).Sub(now)
	if err := sleep(ctx, quarantine, "until no late request can start "+r.step.Name); err != nil {
		return starters.StartOutput{}, err
	}
	r.lateUntil = now.Add(r.step.Quarantine)
	return r.lookBounded(ctx)
}

// mayBeLate reports whether a request may still start the operation that was not found.
func (r *stepRun) mayBeLate(ctx workflow.Context) bool {
	return workflow.Now(ctx).Before(r.lateUntil)
}

func (r *stepRun) late() string {
	return "a late request may still start it until " + r.lateUntil.UTC().Format(time.RFC3339) + ", and nothing can wait for that: " + r.limits.reason(time.Time{})
}

// mayRun returns the failure of a start after which the operation may run, and could not be
// found.
func (r *stepRun) mayRun(status *lro.Status) lro.Failure {
	failure := r.startFailed(status)
	failure.MayRun = true
	r.stage = stageUnknown
	return failure
}

// lookBounded looks for as long as a start is tried.
func (r *stepRun) lookBounded(ctx workflow.Context) (starters.StartOutput, error) {
	deadline := r.limits.cutGrace(workflow.Now(ctx).UTC().Add(r.step.StartTimeout))
	var a alarm
	defer a.stop()
	ctx, b := a.bound(ctx, r.limits.cutLast(deadline.Add(deadlineSlack)))
	defer b.close()
	return r.look(ctx, deadline, nil)
}

// look looks for the step's operation until the deadline, and notes if there is none. With a
// retry policy, that of an undo, it insists. ctx bounds it.
func (r *stepRun) look(ctx workflow.Context, deadline time.Time, retry *temporal.RetryPolicy) (starters.StartOutput, error) {
	out, err := r.ask(ctx, deadline, retry, 0)
	if err != nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
		if f, ok := lro.AsFailure(err); ok && f.StartError != nil {
			status = f.StartError
			status.Message += hintOf(err)
		} else if ctx.Err() != nil {
			status = &lro.Status{Code: lro.CodeDeadlineExceeded, Message: "no look ended in time"}
		}
		return out, activities.NewError(r.mayRun(status))
	}
	if !out.Found && !r.leaves(out) {
		r.stage = stageNothing
	}
	return out, nil
}

// leaves reports whether an undo has found what may be the step's, and cannot tell.
func (r *stepRun) leaves(out starters.StartOutput) bool {
	return r.resumed && out.Left == starters.RemoveUnknown
}

// ask asks the starter for the step's operation. Its error is the activity's. within bounds attempts that end without the
// activity's own code, such as one that no worker has; 0 if ctx bounds them.
func (r *stepRun) ask(ctx workflow.Context, deadline time.Time, retry *temporal.RetryPolicy, within time.Duration) (out starters.StartOutput, err error) {
	in := r.input
	in.AdoptOnly, in.Deadline, in.Undo = true, deadline, undoRecord(ctx)
	ctx = workflow.WithScheduleToCloseTimeout(r.startContext(ctx, deadline.Sub(workflow.Now(ctx))), within)
	if retry != nil {
		in.Insist = true
		ctx = workflow.WithRetryPolicy(ctx, *retry)
	}
	err = execute(ctx, r.step.Activity, in, &out, func() error { return out.Validate(in) })
	return out, err
}
