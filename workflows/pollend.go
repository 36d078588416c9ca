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
	pollAnswered pollEnd = iota // it returned what it found
	pollFailed                  // it failed with one of package lro's failures
	pollLeft                    // it was canceled: by the workflow's own, or for an update
	pollExpired                 // its time was up
	pollStray                   // it was completed with what is no result of a poll
	pollLost                    // it ended without a word of the operation's state
)

// pollEndOf says how a poll ended by its activity's error. left is whether the
// workflow has canceled it, past whether its deadline has passed.
//
// A poll that yields says so in an error that the server retries. That error comes
// back as the activity's if the server has no time for another attempt: that is the
// deadline, by a clock other than the worker's, or the end of the workflow's own
// time. So does a timeout, since a poll has as many attempts as it takes.
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
	case past, isYield(err), isTimeout(err):
		return pollExpired
	default:
		return pollLost // a payload that does not encode, say
	}
}

func isYield(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == activities.YieldType
}

// isTimeout reports whether the server ended an activity because of the time: an
// attempt at the end of it, or between two.
func isTimeout(err error) bool {
	var timedOut *temporal.TimeoutError
	var failed *temporal.ActivityError
	return errors.As(err, &timedOut) || errors.As(err, &failed) && failed.RetryState() == enumspb.RETRY_STATE_TIMEOUT
}
