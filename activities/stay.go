package activities

import (
	"time"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/poller"
)

// tryWait is for an attempt that may have to wait for the budget. If other requests wait for it, the
// attempt takes room to wait here. Without room it returns false, and for how long to yield.
func (t *pollAttempt) tryWait() (away time.Duration, ok bool) {
	if !t.poller.Crowded(t.ref.Service, t.ref.Name) {
		return 0, true
	}
	away, last := t.rules.StayAway(&t.ops[0].Knowledge, t.ServerTime(), t.random(), t.random())
	return away, last || t.attempt.TryWait()
}

// tryStay decides whether the attempt goes on here until the next read. To sleep, it takes room and
// sends its first record. If it does not stay, it returns false, and for how long to yield.
func (t *pollAttempt) tryStay() (away time.Duration, ok bool) {
	if next := t.noteNext(); !next.IsZero() {
		away = next.Sub(t.clock.Now())
	}
	now := t.ServerTime()
	if away <= 0 || t.waiter.Reading() {
		return hold.MinimumRetryDelay, t.rules.Holds(0, now)
	}
	t.heart.SendFirst()
	return away, t.rules.Holds(away, now) && t.attempt.TryHold()
}

// noteNext notes when the next operation is due, for the record. It is zero if all operations that
// are to be read are being read.
func (t *pollAttempt) noteNext() time.Time {
	next := t.waiter.Next()
	if !next.IsZero() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.next = next
	}
	return next
}

// yield gives the wait to the Temporal server until the next read, unless the last answers end it.
func (t *pollAttempt) yield(away time.Duration) error {
	if t.takeLast() {
		return nil
	}
	t.mu.Lock()
	t.yielding = true
	status := t.form.status()
	t.mu.Unlock()
	t.flush()
	return hold.YieldFor(status, away)
}

// interrupted ends an attempt whose context is done: by a cancel, or because another attempt is to go
// on, here or elsewhere.
func (t *pollAttempt) interrupted() error {
	if t.takeLast() {
		return nil
	}
	t.flush()
	return t.attempt.Interrupted()
}

// takeLast leaves the Poller. Of the answers that came while the attempt decided to end, it takes
// those that say that an operation has ended. It reports whether the wait has ended.
func (t *pollAttempt) takeLast() (ended bool) {
	t.waiter.Leave()
	for _, a := range t.waiter.Take(t.attempt.Context(), time.Time{}) {
		if a.Err == nil && a.Op.Done {
			t.take(&a)
		}
	}
	return t.ended()
}

// flush sends the last record, for the next attempt. A detached attempt sends it when its end is
// reported.
func (t *pollAttempt) flush() {
	if !t.attempt.Detached() {
		t.heart.Flush()
	}
}

// advice is the end of the time for which the service asked not to be read, for the record. It is
// zero without advice, if the server keeps to it, or if the activity was reset for a read now.
func (t *pollAttempt) advice() time.Time {
	if t.yielding || t.attempt.WasReset() || !t.notBefore.After(t.ServerTime()) {
		return time.Time{}
	}
	return t.notBefore
}

// expired reports whether the deadline ended the wait for an operation.
func (t *pollAttempt) expired() bool {
	for i := range t.ops {
		if t.ops[i].end == poller.Expired {
			return true
		}
	}
	return false
}
