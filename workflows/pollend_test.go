package workflows

import (
	"errors"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func TestPollEndOf(t *testing.T) {
	t.Parallel()
	yield := temporal.NewApplicationErrorWithOptions("running, next poll in 60s", activities.YieldType, temporal.ApplicationErrorOptions{})
	ended := func(state enumspb.RetryState, cause error) error {
		wire := temporal.GetDefaultFailureConverter()
		return wire.FailureToError(&failurepb.Failure{
			Cause:       wire.ErrorToFailure(cause),
			FailureInfo: &failurepb.Failure_ActivityFailureInfo{ActivityFailureInfo: &failurepb.ActivityFailureInfo{RetryState: state}},
		})
	}
	timedOut := func(kind enumspb.TimeoutType, last error) error { return temporal.NewTimeoutError(kind, last) }
	gone := activities.NewError(lro.Failure{Type: lro.TypeOperationGone})
	tests := map[string]struct {
		reason string
		err    error
		left   bool
		past   bool
		want   pollEnd
	}{
		"result":                {"what it found", nil, false, false, pollAnswered},
		"result after a cancel": {"a result outranks the cancel", nil, true, true, pollAnswered},
		"gone":                  {"awaitop's own failure", ended(enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, gone), false, false, pollFailed},
		"gone, canceled":        {"so does a failure", ended(enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, gone), true, false, pollFailed},
		"canceled":              {"by the workflow", temporal.NewCanceledError(), true, false, pollLeft},
		"canceled in a yield":   {"the server returns the failure of the last attempt, which it had to cancel", ended(enumspb.RETRY_STATE_CANCEL_REQUESTED, yield), true, false, pollLeft},
		"yield":                 {"a clock 31 s behind: the server has no time for the next attempt", ended(enumspb.RETRY_STATE_TIMEOUT, yield), false, false, pollExpired},
		"yield, server 1.29":    {"which has another word for it", ended(enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, yield), false, false, pollExpired},
		"yield, past":           {"the deadline's, or near the workflow's timeout", ended(enumspb.RETRY_STATE_TIMEOUT, yield), false, true, pollExpired},
		"no worker":             {"none took it until the deadline", ended(enumspb.RETRY_STATE_TIMEOUT, timedOut(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, nil)), false, true, pollExpired},
		"no worker, 1.29":       {"the timeout is the word that counts", ended(enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, timedOut(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, yield)), false, false, pollExpired},
		"dead worker":           {"near the end of its time, since all else is retried", ended(enumspb.RETRY_STATE_TIMEOUT, timedOut(enumspb.TIMEOUT_TYPE_HEARTBEAT, nil)), false, false, pollExpired},
		"a limit":               {"an operator has set one, and the deadline has not come", ended(enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, yield), false, false, pollLost},
		"a limit, dead worker":  {"the limit is why nothing goes on", ended(enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, timedOut(enumspb.TIMEOUT_TYPE_HEARTBEAT, nil)), false, false, pollLost},
		"a limit, past":         {"the deadline has come all the same", ended(enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, yield), false, true, pollExpired},
		"a test's limit":        {"Temporal's test environment gives no reason", ended(enumspb.RETRY_STATE_UNSPECIFIED, yield), false, false, pollLost},
		"panic at the end":      {"the last attempt's failure is not why the server gave up", ended(enumspb.RETRY_STATE_TIMEOUT, errors.New("panic")), false, false, pollExpired},
		"does not encode":       {"the state is not known", ended(enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, errors.New("codec")), false, false, pollLost},
		"does not encode, past": {"the deadline has come all the same", ended(enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, errors.New("codec")), false, true, pollExpired},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pollEndOf(tt.err, tt.left, tt.past); got != tt.want {
				t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
			}
		})
	}
}
