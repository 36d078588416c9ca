package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// abandonRest marks what still runs as left running.
func (w *setWait) abandonRest() {
	for i := range w.outcome.Operations {
		if result := &w.outcome.Operations[i]; result.waiting() {
			result.Cancellation = lro.CancellationAbandoned
		}
	}
}

// cancelRest cancels what still runs and awaits what becomes of it, also if ctx is
// canceled.
func (w *setWait) cancelRest(ctx workflow.Context) {
	ctx, done := w.limits.bound(ctx)
	defer done()
	failed, expired := w.failed, w.expired
	for i := range w.outcome.Operations {
		if result := &w.outcome.Operations[i]; result.State == lro.StateRunning && result.Failure != lro.TypeOperationGone {
			result.Failure, result.Status = "", nil // an operation that could not be read is tried again
		}
	}
	w.sendCancels(ctx)
	w.pollCanceled(ctx)
	if w.invalid, w.expired = nil, expired; failed >= 0 {
		w.failed = failed // the failure that canceled the rest
	}
	for i, report := range w.reports {
		if report.result != "" {
			w.outcome.Operations[i].conclude(report)
		}
	}
}

// graceEnd is when a cancel grace ends that begins now.
func (w *setWait) graceEnd(ctx workflow.Context) time.Time {
	return w.limits.cutGrace(workflow.Now(ctx).UTC().Add(w.options.CancelGrace))
}

// sendCancels sends the cancel requests and keeps their reports.
func (w *setWait) sendCancels(ctx workflow.Context) {
	end := w.graceEnd(ctx)
	grace := max(end.Sub(workflow.Now(ctx)), 0)
	in := sets.CancelInput{NotFoundGrace: lro.DurationOf(min(w.options.NotFoundGrace, grace)), Deadline: end}
	control := workflow.GetActivityOptions(w.options.controlContext(ctx, grace, w.summary("cancel")))
	control.StartToCloseTimeout = grace + deadlineSlack // the activity retries by itself
	control.HeartbeatTimeout = w.options.HeartbeatTimeout
	w.reports = make([]cancelReport, len(w.outcome.Operations))
	w.eachChunk(workflow.WithActivityOptions(ctx, control), func(ctx workflow.Context, c chunk) {
		w.cancelChunk(ctx, in, c)
	})
}

// cancelChunk runs a CancelOperations and keeps the report of each cancel.
func (w *setWait) cancelChunk(ctx workflow.Context, in sets.CancelInput, c chunk) {
	in.Operations = c.set
	var out sets.CancelOutput
	err := execute(ctx, activities.CancelOperationsName, in, &out, func() error { return out.Validate(c.set.Len()) })
	if err != nil {
		w.chunkFailed(c, err)
		return
	}
	for i, index := range c.indexes {
		w.reports[index] = cancelReport{result: out.Result(i), sent: out.SentOf(i)}
	}
	for _, failure := range out.Failures {
		w.reports[c.indexes[failure.Index]].status = failure.Status
	}
}

// chunkFailed keeps the reports of the cancels of a chunk whose activity failed.
func (w *setWait) chunkFailed(c chunk, err error) {
	var record sets.CancelHeartbeat
	report := reportOfFailed(err, &record)
	for i, index := range c.indexes {
		w.reports[index] = report
		w.reports[index].sent = max(report.sent, record.SentOf(i))
	}
}

// conclude records what became of the operation's cancel.
func (r *SetResult) conclude(report cancelReport) {
	end := cancelEndOf(r.State, r.Failure, r.Status)
	r.Cancellation = report.cancellation(end)
	r.CancelStatus = report.why(r.Cancellation)
	switch {
	case end == endMissing && r.Cancellation == lro.CancellationGone:
		r.Failure = lro.TypeOperationGone
	case end == endCanceled && r.Cancellation != "":
		r.Failure, r.Status = "", nil // the cancel did that: it is no failure
	}
}
