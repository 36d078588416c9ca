package poller

import (
	"errors"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// lastReadLead is how long before the deadline the last read is due.
	lastReadLead = time.Second
	// LateReadGrace is how long after the deadline a read may go on.
	LateReadGrace = 10 * time.Second
)

// ErrLate is the answer that has not come by the deadline and [LateReadGrace] after it.
var ErrLate error = &lro.Error{Method: "GetOperation", NoStatus: true, Status: lro.Status{
	Code: lro.CodeDeadlineExceeded, Message: "no reply by the deadline",
}}

// Rules decide how a wait goes on. They are the same for each of its operations. What a wait does
// is a function of the rules, of its knowledge of the operation, of the answer and of the time: see
// [Rules.First], [Rules.Step] and [Rules.Holds]. The rules hold no clock and no randomness. All
// times are of one clock, the Temporal server's.
type Rules struct {
	// Deadline ends the wait, zero for none. A last read is due 1 s before it.
	Deadline time.Time
	// ReportTime is when the wait is to report: it ends with the next read that it makes anyway.
	// Zero for never.
	ReportTime time.Time
	// AuthGrace is how long reads in a row may be refused with 401 or 403 once the operation was seen.
	// Any other answer, such as a 503, starts it afresh.
	// NotFoundGrace is how long after the start of the wait they may get a 404 before.
	AuthGrace, NotFoundGrace time.Duration
	// Resumed says that an earlier wait could read the operation, so that a refusal is not the
	// first read's.
	Resumed bool
	// YieldInterval is the interval from which on the wait yields between two reads: it goes back to
	// the Temporal server until the next read. 0 for never.
	YieldInterval time.Duration
	// YieldTime is when the wait yields in any case, zero for never.
	YieldTime time.Time

	intervals intervals
}

// NewRules returns rules by a valid policy, for a wait that began at start. Set the other fields of
// the wait.
func NewRules(policy lro.PollPolicy, start time.Time) Rules {
	return Rules{intervals: newIntervals(policy, start)}
}

// Policy returns the policy of the rules, with its defaults.
func (r *Rules) Policy() lro.PollPolicy { return r.intervals.policy }

// Knowledge is what a wait knows about one operation. The zero Knowledge is that of a new wait.
type Knowledge struct {
	// Seen says that the service has shown the operation.
	Seen bool
	// BlockedSince is since when reads are refused with 401 or 403, zero if the last read was not.
	BlockedSince time.Time
	// Observed is the observation of a running operation by the last read that succeeded.
	Observed Observation
	// Failing says that the last read failed. Progress ages, so Observed gives no estimate until a
	// read succeeds.
	Failing bool
}

// expected is the observation by which to choose the next interval.
func (k *Knowledge) expected() *Observation {
	if k.Failing {
		return &Observation{}
	}
	return &k.Observed
}

// End is the reason for which a wait for an operation ends.
type End int8

// The ends.
const (
	// GoesOn: the wait does not end. The operation is read again.
	GoesOn End = iota
	// Done: the operation has ended.
	Done
	// Reported: the operation runs, and the time to report has come.
	Reported
	// Expired: the deadline has come, and the last read was made.
	Expired
	// Failed: the operation cannot be read.
	Failed
)

// Decision is the next action of a wait.
type Decision struct {
	End End
	// Wait is the time until the next read if the wait goes on. 0 or less is a read that is due.
	Wait time.Duration
	// Last says that this read is the last before the deadline.
	Last bool
	// Failure is why the operation cannot be read, for Failed. It has no Ref.
	Failure *lro.Failure
}

// Priority is the priority of the next read.
func (d Decision) Priority() Priority {
	if d.Last {
		return PriorityLast
	}
	return PriorityPoll
}

// Step decides what an answer means for the wait, and updates k. random is a number from 0 up to 1,
// for jitter.
func (r *Rules) Step(k *Knowledge, a *Answer, now time.Time, random float64) Decision {
	switch {
	case errors.Is(a.Err, ErrDeferred):
		return r.afterDeferred(r.intervals.next(k.expected(), now, random), now)
	case a.Err != nil:
		k.Failing = true
		return r.judge(k, a.Err, r.intervals.next(k.expected(), now, random), now)
	}
	k.Seen, k.BlockedSince, k.Failing = true, time.Time{}, false
	switch {
	case a.Op.Done:
		return Decision{End: Done}
	case !r.ReportTime.IsZero() && !now.Before(r.ReportTime):
		return Decision{End: Reported}
	}
	k.Observed = r.intervals.observationOf(&a.Op, now)
	if a.cheap {
		return r.readIn(r.intervals.cheap(&k.Observed, now, random), now)
	}
	return r.readIn(r.intervals.next(&k.Observed, now, random), now)
}

// judge decides what a failed read means: when to read again, or the failure that ends the wait.
func (r *Rules) judge(k *Knowledge, err error, interval time.Duration, now time.Time) Decision {
	class, advice := lro.Classify(err), lro.RetryAfter(err)
	k.noteRefusal(class, now)
	if wait, again := r.again(k, class, max(interval, advice), now); again {
		return r.readIn(max(wait, advice), now)
	}
	failure := lro.PollFailed(lro.Ref{}, err)
	if class == lro.ClassNotFound && k.Seen {
		failure = lro.Failure{Type: lro.TypeOperationGone, PollError: lro.StatusOf(err)}
	}
	return Decision{End: Failed, Failure: &failure}
}

// noteRefusal notes since when reads are refused. Any other answer starts the AuthGrace afresh.
func (k *Knowledge) noteRefusal(class lro.Class, now time.Time) {
	switch refused := class == lro.ClassBlocked || class == lro.ClassDisabled; {
	case !refused:
		k.BlockedSince = time.Time{}
	case k.BlockedSince.IsZero():
		k.BlockedSince = now.UTC()
	}
}

// again reports whether the wait outlives a failed read, and when it reads again. While a grace
// lasts, that is no later than the end of the grace.
func (r *Rules) again(k *Knowledge, class lro.Class, interval time.Duration, now time.Time) (wait time.Duration, ok bool) {
	letIn := k.Seen || r.Resumed
	notFoundLeft := r.intervals.start.Add(r.NotFoundGrace).Sub(now)
	authLeft := k.BlockedSince.Add(r.AuthGrace).Sub(now)
	switch class {
	case lro.ClassTransient, lro.ClassQuota, lro.ClassExists:
		return interval, true
	case lro.ClassNoStatus:
		if letIn {
			return interval, true
		}
		return min(interval, notFoundLeft), notFoundLeft > 0
	case lro.ClassNotFound:
		return min(interval, notFoundLeft), notFoundLeft > 0 && !k.Seen
	case lro.ClassBlocked, lro.ClassDisabled:
		mayPass := letIn || class == lro.ClassDisabled
		return min(r.intervals.policy.MaximumInterval, authLeft), mayPass && authLeft > 0
	default:
		return 0, false
	}
}

// readIn reads again after wait, or sooner for a last read just before the deadline. Once that was
// made, it does not read again.
func (r *Rules) readIn(wait time.Duration, now time.Time) Decision {
	if r.Deadline.IsZero() {
		return Decision{Wait: wait}
	}
	left := r.Deadline.Add(-lastReadLead).Sub(now)
	if left <= 0 {
		return Decision{End: Expired}
	}
	return Decision{Wait: min(wait, left), Last: wait >= left}
}

// afterDeferred is readIn after a deferred read: the last read is made even if the deadline has
// come meanwhile.
func (r *Rules) afterDeferred(wait time.Duration, now time.Time) Decision {
	if d := r.readIn(wait, now); d.End != Expired {
		return d
	}
	return Decision{Last: true}
}

// Holds reports whether a wait stays here, rather than yield, while it sleeps for the given time. A
// wait without a YieldInterval stays until YieldTime, however long it is to sleep, because answers may
// come before. Any other yields at once if it would sleep beyond YieldTime.
func (r *Rules) Holds(wait time.Duration, now time.Time) bool {
	switch {
	case !r.YieldTime.IsZero() && !now.Before(r.YieldTime):
		return false
	case r.YieldInterval == 0:
		return true
	default:
		return wait < r.YieldInterval && (r.YieldTime.IsZero() || !now.Add(wait).After(r.YieldTime))
	}
}

// StayAway is for how long a wait yields if it finds no place in which to wait for the budget: about
// an interval, so that waits do not all come back at the same time. last says that no read comes
// after this one before the deadline, so that it is made in any case. random and scattered are from 0
// up to 1.
func (r *Rules) StayAway(k *Knowledge, now time.Time, random, scattered float64) (away time.Duration, last bool) {
	d := r.readIn(less(r.intervals.next(k.expected(), now, random), scatter, scattered), now)
	return d.Wait, d.Last || d.End == Expired
}
