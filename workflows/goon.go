package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
)

// goesOn reports whether the wait goes on after a poll that has not ended it, and
// prepares the input of the next one: an update asked for another, the poll came back
// to report, or somebody completed it by hand with what says nothing.
func (w *wait) goesOn(ctx workflow.Context, in *activities.PollInput, result *pollResult) bool {
	switch s := w.steering; {
	case result.terminal():
		return false
	case s != nil && s.found != nil: // it outranks how the poll ended
		result.failure = nil
		result.output = activities.PollOutput{Operation: *s.found}
		w.observed(*s.found, 1)
		return false
	case result.failure != nil || ctx.Err() != nil:
		return false
	case s.isAbandoned(), s.stops() && !in.Canceling:
		return false
	case s != nil && s.restart && !in.Canceling:
		s.restart = false
		*in = *w.pollInput(ctx)
		in.Observed, in.Supersedes = nil, true // it is read at once
		in.Resumed = true
	case result.stray:
		in.Observed, in.Supersedes, in.Resumed = nil, true, true // it is read at once
	case result.output.Seen && !result.output.Expired: // a report
		w.reported(ctx, in)
	default:
		return false
	}
	result.renew = w.renews(ctx) && !in.Canceling
	return !result.renew
}

// reported takes what a poll came back to report, and has the next one go on from
// there.
func (w *wait) reported(ctx workflow.Context, in *activities.PollInput) {
	now := workflow.Now(ctx).UTC()
	observed := activities.ObservationOf(w.outcome.Operation)
	w.seen, in.Seen = true, true
	in.Observed, in.ObservedTime, in.ReportTime = &observed, now, w.reportTime(ctx)
	w.show(ctx)
	w.attributeState(ctx)
}

// reportTime is when the next progress report is due, zero for never. An inline wait,
// which cannot continue as new, leaves the history room for undos.
func (w *wait) reportTime(ctx workflow.Context) time.Time {
	full := w.steering == nil && historyOf(ctx).events >= reportsEnd
	if w.in.ProgressInterval == 0 || full {
		return time.Time{}
	}
	return workflow.Now(ctx).UTC().Add(w.in.ProgressInterval)
}
