package workflows

import (
	"cmp"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

const (
	// controlStartToClose bounds one attempt of a cancel or a delete: a few
	// tries of one request.
	controlStartToClose = 2 * time.Minute
	// controlHeartbeat is how soon the server notices that a worker died in one, so
	// that the cancel is sent again; less where HeartbeatTimeout is.
	controlHeartbeat = 10 * time.Second
	// deleteTimeout is for how long a delete is tried, which nobody waits for.
	deleteTimeout = 5 * time.Minute
	// controlPriority puts cancels before polls in a task queue's backlog.
	controlPriority = 1
)

// canceled ends a wait whose workflow was canceled: it turns that into a cancel
// of the operation and tells what became of it.
func (w *wait) canceled(ctx workflow.Context) error {
	ctx, done := w.limits.bound(ctx)
	defer done()
	if w.steering.isAbandoned() || w.in.CancelPolicy == Abandon && !w.steering.stops() {
		w.outcome.Cancellation = lro.CancellationAbandoned
		w.end(ctx, "abandoned")
		return temporal.NewCanceledError(w.outcome)
	}
	poll := w.cancelAndPoll(ctx)
	switch {
	case poll.terminal():
		return w.finish(ctx, poll.output.ResponseTooLarge)
	case poll.failure != nil:
		return w.fail(ctx, *poll.failure)
	default:
		w.end(ctx, "canceled")
		return temporal.NewCanceledError(w.outcome)
	}
}

// cancelAndPoll sends a cancel, polls on until the operation is terminal or the
// grace is over, and records what became of the cancel. It ends with ctx.
func (w *wait) cancelAndPoll(ctx workflow.Context) *pollResult {
	w.enter(ctx, PhaseCanceling)
	report := w.sendCancel(ctx)
	if w.steering.isAbandoned() { // before more was known
		w.conclude(report, endUnread)
		return &pollResult{}
	}
	now := workflow.Now(ctx).UTC()
	policy := w.in.Policy
	policy.IgnoreProgress = true // it says when the operation would have ended
	poll := w.pollUntil(ctx, &activities.PollInput{
		Policy:    policy,
		StartTime: now,
		Deadline:  w.graceEnd(ctx),
		Resumed:   true,
		Seen:      report.result == activities.CancelDelivered,
		Canceling: true, Supersedes: true,
	})
	w.conclude(report, poll.cancelEnd())
	if f := poll.failure; f != nil && w.outcome.Cancellation == lro.CancellationGone {
		f.Type = lro.TypeOperationGone
	}
	return poll
}

// cancelEnd is how a poll of what was to be canceled ended.
func (r *pollResult) cancelEnd() cancelEnd {
	if r.failure != nil {
		return cancelEndOf(lro.StateRunning, r.failure.Type, r.failure.PollError)
	}
	return cancelEndOf(r.output.Operation.State(), "", nil)
}

// conclude records what became of the cancel.
func (w *wait) conclude(report cancelReport, end cancelEnd) {
	w.outcome.Cancellation = report.cancellation(end)
	w.outcome.CancelStatus = report.why(w.outcome.Cancellation)
}

// graceEnd is when the cancel grace is over that begins now.
func (w *wait) graceEnd(ctx workflow.Context) time.Time {
	return w.limits.cutGrace(workflow.Now(ctx).UTC().Add(w.in.CancelGrace))
}

// sendCancel has the cancel request made, and shows what it is known to have failed at.
func (w *wait) sendCancel(ctx workflow.Context) cancelReport {
	end := w.graceEnd(ctx)
	grace := end.Sub(workflow.Now(ctx))
	ctx = w.steering.interruptible(w.in.controlContext(ctx, grace, summaryOf("cancel", w.in.Ref)))
	defer w.steering.answered()
	var out activities.CancelOutput
	err := execute(ctx, activities.CancelOperationName, activities.CancelInput{
		Ref: w.in.Ref, Insist: w.insist,
		NotFoundGrace: lro.DurationOf(min(w.in.NotFoundGrace, max(grace, 0))), Deadline: end,
	}, &out, func() error { return out.Validate() })
	report := cancelReport{result: out.Result, sent: out.Sent, status: out.Status}
	if err != nil {
		var beat activities.Heartbeat
		report = unreported(err, &beat)
		report.sent = max(report.sent, beat.Sent)
	}
	w.outcome.Cancellation, w.outcome.CancelStatus = report.soFar(), report.status
	return report
}

// deleteWhenDone deletes the operation's record if that was asked for.
func (w *wait) deleteWhenDone(ctx workflow.Context) {
	if !w.in.DeleteWhenDone || w.in.Ref.IsZero() {
		return
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	now := workflow.Now(ctx).UTC()
	end := w.limits.cutGrace(now.Add(deleteTimeout))
	ctx = w.in.controlContext(ctx, end.Sub(now), summaryOf("delete the record of", w.in.Ref))
	var out activities.DeleteOutput
	err := execute(ctx, activities.DeleteOperationName, activities.OperationInput{
		Ref: w.in.Ref, Deadline: end,
	}, &out, func() error { return out.Validate() })
	if err != nil {
		out.Result = lro.DeletionFailed
	}
	w.outcome.Deletion = out.Result
}

// controlContext has the options of a cancel or a delete that is tried for the window.
// It has no ScheduleToCloseTimeout, which would be reckoned with the worker's clock as
// well: a worker whose clock is ahead would have no time to send it.
func (o AwaitOptions) controlContext(ctx workflow.Context, window time.Duration, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              cmp.Or(o.ControlTaskQueue, o.TaskQueue, workflow.GetInfo(ctx).TaskQueueName),
		StartToCloseTimeout:    controlStartToClose,
		ScheduleToStartTimeout: pickUp(window),
		HeartbeatTimeout:       min(o.HeartbeatTimeout, controlHeartbeat),
		RetryPolicy:            retriesWithin(window),
		Priority:               temporal.Priority{PriorityKey: controlPriority},
		Summary:                summary,
	})
}
