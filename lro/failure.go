package lro

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// FailureType is the kind of a failure: the Type of its
// temporal.ApplicationError up to the first dot. These names are contracts.
type FailureType string

// The failure types. None is retried by Temporal; see [Retryable] for whether
// starting the step again can help.
const (
	// TypeOperationFailed: the operation ended in error. On the wire the code
	// follows: "OperationFailed.FAILED_PRECONDITION".
	TypeOperationFailed FailureType = "OperationFailed"
	// TypePollFailed: the operation's state could not be read; the operation
	// may well be running. On the wire the code follows.
	TypePollFailed FailureType = "PollFailed"
	// TypeOperationGone: it was seen, and now the service does not know it.
	TypeOperationGone FailureType = "OperationGone"
	// TypeAwaitTimeout: the deadline of the wait passed.
	TypeAwaitTimeout FailureType = "AwaitTimeout"
	// TypeProtocolError: what the service answered is no operation.
	TypeProtocolError FailureType = "ProtocolError"
	// TypeResultTooLarge: the operation succeeded, and its response does not
	// fit a Temporal payload.
	TypeResultTooLarge FailureType = "ResultTooLarge"
	// TypeCompensationFailed: not everything could be undone.
	TypeCompensationFailed FailureType = "CompensationFailed"
	// TypeInvalidInput: the input was refused before anything was sent.
	TypeInvalidInput FailureType = "InvalidInput"
)

// Failure is why a wait failed: the one struct in the details of the
// temporal.ApplicationError that [Failure.Err] makes and [AsFailure] reads.
type Failure struct {
	// Type travels as the ApplicationError's Type.
	Type FailureType `json:"-"`
	// Outcome holds the Ref, the operation as last seen with its error and its
	// last metadata (such as which statements committed), and what awaiting
	// it took.
	Outcome
	// PollError is why the state could not be read, for TypePollFailed and
	// TypeProtocolError.
	PollError *Status `json:"pollError,omitempty"`
	// Field and Value name what was refused, for TypeInvalidInput.
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`
	// Reason says what is wrong with Value, for TypeInvalidInput.
	Reason string `json:"reason,omitempty"`
	// Resources names what could not be undone, for TypeCompensationFailed.
	Resources []string `json:"resources,omitempty"`
}

// Invalid returns the failure for a refused input. An [*InvalidError] in err
// gives its field and value. ref may be zero; it keeps what was started from
// being lost with the input.
func Invalid(ref Ref, err error) Failure {
	f := Failure{Type: TypeInvalidInput, Outcome: Outcome{Ref: ref}, Reason: err.Error()}
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		f.Field, f.Value = invalid.Field, clip(invalid.Value, 200)
	}
	return f
}

// Err returns f as a non-retryable temporal.ApplicationError with one line of
// message. What does not fit a payload is dropped from its details first, as
// [Operation.Bound] has it.
func (f Failure) Err() error {
	return f.err(temporal.ApplicationErrorOptions{NonRetryable: true})
}

// RetryableErr is Err for an activity that Temporal shall try again after the
// given delay.
func (f Failure) RetryableErr(after time.Duration) error {
	return f.err(temporal.ApplicationErrorOptions{NextRetryDelay: after})
}

func (f Failure) err(options temporal.ApplicationErrorOptions) error {
	f.Operation, _ = f.Operation.Bound()
	f.PollError = f.PollError.bounded()
	f.CancelStatus = f.CancelStatus.bounded()
	options.Details = []any{f}
	return temporal.NewApplicationErrorWithOptions(f.message(), f.wireType(), options)
}

// Status returns the google.rpc.Status behind the failure: the operation's own
// error, or why it could not be read; nil if there is none.
func (f Failure) Status() *Status {
	switch f.Type {
	case TypeOperationFailed:
		return f.Operation.Error
	case TypePollFailed, TypeProtocolError:
		return f.PollError
	default:
		return nil
	}
}

// Code returns the failure's code: the Status's, NOT_FOUND for
// TypeOperationGone, DEADLINE_EXCEEDED for TypeAwaitTimeout, INVALID_ARGUMENT
// for TypeInvalidInput, and UNKNOWN otherwise.
func (f Failure) Code() Code {
	if status := f.Status(); status != nil {
		return status.Code
	}
	switch f.Type {
	case TypeOperationGone:
		return CodeNotFound
	case TypeAwaitTimeout:
		return CodeDeadlineExceeded
	case TypeInvalidInput:
		return CodeInvalidArgument
	default:
		return CodeUnknown
	}
}

func (f Failure) wireType() string {
	switch f.Type {
	case TypeOperationFailed, TypePollFailed:
		return string(f.Type) + "." + f.Code().String()
	default:
		return string(f.Type)
	}
}

// message is one line: lower case, names the operation, holds no body.
func (f Failure) message() string {
	name := "operation"
	if text := f.Ref.String(); text != "" {
		name += " " + text
	}
	switch f.Type {
	case TypeOperationFailed:
		return name + " failed: " + f.Status().line()
	case TypePollFailed:
		return name + " could not be read: " + f.Status().line()
	case TypeOperationGone:
		return name + " is gone: the service answers NOT_FOUND"
	case TypeAwaitTimeout:
		return name + " had not ended by the deadline" + f.afterDeadline()
	case TypeProtocolError:
		return name + ": the service's answer is no operation: " + f.Status().line()
	case TypeResultTooLarge:
		return fmt.Sprintf("%s succeeded, but its response does not fit a payload of %d bytes", name, MaxEncodedSize)
	case TypeCompensationFailed:
		return "could not undo: " + oneLine(strings.Join(f.Resources, ", "))
	case TypeInvalidInput:
		return "invalid input: " + oneLine(f.Reason)
	default:
		return name + ": " + string(f.Type)
	}
}

func (f Failure) afterDeadline() string {
	if f.Cancellation == "" {
		return " and was left running"
	}
	return "; its cancel: " + string(f.Cancellation)
}

// line is the status on one line: "NOT_FOUND: no such database".
func (s *Status) line() string {
	switch {
	case s == nil:
		return CodeUnknown.String()
	case s.Message == "":
		return s.Code.String()
	default:
		return s.Code.String() + ": " + oneLine(s.Message)
	}
}

// oneLine collapses white space and cuts at 1 KiB.
func oneLine(text string) string {
	return strings.Join(strings.Fields(clip(text, 1<<10)), " ")
}

// AsFailure finds the first Failure in err, at any depth of activity, child
// workflow and client errors, wrapped errors and errors.Join.
func AsFailure(err error) (Failure, bool) {
	var found Failure
	ok := walk(err, func(err error) bool {
		app, ok := err.(*temporal.ApplicationError)
		if !ok {
			return false
		}
		kind, _, _ := strings.Cut(app.Type(), ".")
		f := Failure{}
		if !FailureType(kind).known() || app.Details(&f) != nil {
			return false
		}
		f.Type = FailureType(kind)
		found = f
		return true
	})
	return found, ok
}

func (t FailureType) known() bool {
	switch t {
	case TypeOperationFailed, TypePollFailed, TypeOperationGone, TypeAwaitTimeout,
		TypeProtocolError, TypeResultTooLarge, TypeCompensationFailed, TypeInvalidInput:
		return true
	default:
		return false
	}
}

// OutcomeOf returns the Outcome in err: that of a [Failure], or the details of
// the temporal.CanceledError a canceled wait ends with.
func OutcomeOf(err error) (Outcome, bool) {
	if f, ok := AsFailure(err); ok {
		return f.Outcome, true
	}
	var found Outcome
	ok := walk(err, func(err error) bool {
		canceled, ok := err.(*temporal.CanceledError)
		if !ok || !canceled.HasDetails() {
			return false
		}
		// An activity canceled before its next attempt has a plain string here.
		o := Outcome{}
		if canceled.Details(&o) != nil {
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
	if temporal.IsCanceledError(err) {
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

// Retryable reports whether starting the failed step again can help, and after
// how long the service asks to wait (its RetryInfo; 0 without one). Only an
// operation that itself failed qualifies: after any other failure the operation
// may still be running, and a second start would be a second operation.
//
// The codes are UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED, INTERNAL, UNKNOWN and
// DEADLINE_EXCEEDED; any code with a RetryInfo.
func Retryable(err error) (ok bool, after time.Duration) {
	f, ok := AsFailure(err)
	if !ok || f.Type != TypeOperationFailed || f.Operation.Error == nil {
		return false, 0
	}
	if after, ok := f.Operation.Error.RetryDelay(); ok {
		return true, after
	}
	switch f.Operation.Error.Code {
	case CodeUnavailable, CodeAborted, CodeResourceExhausted, CodeInternal, CodeUnknown, CodeDeadlineExceeded:
		return true, 0
	default:
		return false, 0
	}
}

// walk visits err and all it wraps, depth first, until visit returns true.
// errors.As stops at the first ApplicationError, which may be a mere wrapper.
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
