package activities

import (
	"time"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/poller"
)

// mayWait reports whether the attempt waits here for the budget if that does not suffice for all
// requests and, if not, for how long to stay away.
func (w *wait) mayWait() (away time.Duration, ok bool) {
	if !w.poller.Crowded(w.ref.Service, w.ref.Name) {
		return 0, true
	}
	away, last := w.rules.StayAway(&w.ops[0].Knowledge, w.ServerTime(), w.random(), w.random())
	return away, last || w.attempt.MayWait()
}

// stays reports whether the attempt goes on here until the next read and, if not, how long the
// server is to wait.
func (w *wait) stays() (away time.Duration, ok bool) {
	if next := w.noteNext(); !next.IsZero() {
		away = next.Sub(w.clock.Now())
	}
	now := w.ServerTime()
	if away <= 0 || w.waiter.Reading() {
		return hold.MinimumRetryDelay, w.rules.Holds(0, now)
	}
	w.heart.Record(w.newest)
	return away, w.rules.Holds(away, now) && w.attempt.TryHold()
}

// noteNext notes when the next operation is due, for the record. It is zero if all operations that
// are to be read are being read.
func (w *wait) noteNext() time.Time {
	next := w.waiter.Next()
	if !next.IsZero() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.next = next
	}
	return next
}

// handBack hands the wait back to the server, unless answers that came meanwhile end it.
func (w *wait) handBack(away time.Duration) error {
	if w.endedMeanwhile() {
		return nil
	}
	w.mu.Lock()
	w.yielding = true
	status := w.form.status()
	w.mu.Unlock()
	w.flush()
	return hold.NextPoll(status, away)
}

// interrupted ends an attempt whose context is done, by a cancel or for the next attempt, here or
// elsewhere.
func (w *wait) interrupted() error {
	if w.endedMeanwhile() {
		return nil
	}
	w.flush()
	return w.attempt.Interrupted()
}

// endedMeanwhile takes the answers that came while the attempt decided to end, if they say that an
// operation has ended. It reports whether the wait has ended by them. No further answers come.
func (w *wait) endedMeanwhile() bool {
	w.waiter.Leave()
	for _, a := range w.waiter.Take(w.attempt.Context(), time.Time{}) {
		if a.Err == nil && a.Op.Done {
			w.take(&a)
		}
	}
	return w.ended()
}

// flush sends the last record, for the next attempt. A detached attempt sends it when its end is
// reported.
func (w *wait) flush() {
	if !w.attempt.Detached() {
		w.heart.Flush()
	}
}

// advice is the end of the time for which the service asked not to be read, for the record. It is
// zero without advice, if the server keeps to it, or if somebody wants a read now.
func (w *wait) advice() time.Time {
	if w.yielding || w.attempt.WasReset() || !w.notBefore.After(w.ServerTime()) {
		return time.Time{}
	}
	return w.notBefore
}

// expired reports whether the deadline ended the wait for an operation.
func (w *wait) expired() bool {
	for i := range w.ops {
		if w.ops[i].end == poller.Expired {
			return true
		}
	}
	return false
}
