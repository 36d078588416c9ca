package poller

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Beginning is how an attempt at a wait begins.
type Beginning struct {
	// Observed says that the Knowledge holds an observation of the operation from before the first
	// read, made at ObservedTime. A zero time is the start of the wait.
	Observed     bool
	ObservedTime time.Time
	// NotBefore is the end of the time for which the service told the earlier attempt not to read.
	// It is zero without such advice.
	NotBefore time.Time
	// NextPoll is when the earlier attempt was to read. It orders the read among others.
	// It is zero for the first attempt.
	NextPoll time.Time
}

// First decides when the first read of an attempt is due. It is due at once, unless the operation
// was observed when the wait began, or the service told the earlier attempt to wait.
func (r *Rules) First(k *Knowledge, b Beginning, now time.Time, random float64) Decision {
	if b.Observed {
		if d := r.readIn(r.untilObserved(k, b, now, random), now); d.End == GoesOn && d.Wait > 0 {
			return d
		}
	}
	if wait := min(b.NotBefore.Sub(now), lro.MaxRetryAfter); wait > 0 {
		return r.afterDeferred(wait, now) // the attempt before made no last read
	}
	if overdue := b.NextPoll.Sub(now); !b.NextPoll.IsZero() && overdue < 0 {
		return Decision{Wait: overdue}
	}
	return Decision{}
}

// untilObserved is the time until the first read of an operation that was observed.
func (r *Rules) untilObserved(k *Knowledge, b Beginning, now time.Time, random float64) time.Duration {
	from, interval := r.intervals.start, time.Duration(0)
	if b.ObservedTime.IsZero() {
		interval = r.intervals.first(&k.Observed)
	} else {
		from, interval = b.ObservedTime, r.intervals.next(&k.Observed, now, random)
	}
	return min(from.Add(interval).Sub(now), interval)
}
