package lro

import (
	"encoding/json"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
)

// AsFailure finds the first Failure in err, at any depth of activity, child
// workflow and client errors, wrapped errors and errors.Join.
func AsFailure(err error) (Failure, bool) {
	var found Failure
	ok := walk(err, func(err error) (ok bool) {
		found, ok = failureIn(err)
		return ok
	})
	return found, ok
}

// AsFailures returns every Failure in err, in the order in which [AsFailure] looks for
// the first; nil if there is none.
func AsFailures(err error) []Failure {
	var found []Failure
	walk(err, func(err error) bool {
		if f, ok := failureIn(err); ok {
			found = append(found, f)
		}
		return false
	})
	return found
}

// failureIn reads the Failure of err itself, not of what it wraps.
func failureIn(err error) (Failure, bool) {
	app, ok := err.(applicationError)
	if !ok {
		return Failure{}, false
	}
	kind, _, _ := strings.Cut(app.Type(), ".")
	f := Failure{}
	if !FailureType(kind).known() || !details(app, &f) {
		return Failure{}, false
	}
	f.Type = FailureType(kind)
	return f, true
}

// OutcomeOf returns the Outcome in err: that of a [Failure], or the details of the
// temporal.CanceledError that a canceled wait ends with.
func OutcomeOf(err error) (Outcome, bool) {
	if f, ok := AsFailure(err); ok {
		return f.Outcome, true
	}
	var found Outcome
	ok := walk(err, func(err error) bool {
		canceled, ok := asCanceled(err)
		if !ok {
			return false
		}
		// If an activity is canceled between two attempts, this is a plain string. If the user's
		// code cancels, it is any value.
		o := Outcome{}
		if !details(canceled, &o) || (o.Ref.IsZero() && !o.Operation.Done) {
			return false
		}
		found = o
		return true
	})
	return found, ok
}

// CodeOf returns the code of the failure in err as [Failure.Code] does, OK for
// nil, CANCELLED for a temporal.CanceledError and UNKNOWN for anything else.
// The code alone does not say whose it is: look at [Failure.Type] before
// undoing anything.
func CodeOf(err error) Code {
	if err == nil {
		return CodeOK
	}
	if f, ok := AsFailure(err); ok {
		return f.Code()
	}
	if isCanceled(err) {
		return CodeCanceled
	}
	return CodeUnknown
}

// Detail returns the first status detail of the failure in err that is a T,
// such as *errdetails.PreconditionFailure, and whether there was one.
func Detail[T proto.Message](err error) (T, bool) {
	var none T
	f, ok := AsFailure(err)
	if !ok || f.Status() == nil {
		return none, false
	}
	return StatusDetail[T](*f.Status())
}

// Reason returns the reason and domain of the ErrorInfo in err's failure, both
// "" without one.
func Reason(err error) (reason, domain string) {
	f, ok := AsFailure(err)
	if !ok || f.Status() == nil {
		return "", ""
	}
	return f.Status().Reason()
}

// Retryable reports whether starting the failed step again can help. after is how long the service
// asks to wait first, by its RetryInfo, 0 without one.
//
// An operation that itself failed qualifies, and one that was not started. After any other failure
// the operation may still be running, and a second start would be a second operation. The codes are
// UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED, INTERNAL, UNKNOWN and DEADLINE_EXCEEDED, and any code
// with a RetryInfo.
func Retryable(err error) (ok bool, after time.Duration) {
	f, _ := AsFailure(err)
	return f.retryable()
}

// retryable is what [Retryable] says of f.
func (f Failure) retryable() (ok bool, after time.Duration) {
	status := f.ended()
	if status == nil {
		return false, 0
	}
	if after, ok := status.RetryDelay(); ok {
		return true, after
	}
	switch status.Code.canonical() {
	case CodeUnavailable, CodeAborted, CodeResourceExhausted, CodeInternal, CodeUnknown, CodeDeadlineExceeded:
		return true, 0
	default:
		return false, 0
	}
}

// ended is the error of an operation that failed, or was not started. nil if it may run.
func (f Failure) ended() *Status {
	switch {
	case f.Type == TypeOperationFailed:
		return f.Operation.Error
	case f.Type == TypeStartFailed && !f.MayRun:
		return f.StartError
	default:
		return nil
	}
}

// Undecoded returns why the details of a failure in err do not decode, for example because a
// payload codec is out of reach. It is nil if they decode, or if there are none.
func Undecoded(err error) (problem error) {
	defer func() {
		if recover() != nil { // it has not crossed Temporal's boundary: see details
			problem = nil
		}
	}()
	walk(err, func(err error) bool {
		app, ok := err.(applicationError)
		if ok && app.HasDetails() {
			var raw json.RawMessage
			problem = app.Details(&raw)
		}
		return problem != nil
	})
	return problem
}

// details reads the details of a Temporal error into a struct. If the error has not crossed
// Temporal's boundary, the SDK assigns them by reflection, and panics if they have another type.
func details(err detailed, into any) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return err.Details(into) == nil
}

// walk visits err and every error that it wraps, depth first, until visit returns true. errors.As
// would stop at the first ApplicationError, which may be a mere wrapper.
func walk(err error, visit func(error) bool) bool {
	if err == nil {
		return false
	}
	if visit(err) {
		return true
	}
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		return walk(wrapper.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			if walk(inner, visit) {
				return true
			}
		}
	}
	return false
}
