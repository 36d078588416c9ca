package activities

import (
	"time"

	"go.temporal.io/sdk/activity"
)

// untilFirstRead is how long the first read has to wait where the operation was
// observed when the wait began; otherwise it is made at once. A wait that comes
// back from the Temporal server has waited, whatever this worker's clock says.
func (w *watch) untilFirstRead(now time.Time) time.Duration {
	if w.in.Observed == nil {
		return 0
	}
	w.schedule.Observed = *w.in.Observed
	from, first := w.in.StartTime, w.schedule.FirstBackOff
	if !w.in.ObservedTime.IsZero() {
		from, first = w.in.ObservedTime, w.schedule.NextBackOff
	}
	interval := first()
	wait := min(from.Add(interval).Sub(now), interval)
	if _, _, over := w.untilDeadline(wait, now); over || activity.GetInfo(w.ctx).Attempt > 1 {
		return 0
	}
	return wait
}

// showRunning puts what the schedule has observed into the heartbeat.
func (w *watch) showRunning() {
	w.beat.Progress = w.schedule.Observed.Progress
	w.beat.Status = runningStatus(w.beat.Progress)
}
