package poller

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Beginning is how an attempt at a wait begins.
type Beginning struct {
	// Observed says that the Knowledge holds what was observed of the operation before the
	// wait was to read it, at ObservedTime; zero for the start of the wait.
	Observed     bool
	ObservedTime time.Time
	// NotBefore is until when the service asked the attempt before not to read; zero if it
	// did not.
	NotBefore time.Time
	// NextPoll is when the attempt before was to read; zero for the first attempt. The read
	// has its place among others by it.
	NextPoll time.Time
}

// First decides when the first read of an attempt is due: at once, unless the operation
// was observed when the wait began, or the service asked the attempt before to wait.
func (r *Rules) First(k *Knowledge, b Beginning, now time.Time, random float64) Decision {
	if b.Observed {
		if d := r.readIn(r.untilObserved(k, b, now, random), now); d.End == GoesOn && d.Wait > 0 {
			return d
		}
	}
	if wait := min(b.NotBefore.Sub(now), lro.MaxRetryAfter); wait > 0 {
		return r.readIn(wait, now)
	}
	if overdue := b.NextPoll.Sub(now); !b.NextPoll.IsZero() && overdue < 0 {
		return Decision{Wait: overdue}
	}
	return Decision{}
}

// untilObserved is the time until an operation is read that was observed.
func (r *Rules) untilObserved(k *Knowledge, b Beginning, now time.Time, random float64) time.Duration {
	from, interval := r.intervals.start, time.Duration(0)
	if b.ObservedTime.IsZero() {
		interval = r.intervals.first(&k.Observed)
	} else {
		from, interval = b.ObservedTime, r.intervals.next(&k.Observed, now, random)
	}
	return min(from.Add(interval).Sub(now), interval)
}
