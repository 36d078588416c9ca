package workflows

import (
	"cmp"
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// java-spanner's delays after errors that are not about quota: 1 s, 1.3 times as
// long each time, 32 s at most.
const (
	firstStartRetry = time.Second
	maxStartRetry   = 32 * time.Second
)

// start runs the starter until the operation is started, found or refused, or the
// StartTimeout is over. Found is false if ctx was canceled and no operation had been
// started.
//
// Each attempt is an activity of its own, so that its knowledge is in history. Temporal's
// own retries would keep it in a heartbeat. A cancel between two attempts would lose that
// heartbeat, and the operation with it.
func (r *stepRun) start(ctx workflow.Context) (starters.StartOutput, error) {
	r.stage, r.began = stageUnknown, workflow.Now(ctx)
	deadline := r.limits.cut(r.began.Add(r.step.StartTimeout))
	last, inTheWay := r.startFailed(&lro.Status{Code: lro.CodeDeadlineExceeded}), queue{}
	for delay := firstStartRetry; ctx.Err() == nil; delay = min(delay*13/10, maxStartRetry) {
		if err := r.room(); err != nil {
			return r.giveUp(ctx, r.refused(err))
		}
		r.input.Attempt++
		out, err := r.attempt(ctx, deadline.Sub(workflow.Now(ctx)))
		if err != nil {
			return r.startRefused(ctx, err)
		}
		if out.Found {
			return out, nil
		}
		wait := delay
		if again := out.Again; again != nil {
			after, _ := again.After.In("") // 0 if it is none
			wait = max(wait, after)
			last.StartError = again.Error
			inTheWay.await(ctx, r, again.Blocker, deadline)
		}
		if !workflow.Now(ctx).Add(wait).Before(deadline) {
			break
		}
		_ = sleep(ctx, wait, "try again to start "+r.step.Name) // a cancel ends the loop
	}
	last.StartError = inTheWay.timedOut(last.StartError, r.step.StartTimeout)
	return r.giveUp(ctx, last)
}

// startRefused ends a start that is not to be tried again. If the operation may run all the
// same, it looks for it.
func (r *stepRun) startRefused(ctx workflow.Context, err error) (starters.StartOutput, error) {
	failure, typed := lro.AsFailure(err)
	if !typed {
		failure = r.startFailed(&lro.Status{Code: lro.CodeUnknown, Message: err.Error()})
	}
	if failure.MayRun {
		failure.MayRun = false
		r.learnRefused(ctx)
		return r.giveUp(ctx, failure)
	}
	r.stage = stageNothing
	return starters.StartOutput{}, activities.NewError(failure)
}

// attempt makes one attempt to start. A cancel of ctx does not reach it, so that it ends
// within the AttemptTimeout with knowledge of its operation. Its error is final.
func (r *stepRun) attempt(ctx workflow.Context, timeout time.Duration) (out starters.StartOutput, err error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	ctx = workflow.WithRetryPolicy(r.startContext(ctx, timeout), temporal.RetryPolicy{MaximumAttempts: 1})
	if err = get(ctx, workflow.ExecuteActivity(ctx, r.step.Activity, r.input), &out); err == nil {
		err = stray(out.Validate(r.input))
	}
	switch {
	case final(err), err == nil && out.Again == nil:
		return out, err
	case err == nil:
		r.input.Known = out.Again.Known
		return out, nil
	default:
		r.learn(err)
		return starters.StartOutput{Again: &starters.StartAgain{Error: &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}}}, nil
	}
}

// learn keeps whether an attempt that failed had made its call. If its worker died, the
// heartbeat says so. If it failed for another reason, nothing does.
func (r *stepRun) learn(err error) {
	var timedOut *temporal.TimeoutError
	known := starters.Known{}
	late := errors.As(err, &timedOut)
	switch {
	case refused(err), unregistered(err): // by a worker that has sent nothing
	case late && !timedOut.HasLastHeartbeatDetails(): // it ended before its call
	case late && timedOut.LastHeartbeatDetails(&known) == nil && !known.At.IsZero():
		r.input.Known = &known
	case r.input.Known == nil:
		r.mayHaveCalled()
	}
}

// learnRefused notes that the attempt that was refused may have made its call. Of an earlier one its result has told.
func (r *stepRun) learnRefused(ctx workflow.Context) {
	if r.input.Known == nil && (r.input.Retried || changed(ctx, StartLookChange)) {
		r.mayHaveCalled()
	}
}

// mayHaveCalled notes that an attempt may have made its call, as an earlier run of the workflow may have, but
// not before this start: its result did not encode, its heartbeat is no intent, or an operator completed it by
// hand.
func (r *stepRun) mayHaveCalled() {
	in := &r.input
	if !in.Retried || in.MarkedOnly {
		in.Retried, in.MarkedOnly, in.Since = true, false, r.began
	}
	if !in.ChangesSince.IsZero() && !in.ChangesRetried {
		in.ChangesRetried, in.ChangesSince = true, r.began
	}
}

// startFailed returns the failure of a start after which no operation runs.
func (r *stepRun) startFailed(status *lro.Status) lro.Failure {
	return lro.Failure{Type: lro.TypeStartFailed, StartError: status, Resources: []string{r.step.Target}}
}

// final reports whether an activity is not to be tried again.
func final(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.NonRetryable()
}

// refused reports whether an activity refused its input.
func refused(err error) bool {
	failure, typed := lro.AsFailure(err)
	return typed && failure.Type == lro.TypeInvalidInput
}

// unregistered reports whether the worker that took an activity has none of its type.
// The next attempt may come to a worker that has.
func unregistered(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == unregisteredType
}

// unregisteredType is that of the SDK's ActivityNotRegisteredError in a failure.
const unregisteredType = "ActivityNotRegisteredError"

// startContext returns ctx with the options of an attempt to start, and of a look.
func (r *stepRun) startContext(ctx workflow.Context, timeout time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              r.taskQueue(ctx),
		StartToCloseTimeout:    r.step.AttemptTimeout,
		ScheduleToStartTimeout: pickUp(timeout),
		RetryPolicy:            startRetries(),
		Priority:               temporal.Priority{PriorityKey: controlPriority},
		Summary:                summary(r.step.Name),
	})
}

func (r *stepRun) taskQueue(ctx workflow.Context) string {
	return cmp.Or(r.step.Await.ControlTaskQueue, r.step.Await.TaskQueue, workflow.GetInfo(ctx).TaskQueueName)
}

// startRetries returns the retry policy of a look, which has the delays of a start.
func startRetries() *temporal.RetryPolicy {
	retries := unlimitedRetries()
	retries.BackoffCoefficient, retries.MaximumInterval = 1.3, maxStartRetry
	return retries
}
