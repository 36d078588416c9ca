package activities

import (
	"errors"

	"github.com/awaitop/awaitop/lro"
)

// Class says what a failed request means for a wait. It is about the request,
// never about the operation.
type Class string

// The classes.
const (
	// ClassTransient: retried until the deadline, never by count.
	ClassTransient Class = "transient"
	// ClassBlocked: the caller's credentials or grants do not suffice. IAM
	// changes take minutes to spread, so a wait under way goes on for its
	// AuthGrace; on a first read it is permanent.
	ClassBlocked Class = "blocked"
	// ClassNotFound: the service does not know the operation.
	ClassNotFound Class = "not found"
	// ClassPermanent: asking again gives the same answer.
	ClassPermanent Class = "permanent"
	// ClassProtocol: the answer is no operation.
	ClassProtocol Class = "protocol"
	// ClassInvalid: the client refused to send the request.
	ClassInvalid Class = "invalid"
)

// quotaReasons are ErrorInfo reasons, and the reasons of Google's older error
// format, of a 403 that says "not so fast" rather than "not you".
var quotaReasons = map[string]bool{
	"RATE_LIMIT_EXCEEDED":       true,
	"RESOURCE_QUOTA_EXCEEDED":   true,
	"RESOURCE_EXHAUSTED":        true,
	"rateLimitExceeded":         true,
	"userRateLimitExceeded":     true,
	"quotaExceeded":             true,
	"dailyLimitExceeded":        true,
	"concurrentLimitExceeded":   true,
	"rateLimitExceededUnreg":    true,
	"variableTermLimitExceeded": true,
}

// Classify returns err's class by its code and ErrorInfo reason. Anything it
// does not know is transient: only the service may end a wait.
func Classify(err error) Class {
	var invalid *lro.InvalidError
	switch {
	case errors.As(err, &invalid):
		return ClassInvalid
	case errors.Is(err, lro.ErrNotOperation):
		return ClassProtocol
	}
	var failed *Error
	if !errors.As(err, &failed) {
		return ClassTransient
	}
	switch failed.Status.Code {
	case lro.CodeInvalidArgument, lro.CodeFailedPrecondition, lro.CodeOutOfRange, lro.CodeUnimplemented:
		return ClassPermanent
	case lro.CodeNotFound:
		return ClassNotFound
	case lro.CodeUnauthenticated, lro.CodePermissionDenied:
		if reason, _ := failed.Status.Reason(); quotaReasons[reason] {
			return ClassTransient
		}
		return ClassBlocked
	default:
		return ClassTransient
	}
}
