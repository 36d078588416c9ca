package lro

import (
	"errors"
	"fmt"
	"time"
)

// Error is the failure of a request to an operations API.
type Error struct {
	// Method is the google.longrunning method, such as "GetOperation".
	Method string
	// Status is the service's own, with every detail, unless NoStatus is set.
	Status Status
	// NoStatus says that the reply held no google.rpc.Status, or that no reply came. Then a front
	// end or a proxy answered, not the API. Status is a stand-in: its code never says what only the
	// API knows, such as NOT_FOUND, and its message describes the reply. For a success that is too
	// large to be read, the code is OUT_OF_RANGE.
	NoStatus bool
	// HTTP is the HTTP status code, 0 if no reply came. With a 2xx and NoStatus the request was
	// carried out, unless a proxy answered it.
	HTTP int
	// Unsent says that the request did not reach the service: there was no access token, or no
	// connection.
	Unsent bool
	// RetryAfter is the larger of RetryInfo and the Retry-After header. No request shall be sent
	// sooner, see Advice. 0 without either.
	RetryAfter time.Duration
	// Cause is the transport's error if no reply came or the reply was cut off.
	Cause error
}

// Error returns the method, the code and the message.
func (e *Error) Error() string {
	text := e.Method + ": " + e.Status.Code.String()
	if e.HTTP != 0 && !e.NoStatus { // whose message has the HTTP status
		text += fmt.Sprintf(" (HTTP %d)", e.HTTP)
	}
	if e.Status.Message != "" {
		text += ": " + e.Status.Message
	}
	return text
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// isUnreadable reports whether e is a success that is too large to be read.
func (e *Error) isUnreadable() bool {
	return e.NoStatus && e.HTTP >= 200 && e.HTTP <= 299 && e.Status.Code == CodeOutOfRange
}

// StandInCode is the code of an [Error] whose reply held no google.rpc.Status: the code of
// [CodeOfHTTP] if a front end or a proxy can know it, else UNKNOWN. Only the API knows that an
// operation is not there, that a request is wrong, or that a method does not exist. So a 404 is
// UNKNOWN, and a 501 UNAVAILABLE.
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

// StatusOf returns err as a Status that fits a payload: the service's own, or one with err's text.
func StatusOf(err error) *Status {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Status.Bound()
	}
	return (&Status{Code: CodeUnknown, Message: err.Error()}).Bound()
}

// MaxRetryAfter is the longest advice of a server that awaitop follows. A request with longer
// advice is sent after this time, or when it would be due without advice if that is later.
const MaxRetryAfter = time.Hour

// Advice is RetryAfter, at most [MaxRetryAfter].
func (e *Error) Advice() time.Duration { return min(e.RetryAfter, MaxRetryAfter) }

// RetryAfter returns the server's advice in err, 0 without one.
func RetryAfter(err error) time.Duration {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Advice()
	}
	return 0
}
