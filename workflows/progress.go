package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/poller"
)

// report shows the progress that the last poll returned, and lets the next poll go on
// from there.
func (w *wait) report(ctx workflow.Context) {
	observed := poller.ObservationOf(w.outcome.Operation)
	w.seen, w.poll.Seen = true, true
	w.poll.Observed, w.poll.ObservedTime, w.poll.ReportTime = &observed, workflow.Now(ctx).UTC(), w.reportTime(ctx)
	w.show(ctx)
	w.attributeState(ctx)
}

// reportTime is when the next progress report is due, zero for never. An inline wait
// cannot continue as new: it reports only while the history has room for undos.
func (w *wait) reportTime(ctx workflow.Context) time.Time {
	full := w.steering == nil && historyOf(ctx).events >= reportsEnd
	if w.in.ProgressInterval == 0 || full {
		return time.Time{}
	}
	return workflow.Now(ctx).UTC().Add(w.in.ProgressInterval)
}
