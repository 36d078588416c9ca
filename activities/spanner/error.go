package spanner

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func asError(err error) (*activities.Error, bool) {
	var failed *activities.Error
	return failed, errors.As(err, &failed)
}

// statusOf returns err as a Status that fits a payload.
func statusOf(err error) *lro.Status {
	if failed, ok := asError(err); ok {
		return failed.Status.Bound()
	}
	return (&lro.Status{Code: lro.CodeUnknown, Message: err.Error()}).Bound()
}

// transient reports whether trying again can help. An ALREADY_EXISTS is final:
// what is the caller's has been looked for.
func transient(err error) bool {
	return activities.Classify(err) == activities.ClassTransient && statusOf(err).Code != lro.CodeAlreadyExists
}

// quota reports whether the project's quota of admin requests is used up. Some
// such errors are a 403 with a reason.
func quota(err error) bool {
	code := statusOf(err).Code
	return transient(err) && (code == lro.CodeResourceExhausted || code == lro.CodePermissionDenied)
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
	return requestFailed(activities.ReadFailedType, name+" could not be read", err, temporal.ApplicationErrorOptions{NonRetryable: !transient(err), NextRetryDelay: after})
}
