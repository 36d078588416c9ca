package starters

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// readLag is how long a service may hide what exists from some reads.
const readLag = time.Minute

// lagLeft is for how long reads may still hide what an operation has made, 0 if a target that is missing now is
// absent. succeeded is when the operation has succeeded, zero if it has not. It may be of another clock than now:
// lagLeft is never more than readLag.
func lagLeft(succeeded, now time.Time) time.Duration {
	if succeeded.IsZero() {
		return 0
	}
	return min(max(0, succeeded.Add(readLag).Sub(now)), readLag)
}

// LookAgain returns the error of an attempt that finds no target, although its operation has succeeded less than a
// minute ago: reads may lag, so that the next attempt looks again. It is nil after that minute, and if the
// operation has not succeeded, for which succeeded is zero. Then the target is absent.
func LookAgain(method, target string, succeeded, now time.Time) error {
	if lagLeft(succeeded, now) == 0 {
		return nil
	}
	return errUnseen(method, target, 0)
}

// errUnseen is the error of LookAgain. after is when to look again, 0 to leave it to the retry policy.
func errUnseen(method, target string, after time.Duration) error {
	return &lro.Error{Method: method, RetryAfter: after, Status: lro.Status{
		Code: lro.CodeUnavailable, Message: target + " cannot be seen yet, although its operation has succeeded",
	}}
}

// absent is the result for a target that is not there. If reads may lag, the undo looks once more, when they do
// not lag any longer. If that is after the deadline, the retry policy says when. After a delete of its own the undo
// need not look.
func (r removal) absent() (RemoveResult, error) {
	left := lagLeft(r.in.Succeeded, r.now)
	switch {
	case left == 0, r.sent != nil:
		return RemoveAbsent, nil
	case !r.in.Deadline.IsZero() && !r.now.Add(left).Before(r.in.Deadline):
		left = 0
	}
	return "", errUnseen("Get", r.in.Target, left)
}
