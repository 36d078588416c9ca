package workflows

import (
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// pollEnd is how the activity of a poll ended.
type pollEnd int

const (
	pollNone     pollEnd = iota // there was no poll yet
	pollAnswered                // it returned a state of the operation, or of a set
	pollReported                // it returned a running operation before the deadline, to report progress
	pollFailed                  // it failed with one of package lro's failures
	pollLeft                    // the workflow canceled it: for its own cancel, or for an update
	pollExpired                 // its deadline came
	pollStray                   // it was completed by hand, with a result that is no poll's
	pollLost                    // it ended and told no state
)

// failed reports whether the poll ended with a failure.
func (e pollEnd) failed() bool { return e == pollFailed || e == pollLost }

// pollEndOf tells how a poll ended from its activity's error. left says that the
// workflow has canceled the activity, past that the poll's deadline has passed.
//
// A poll yields with an error that the server retries. The server returns that error if
// it has no time for another attempt: the deadline has come by its clock, or the
// workflow's own time ends. A timeout means the same, because a poll has as many
// attempts as it takes, unless somebody has set a limit.
func pollEndOf(err error, left, past bool) pollEnd {
	_, typed := lro.AsFailure(err)
	switch {
	case err == nil:
		return pollAnswered
	case typed:
		return pollFailed
	case left:
		return pollLeft
	case isStray(err):
		return pollStray
	case past:
		return pollExpired
	case noneLeft(err):
		return pollLost
	case activities.IsYield(err), isTimeout(err):
		return pollExpired
	default:
		return pollLost // such as a payload that does not encode
	}
}

// isTimeout reports whether the server ended an activity because its time was over,
// during an attempt or between two.
func isTimeout(err error) bool {
	var timedOut *temporal.TimeoutError
	var failed *temporal.ActivityError
	return errors.As(err, &timedOut) || errors.As(err, &failed) && failed.RetryState() == enumspb.RETRY_STATE_TIMEOUT
}
