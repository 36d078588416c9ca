package activities

import (
	"errors"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
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
	observed     poller.Observation
}

// judge decides what a failed read means: when to read again, or the failure
// that ends the wait. interval is the schedule's.
func (r *rules) judge(t *track, err error, interval time.Duration, now time.Time) (time.Duration, *lro.Failure) {
	class := lro.Classify(err)
	letIn := t.seen || r.resumed
	refused := class == lro.ClassBlocked || class == lro.ClassDisabled
	switch {
	case !refused:
		t.blockedSince = time.Time{}
	case t.blockedSince.IsZero():
		t.blockedSince = now.UTC()
	}
	advice := lro.RetryAfter(err)
	wait := max(interval, advice)
	early := r.startTime.Add(r.notFoundGrace).Sub(now)
	left := t.blockedSince.Add(r.authGrace).Sub(now)
	switch {
	case class == lro.ClassTransient, class == lro.ClassQuota, class == lro.ClassExists, class == lro.ClassNoStatus && letIn:
		return wait, nil
	case class == lro.ClassNotFound && t.seen:
		return 0, &lro.Failure{Type: lro.TypeOperationGone, PollError: lro.StatusOf(err)}
	case (class == lro.ClassNotFound || class == lro.ClassNoStatus) && early > 0:
		return max(min(wait, early), advice), nil
	case refused && (letIn || class == lro.ClassDisabled) && left > 0:
		return max(min(r.maximum, left), advice), nil
	default:
		failure := lro.PollFailed(lro.Ref{}, err)
		return 0, &failure
	}
}

// afterAnswer is untilDeadline for the read that follows an answer. A read that was
// deferred brought none: it is made, as the last, even if the deadline has come meanwhile.
func (r *rules) afterAnswer(answered error, wait time.Duration, now time.Time) (cut time.Duration, last, over bool) {
	cut, last, over = r.untilDeadline(wait, now)
	if over && errors.Is(answered, poller.ErrDeferred) {
		return 0, true, false
	}
	return cut, last, over
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
