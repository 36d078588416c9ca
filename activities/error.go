package activities

import (
	"errors"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Error is a request to an operations API that failed.
type Error struct {
	// Method is the google.longrunning method, such as "GetOperation".
	Method string
	// Status is the service's own, with every detail, where the reply had one.
	// Otherwise its code is derived from the HTTP status, and UNAVAILABLE where
	// no reply came.
	Status lro.Status
	// HTTP is the HTTP status code, 0 where no reply came.
	HTTP int
	// RetryAfter is the larger of RetryInfo and the Retry-After header: no
	// request shall be sent sooner, see Advice. 0 without either.
	RetryAfter time.Duration
	// Cause is the transport's error, where no reply came or it was cut off.
	Cause error
}

// Error returns the method, the code and the message.
func (e *Error) Error() string {
	text := e.Method + ": " + e.Status.Code.String()
	if e.HTTP != 0 {
		text += fmt.Sprintf(" (HTTP %d)", e.HTTP)
	}
	if e.Status.Message != "" {
		text += ": " + e.Status.Message
	}
	return text
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// statusOf returns err as a Status that fits a payload: the service's own, or
// err's text.
func statusOf(err error) *lro.Status {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Status.Bound()
	}
	return (&lro.Status{Code: lro.CodeUnknown, Message: err.Error()}).Bound()
}

// MaxRetryAfter is the longest advice of a server that is followed. A request that was
// to wait for longer is sent after this time, or when it would be due without advice if
// that is later.
const MaxRetryAfter = time.Hour

// Advice is RetryAfter, at most [MaxRetryAfter].
func (e *Error) Advice() time.Duration { return min(e.RetryAfter, MaxRetryAfter) }

// retryAfter returns the server's advice in err, 0 without one.
func retryAfter(err error) time.Duration {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Advice()
	}
	return 0
}

// notBefore is until when a failed read asks to wait, zero if it does not.
func notBefore(err error, now time.Time) time.Time {
	if advice := retryAfter(err); advice > 0 {
		return now.Add(advice).UTC()
	}
	return time.Time{}
}
