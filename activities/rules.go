package activities

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// rules say what an answer means for a wait: the same for each of its operations.
type rules struct {
	startTime     time.Time
	deadline      time.Time // zero for none
	authGrace     time.Duration
	notFoundGrace time.Duration
	resumed       bool // whether an earlier wait had been let in
	maximum       time.Duration
}

// track is what a wait has come to know of one operation.
type track struct {
	seen         bool
	blockedSince time.Time // zero if the last read was not refused
	observed     Observation
}

// judge decides what a failed read means: when to read again, or the failure
// that ends the wait. interval is the schedule's.
func (r *rules) judge(t *track, err error, interval time.Duration, now time.Time) (time.Duration, *lro.Failure) {
	class := Classify(err)
	if class != ClassBlocked {
		t.blockedSince = time.Time{}
	}
	wait := max(interval, retryAfter(err))
	switch class {
	case ClassTransient:
		return wait, nil
	case ClassNotFound:
		if t.seen {
			return 0, &lro.Failure{Type: lro.TypeOperationGone, PollError: statusOf(err)}
		}
		if grace := r.startTime.Add(r.notFoundGrace).Sub(now); grace > 0 {
			return max(min(wait, grace), retryAfter(err)), nil
		}
	case ClassBlocked:
		if t.blockedSince.IsZero() {
			t.blockedSince = now.UTC()
		}
		left := t.blockedSince.Add(r.authGrace).Sub(now)
		if (t.seen || r.resumed) && left > 0 {
			return max(min(r.maximum, left), retryAfter(err)), nil
		}
	}
	failure := pollFailure(lro.Ref{}, err)
	return 0, &failure
}

// untilDeadline cuts wait so that a last read comes just before the deadline.
// last says that it was cut, over that this read has been made.
func (r *rules) untilDeadline(wait time.Duration, now time.Time) (cut time.Duration, last, over bool) {
	if r.deadline.IsZero() {
		return wait, false, false
	}
	left := r.deadline.Add(-lastPollLead).Sub(now)
	return min(wait, left), wait >= left, left <= 0
}
