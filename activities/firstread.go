package activities

import (
	"time"

	"go.temporal.io/sdk/activity"
)

// next reads, once the first read is due.
func (w *watch) next() (wait time.Duration, end *PollOutput, err error) {
	if w.firstWait <= 0 {
		return w.read()
	}
	wait, w.firstWait = w.firstWait, 0
	w.showRunning()
	return wait, nil, nil
}

// untilFirstRead is how long the first read has to wait where the operation was
// observed when the wait began; otherwise it is made at once. A wait that comes
// back from the Temporal server has waited, whatever this worker's clock says.
func (w *watch) untilFirstRead() time.Duration {
	if w.in.Observed == nil {
		return 0
	}
	w.schedule.observed = *w.in.Observed
	first := w.schedule.FirstBackOff()
	wait := min(w.in.StartTime.Add(first).Sub(w.clock.Now()), first)
	if _, last := w.untilDeadline(wait); last || activity.GetInfo(w.ctx).Attempt > 1 {
		return 0
	}
	return wait
}

// showRunning puts what the schedule has observed into the heartbeat.
func (w *watch) showRunning() {
	w.beat.Progress = w.schedule.observed.Progress
	w.beat.Status = runningStatus(w.beat.Progress)
}
