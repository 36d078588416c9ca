package workflows

import (
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// lastAttempt is the error of an activity that ended with its last attempt, although
// awaitop gives it no limit. An operator has set a limit, or Temporal's test environment
// has, which takes no limit for 10.
type lastAttempt struct{ err error }

func (e *lastAttempt) Error() string { return e.err.Error() + lastAttemptHint }
func (e *lastAttempt) Unwrap() error { return e.err }

// lastAttemptHint says why there is no further attempt.
const lastAttemptHint = " (the last attempt, although awaitop sets no limit: Temporal's test environment takes no limit for 10 attempts, " +
	"testsuite.NewEnv does not; on a server an operator has set the limit)"

// hintOf returns the hint of the last attempt, "" if err is not of one.
func hintOf(err error) string {
	var last *lastAttempt
	if errors.As(err, &last) {
		return lastAttemptHint
	}
	return ""
}

// ofUnlimited returns err, the error of an activity without a limit, as a lastAttempt if it
// is of one.
func ofUnlimited(err error) error {
	if noneLeft(err) {
		return &lastAttempt{err: err}
	}
	return err
}

// hasLimit reports whether the activities of ctx have a limit of attempts.
func hasLimit(ctx workflow.Context) bool {
	retries := workflow.GetActivityOptions(ctx).RetryPolicy
	return retries != nil && retries.MaximumAttempts != 0
}

// noneLeft reports whether an activity ended because it had no attempt left. A server says
// so. The test environment says nothing about an error that it would have retried.
func noneLeft(err error) bool {
	var failed *temporal.ActivityError
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.RetryState() {
	case enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED:
		return true
	case enumspb.RETRY_STATE_UNSPECIFIED:
		var app *temporal.ApplicationError
		return errors.As(failed.Unwrap(), &app) && !app.NonRetryable()
	default:
		return false
	}
}
