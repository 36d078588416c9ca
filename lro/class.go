package lro

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Class says what a failed request means for its caller. It says nothing about the operation.
type Class string

// The classes.
const (
	// ClassTransient: retried until the deadline, never by count.
	ClassTransient Class = "transient"
	// ClassQuota: too many requests. Nothing was done; retried as ClassTransient is,
	// and the budget is lowered.
	ClassQuota Class = "quota"
	// ClassNoStatus: a 4xx without a google.rpc.Status. A front end or a proxy sent it, not the
	// API. It never ends a wait that has seen its operation. On a first read it is retried for
	// NotFoundGrace, because the endpoint may be wrong.
	ClassNoStatus Class = "no status"
	// ClassBlocked: the caller's credentials or grants do not suffice. A change of IAM takes
	// minutes to spread, so a wait under way goes on for its AuthGrace. On a first read it is
	// permanent.
	ClassBlocked Class = "blocked"
	// ClassDisabled: the API is not enabled in the project, or was enabled a moment ago. That takes
	// minutes to spread as well, so a first read, too, is retried for AuthGrace.
	ClassDisabled Class = "disabled"
	// ClassNotFound: the service does not know the operation.
	ClassNotFound Class = "not found"
	// ClassExists: the resource or operation to be made is there.
	ClassExists Class = "exists"
	// ClassUnsupported: the service does not have the method.
	ClassUnsupported Class = "unsupported"
	// ClassPermanent: asking again gives the same answer.
	ClassPermanent Class = "permanent"
	// ClassUnreadable: a success whose reply is larger than the client reads. The request was
	// carried out. Asking again gives the same answer.
	ClassUnreadable Class = "unreadable"
	// ClassProtocol: the answer is not an operation.
	ClassProtocol Class = "protocol"
	// ClassInvalid: the client refused to send the request.
	ClassInvalid Class = "invalid"
)

// traits say what a class means for a single request.
type traits struct {
	retryable bool // the same request may be answered otherwise later
	atOnce    bool // and within a second
	mayAct    bool // the service may have carried the request out
}

// classes has all classes.
var classes = map[Class]traits{
	ClassTransient:   {retryable: true, atOnce: true, mayAct: true},
	ClassQuota:       {retryable: true},
	ClassNoStatus:    {retryable: true, atOnce: true, mayAct: true},
	ClassBlocked:     {},
	ClassDisabled:    {retryable: true},
	ClassNotFound:    {},
	ClassExists:      {mayAct: true}, // an earlier try may have made it
	ClassUnsupported: {},
	ClassPermanent:   {},
	ClassUnreadable:  {mayAct: true}, // it was a success
	ClassProtocol:    {mayAct: true}, // a success, too
	ClassInvalid:     {},
}

// Classes returns all classes, sorted.
func Classes() []Class { return slices.Sorted(maps.Keys(classes)) }

// Retryable reports whether the same request may be answered otherwise later. A wait's graces say
// for how long it is repeated.
func (c Class) Retryable() bool { return classes[c].retryable }

// RetryableAtOnce reports whether a Client may send the request again by itself. A quota, or an API
// that is being enabled, does not pass within a second.
func (c Class) RetryableAtOnce() bool { return classes[c].atOnce }

// MayHaveActed reports whether the service may have carried the request out in spite of the error.
// A start then looks for its operation.
func (c Class) MayHaveActed() bool { return classes[c].mayAct }

// quotaReasons are ErrorInfo reasons, and reasons of Google's older error format, of a 401 or 403
// that means "not so fast" rather than "not you". Reasons that end in quotaSuffix, such as
// CONCURRENT_OPERATIONS_QUOTA_EXCEEDED, mean the same.
var quotaReasons = map[string]bool{
	"RATE_LIMIT_EXCEEDED":       true,
	"RESOURCE_EXHAUSTED":        true,
	"rateLimitExceeded":         true,
	"userRateLimitExceeded":     true,
	"quotaExceeded":             true,
	"dailyLimitExceeded":        true,
	"concurrentLimitExceeded":   true,
	"rateLimitExceededUnreg":    true,
	"variableTermLimitExceeded": true,
}

const quotaSuffix = "_QUOTA_EXCEEDED"

// disabledReasons are those of an API that the project has not enabled, in both
// formats.
var disabledReasons = map[string]bool{"SERVICE_DISABLED": true, "accessNotConfigured": true}

// Classify returns err's class: by the API's code and ErrorInfo reason, or by HTTP's status if the
// reply held no google.rpc.Status; "" for nil. An unknown error is transient, because only the
// service may end a wait. Every part of awaitop decides by it.
func Classify(err error) Class {
	var invalid *InvalidError
	var failed *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &invalid):
		return ClassInvalid
	case errors.Is(err, ErrNotOperation):
		return ClassProtocol
	case !errors.As(err, &failed):
		return ClassTransient
	case failed.NoStatus && isRequestError(failed.HTTP):
		return ClassNoStatus
	case failed.isUnreadable():
		return ClassUnreadable
	default:
		return classOf(&failed.Status)
	}
}

// isRequestError reports whether an HTTP status says that the request is wrong, and has no class of
// its own.
func isRequestError(status int) bool {
	return status >= 400 && status <= 499 && StandInCode(status) == CodeUnknown
}

// classOf is the class of a Status.
func classOf(status *Status) Class {
	switch status.Code {
	case CodeInvalidArgument, CodeFailedPrecondition, CodeOutOfRange:
		return ClassPermanent
	case CodeUnimplemented:
		return ClassUnsupported
	case CodeNotFound:
		return ClassNotFound
	case CodeAlreadyExists:
		return ClassExists
	case CodeResourceExhausted:
		return ClassQuota
	case CodeUnauthenticated, CodePermissionDenied:
		return classOfRefusal(status)
	default:
		return ClassTransient
	}
}

// classOfRefusal is the class of a 401 or 403, by its reason.
func classOfRefusal(status *Status) Class {
	switch reason, _ := status.Reason(); {
	case quotaReasons[reason] || strings.HasSuffix(reason, quotaSuffix):
		return ClassQuota
	case disabledReasons[reason]:
		return ClassDisabled
	default:
		return ClassBlocked
	}
}
