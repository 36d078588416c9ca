package google

import (
	"slices"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// A service answers a requestId of the last hour with the operation that it has begun for it. Whether a resource
// is there tells of an operation that has made one, if it was undone since. Nothing tells so of a change, and of
// an operation that has failed. The call of now may have begun it, or a try of before this start: of an earlier
// run of the workflow, or of the same step of this one. The first is the start's own operation, and its failure is
// the start's. The second is of another start, and the next generation starts.

// isChangeOrFailure reports whether nothing but the calls tells of which start an operation is. A change is then
// one of this run: after a retry of the workflow the change of an earlier run is adopted.
func isChangeOrFailure(in want, op lro.Operation) bool {
	failed := op.Done && op.State() != lro.StateSucceeded
	return failed || !in.Request.method.makes() && !in.Retried
}

// answer is an operation with which a call was answered.
type answer struct {
	start, end time.Time     // by the service's clock; zero if it does not say
	listed     bool          // it was there before the first call of this start
	called     time.Duration // since the first call of this start that may have begun it, by Temporal's clock
	doubted    *answer       // the answer to the call of the generation before, if it was taken for earlier in doubt
	apart      time.Duration // since the first call of this start that may have begun that one
}

// ranBefore reports whether the operation ran before the first call. It compares no two clocks.
func (a answer) ranBefore() bool {
	return a.listed || !a.start.IsZero() && !a.end.IsZero() && a.end.Sub(a.start) > a.called+clockStep
}

// clockStep is how far the worker may be wrong about how much time has passed by Temporal's clock.
const clockStep = 2 * time.Second

// calls are the calls of a start.
type calls struct {
	first   time.Time // by Temporal's clock
	retried bool      // an attempt or a run before may have made a call
	lists   bool      // the service lists operations: after a retry those of before are known
}

// isEarlier reports whether a change or a failed operation is of a try before this start. If the clock of the
// service is behind that of Temporal by more than maxSkew, an operation of this start is taken for an earlier one.
// Then one more is started, and no third.
func (c calls) isEarlier(op answer) bool {
	switch doubted := op.doubted; {
	case op.ranBefore():
		return true
	case doubted != nil && (op.start.IsZero() || doubted.start.IsZero()):
		return false // nothing tells, and one was left behind
	case doubted != nil && op.start.Before(doubted.start):
		return true // the calls were made in order
	case doubted != nil && op.start.Sub(doubted.start) <= op.apart:
		return false // the calls of this start have begun both: the clocks differ
	case !op.start.IsZero() && op.start.Before(c.first.Add(-maxSkew)):
		return true
	default:
		return c.retried && !c.lists // it may be of the last minute
	}
}

// tries are the answers to the calls of one attempt.
type tries struct {
	calls
	called  time.Time // when the first attempt that made a call began, zero if this one makes the first
	there   []string  // ids of operations that were there before the first call
	doubted *answer
	sent    time.Time // when the call before was sent
}

// newTries begins with the first call of an attempt, now.
func newTries(in want, seen starters.Seen, now time.Time) tries {
	t := tries{
		calls:  calls{first: in.Called, retried: in.Retried, lists: in.Request.method.ListsOperationsOn(in.Target)},
		called: in.Called, there: in.Before,
	}
	if in.Called.IsZero() {
		t.first = now
		for _, op := range seen.Operations {
			t.there = append(t.there, lastOf(op.Name))
		}
	}
	return t
}

// isEarlier is that of the calls for the answer to a call that was sent at a time, and answered now.
func (t *tries) isEarlier(op lro.Operation, sent, now time.Time) bool {
	progress := lro.ProgressOf(op.Metadata)
	answered := answer{
		start: progress.StartTime, end: progress.EndTime, listed: slices.Contains(t.there, lastOf(op.Name)),
		called: t.since(sent, now), doubted: t.doubted, apart: t.since(t.sent, now),
	}
	earlier := t.calls.isEarlier(answered)
	t.sent, t.doubted = sent, nil
	if !answered.ranBefore() {
		answered.doubted = nil
		t.doubted = &answered
	}
	return earlier
}

// since is for how long an operation may be of this start, if the call with its id was sent by this attempt.
// An attempt before may have sent it, too.
func (t *tries) since(sent, now time.Time) time.Duration {
	if !t.called.IsZero() {
		sent = t.called
	}
	return now.Sub(sent)
}
