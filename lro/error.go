package lro

import (
	"errors"
	"fmt"
	"time"
)

// Error is a request to an operations API that failed.
type Error struct {
	// Method is the google.longrunning method, such as "GetOperation".
	Method string
	// Status is the service's own, with every detail, unless NoStatus is set.
	Status Status
	// NoStatus says that what came held no google.rpc.Status, or that nothing came.
	// It is not the API's word then, but that of whatever stands between: Status is
	// a stand-in, whose code never says what only the API knows, such as NOT_FOUND,
	// and whose message says what came. Of a success that is too large to be read its
	// code is OUT_OF_RANGE.
	NoStatus bool
	// HTTP is the HTTP status code, 0 where no reply came. With a 2xx and NoStatus the
	// request was carried out, unless something between answered it.
	HTTP int
	// Unsent says that nothing reached the service: there was no access token, or no
	// connection.
	Unsent bool
	// RetryAfter is the larger of RetryInfo and the Retry-After header: no
	// request shall be sent sooner, see Advice. 0 without either.
	RetryAfter time.Duration
	// Cause is the transport's error, where no reply came or it was cut off.
	Cause error
}

// Error returns the method, the code and the message.
func (e *Error) Error() string {
	text := e.Method + ": " + e.Status.Code.String()
	if e.HTTP != 0 && !e.NoStatus { // whose message says it
		text += fmt.Sprintf(" (HTTP %d)", e.HTTP)
	}
	if e.Status.Message != "" {
		text += ": " + e.Status.Message
	}
	return text
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// isUnreadable reports whether e is of a success that is too large to be read.
func (e *Error) isUnreadable() bool {
	return e.NoStatus && e.HTTP >= 200 && e.HTTP <= 299 && e.Status.Code == CodeOutOfRange
}

// StandInCode is the code of an [Error] whose reply held no google.rpc.Status: what a
// front end or a proxy can know, by [CodeOfHTTP], and else UNKNOWN. Only the API knows
// that an operation is not there, that the request is wrong or that the method does not
// exist, so that a 404 is UNKNOWN, and a 501 UNAVAILABLE.
func StandInCode(httpStatus int) Code {
	switch code := CodeOfHTTP(httpStatus); code {
	case CodeInvalidArgument, CodeNotFound, CodeAborted, CodeOutOfRange:
		return CodeUnknown
	case CodeUnimplemented:
		return CodeUnavailable
	default:
		return code
	}
}

// StatusOf returns err as a Status that fits a payload: the service's own, or
// err's text.
func StatusOf(err error) *Status {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Status.Bound()
	}
	return (&Status{Code: CodeUnknown, Message: err.Error()}).Bound()
}

// MaxRetryAfter is the longest advice of a server that is followed. A request that was
// to wait for longer is sent after this time, or when it would be due without advice if
// that is later.
const MaxRetryAfter = time.Hour

// Advice is RetryAfter, at most [MaxRetryAfter].
func (e *Error) Advice() time.Duration { return min(e.RetryAfter, MaxRetryAfter) }

// retryAfter returns the server's advice in err, 0 without one.
func RetryAfter(err error) time.Duration {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Advice()
	}
	return 0
}
