package activities

import (
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// NewError returns a failure as the error that an activity or a workflow ends with: a non-retryable
// temporal.ApplicationError with one line of message, which [lro.AsFailure] reads. It drops details
// that do not fit a payload, as [lro.Operation.Bound] does. The error is retryable if the failure
// is [lro.Failure.ForNewer], because a worker of a newer release may take the input.
func NewError(failure lro.Failure) error {
	return newError(failure, temporal.ApplicationErrorOptions{NonRetryable: !failure.ForNewer()})
}

// NewRetryableError is NewError for an activity that Temporal tries again after the given
// delay; 0 leaves the delay to the activity's retry policy.
func NewRetryableError(failure lro.Failure, after time.Duration) error {
	return newError(failure, temporal.ApplicationErrorOptions{NextRetryDelay: after})
}

func newError(failure lro.Failure, options temporal.ApplicationErrorOptions) error {
	failure = failure.Bound()
	options.Details = []any{failure}
	return temporal.NewApplicationErrorWithOptions(failure.Message(), failure.ErrorType(), options)
}
