package spanner

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func asError(err error) (*lro.Error, bool) {
	var failed *lro.Error
	return failed, errors.As(err, &failed)
}

// statusOf returns err as a Status that fits a payload.
func statusOf(err error) *lro.Status {
	if failed, ok := asError(err); ok {
		return failed.Status.Bound()
	}
	return (&lro.Status{Code: lro.CodeUnknown, Message: err.Error()}).Bound()
}

// requestFailed is the failure of a request about a resource, one of the types
// in package activities, with its Status as details.
func requestFailed(kind, text string, err error, options temporal.ApplicationErrorOptions) error {
	status := statusOf(err)
	options.Details = []any{status}
	return temporal.NewApplicationErrorWithOptions(text+": "+status.String(), kind+"."+status.Code.String(), options)
}

func removeFailed(target string, err error, retry temporal.ApplicationErrorOptions) error {
	return requestFailed(activities.RemoveFailedType, target+" was not deleted", err, retry)
}

func readFailed(name string, err error, after time.Duration) error {
	return requestFailed(activities.ReadFailedType, name+" could not be read", err, temporal.ApplicationErrorOptions{NonRetryable: !lro.Classify(err).Retryable(), NextRetryDelay: after})
}
