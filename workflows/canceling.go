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
	// controlHeartbeat is the heartbeat timeout of a cancel and a delete, unless
	// HeartbeatTimeout is less: when a worker dies, the cancel is sent again so soon.
	controlHeartbeat = 10 * time.Second
	// deleteTimeout is for how long a delete is tried. The caller does not need it.
	deleteTimeout = 5 * time.Minute
	// controlPriority puts cancels before polls in a task queue's backlog.
	controlPriority = 1
)

// cancelInTime cancels the operation in a context that is not canceled, before a timeout
// ends the workflow.
func (w *wait) cancelInTime(ctx workflow.Context) action {
	ctx, done := w.limits.bound(ctx)
	defer done()
	return w.cancelAndPoll(ctx)
}

// cancelAndPoll sends a cancel, polls on until the operation is terminal, the grace is
// over or ctx is canceled, and records what became of the cancel. It returns how the wait
// ends.
func (w *wait) cancelAndPoll(ctx workflow.Context) action {
	w.enter(ctx, PhaseCanceling)
	w.last, w.strays = polled{}, 0
	w.sendCancel(ctx)
	end := w.runToEnd(ctx)
	w.outcome.Cancellation = w.cancel.cancellation(w.cancelEnd())
	w.outcome.CancelStatus = w.cancel.why(w.outcome.Cancellation)
	if w.outcome.Cancellation == lro.CancellationGone && w.last.failure != nil {
		w.last.failure.Type = lro.TypeOperationGone
	}
	return end
}

// cancelEnd is how the operation stood at the end of the wait for its cancel.
func (w *wait) cancelEnd() cancelEnd {
	switch failure := w.last.failure; {
	case w.outcome.Operation.Done:
		return cancelEndOf(w.outcome.Operation.State(), "", nil)
	case failure != nil:
		return cancelEndOf(lro.StateRunning, failure.Type, failure.PollError)
	case w.last.seen:
		return endRunning
	default:
		return endUnread
	}
}

// graceEnd is when a cancel grace ends that begins now.
func (w *wait) graceEnd(ctx workflow.Context) time.Time {
	return w.limits.cutGrace(workflow.Now(ctx).UTC().Add(w.in.CancelGrace))
}

// sendCancel sends the cancel request and keeps its report.
func (w *wait) sendCancel(ctx workflow.Context) {
	end := w.graceEnd(ctx)
	grace := end.Sub(workflow.Now(ctx))
	ctx = w.steering.interruptible(w.in.controlContext(ctx, grace, w.in.summary("cancel")))
	var out activities.CancelOutput
	err := execute(ctx, activities.CancelOperationName, activities.CancelInput{
		Ref: w.in.Ref, Insist: w.insist, Undo: undoRecord(ctx),
		NotFoundGrace: lro.DurationOf(min(w.in.NotFoundGrace, max(grace, 0))), Deadline: end,
	}, &out, func() error { return out.Validate() })
	w.cancel = cancelReport{result: out.Result, sent: out.Sent, status: out.Status}
	if err != nil {
		var beat activities.Heartbeat
		w.cancel = reportOfFailed(err, &beat)
		w.cancel.sent = max(w.cancel.sent, beat.Sent)
	}
	w.outcome.Cancellation, w.outcome.CancelStatus = w.cancel.soFar(), w.cancel.status
	if w.steering != nil {
		w.steering.cancelReported = true
	}
}

// deleteWhenDone deletes the operation's record if the option says so.
func (w *wait) deleteWhenDone(ctx workflow.Context) {
	if !w.in.DeleteWhenDone || w.in.Ref.IsZero() {
		return
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	now := workflow.Now(ctx).UTC()
	end := w.limits.cutGrace(now.Add(deleteTimeout))
	ctx = w.in.controlContext(ctx, end.Sub(now), w.in.summary("delete the record of"))
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
// It sets no ScheduleToCloseTimeout, because the SDK compares that with the worker's clock
// too: a worker whose clock is ahead would have no time to send the request.
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
