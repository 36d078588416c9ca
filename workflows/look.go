package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// giveUp ends a start whose time is up, or whose context is canceled: it looks for
// what may have been started.
func (r *stepRun) giveUp(ctx workflow.Context, last lro.Failure) (activities.StartOutput, error) {
	canceled := ctx.Err() != nil
	if r.input.Known == nil && !r.input.Retried {
		r.stage = stageNothing
		if canceled {
			return activities.StartOutput{}, nil
		}
		return activities.StartOutput{}, last.Err()
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	out, err := r.lookTwice(free)
	if err != nil || out.Found || canceled {
		return out, err
	}
	return out, last.Err() // it has been looked for
}

// lookTwice looks for an operation that was started, now and after the
// quarantine.
func (r *stepRun) lookTwice(ctx workflow.Context) (activities.StartOutput, error) {
	if out, err := r.lookBounded(ctx); err == nil && out.Found {
		return out, nil
	}
	if err := sleep(ctx, r.step.Quarantine, "until no late request can start "+r.step.Name); err != nil {
		return activities.StartOutput{}, err
	}
	return r.lookBounded(ctx)
}

// lookBounded looks for as long as a start is tried.
func (r *stepRun) lookBounded(ctx workflow.Context) (activities.StartOutput, error) {
	deadline := workflow.Now(ctx).UTC().Add(r.step.StartTimeout)
	var a alarm
	defer a.stop()
	ctx, b := a.bound(ctx, deadline.Add(deadlineSlack))
	defer b.close()
	return r.look(ctx, deadline, nil)
}

// look looks for an operation that was started until the deadline, and notes if there
// is none. With a retry policy, an undo's, it insists. ctx bounds it.
func (r *stepRun) look(ctx workflow.Context, deadline time.Time, retry *temporal.RetryPolicy) (activities.StartOutput, error) {
	in := r.input
	in.AdoptOnly, in.Deadline = true, deadline
	ctx = r.startContext(ctx, deadline.Sub(workflow.Now(ctx)))
	if retry != nil {
		in.Insist = true
		ctx = workflow.WithRetryPolicy(ctx, *retry)
	}
	var out activities.StartOutput
	err := get(ctx, workflow.ExecuteActivity(ctx, r.step.Activity, in), &out)
	if err != nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
		if f, ok := lro.AsFailure(err); ok && f.StartError != nil {
			status = f.StartError
		} else if ctx.Err() != nil {
			status = &lro.Status{Code: lro.CodeDeadlineExceeded, Message: "no look ended in time"}
		}
		failure := r.startFailed(status)
		failure.MayRun = true
		return out, failure.Err()
	}
	if !out.Found {
		r.stage = stageNothing
	}
	return out, nil
}
