package lro

import (
	"encoding/json"
	"errors"
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
	// TypeStartFailed: the operation was not started, or nobody knows whether it
	// was. On the wire the code follows: "StartFailed.ALREADY_EXISTS" says that
	// the resource is somebody else's.
	TypeStartFailed FailureType = "StartFailed"
	// TypeInvalidInput: the input was refused before anything was sent.
	TypeInvalidInput FailureType = "InvalidInput"
)

func (t FailureType) known() bool {
	switch t {
	case TypeOperationFailed, TypePollFailed, TypeOperationGone, TypeAwaitTimeout,
		TypeProtocolError, TypeResultTooLarge, TypeCompensationFailed, TypeStartFailed, TypeInvalidInput:
		return true
	default:
		return false
	}
}

// Failure is why a wait failed: the one struct in the details of the
// temporal.ApplicationError that activities.NewError makes and [AsFailure] reads.
type Failure struct {
	// Type travels as the ApplicationError's Type.
	Type FailureType `json:"-"`
	// Outcome holds the Ref, the operation as last seen with its error and its
	// last metadata (such as which statements committed), and what awaiting
	// it took.
	Outcome
	// PollError is why the state could not be read, for TypePollFailed and
	// TypeProtocolError; for TypeAwaitTimeout, why the last read failed, nil if it
	// did not.
	PollError *Status `json:"pollError,omitempty"`
	// Field and Value name what was refused, for TypeInvalidInput.
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`
	// Reason says what is wrong with Value, for TypeInvalidInput; and for
	// TypeAwaitTimeout which of the workflow's own timeouts was near, "" if the wait's
	// deadline came.
	Reason string `json:"reason,omitempty"`
	// StartError is why the operation was not started, for TypeStartFailed.
	StartError *Status `json:"startError,omitempty"`
	// MayRun says, for TypeStartFailed, that an operation may have been started
	// all the same, which nobody could find out.
	MayRun bool `json:"mayRun,omitempty"`
	// Resources names what could not be undone, for TypeCompensationFailed, once each,
	// with what sagas inside have left; what
	// was to be made or changed, for TypeStartFailed; the collection that could not be
	// listed, for TypePollFailed and TypeProtocolError without a Ref; and operations
	// that were left running, for the failure of a set.
	Resources []string `json:"resources,omitempty"`
	// ResourcesOmitted is how many more resources there are, which Resources does not
	// name because they do not fit [MaxEncodedSize], or a set's first 100.
	ResourcesOmitted int `json:"resourcesOmitted,omitempty"`
	// UndoErrors says why, a line for each of Resources in their order, for
	// TypeCompensationFailed. Where names take all the room, only the first have one;
	// "" for what a saga inside has named without.
	UndoErrors []string `json:"undoErrors,omitempty"`
	// Cause is why anything was to be undone, for TypeCompensationFailed.
	Cause *Cause `json:"cause,omitempty"`

	newer bool // whether a worker of a newer release may take the input
}

// maxLine bounds a failure's message and Reason, in bytes. The longest Ref and a
// status message of 1 KiB fit it.
const maxLine = 4 << 10

// Invalid returns the failure for a refused input. An [*InvalidError] in err
// gives its field and value. ref may be zero; it keeps what was started from
// being lost with the input.
func Invalid(ref Ref, err error) Failure {
	f := Failure{Type: TypeInvalidInput, Outcome: Outcome{Ref: ref}, Reason: oneLine(err.Error(), maxLine)}
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		f.Field, f.Value, f.newer = clip(invalid.Field, 200), clip(invalid.Value, 200), invalid.Newer
	}
	return f
}

// ForNewer reports whether the input was refused for a field that a newer release may
// know: that of an [InvalidError] with Newer set. A worker of that release may take it.
func (f Failure) ForNewer() bool { return f.newer }

// Message says on one line what failed: the message of the ApplicationError.
func (f Failure) Message() string { return oneLine(f.message(), maxLine) }

// Status returns the google.rpc.Status behind the failure: the operation's own
// error, or why it could not be read or started; nil if there is none.
func (f Failure) Status() *Status {
	switch f.Type {
	case TypeOperationFailed:
		return f.Operation.Error
	case TypePollFailed, TypeProtocolError:
		return f.PollError
	case TypeStartFailed:
		return f.StartError
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

// ErrorType returns the Type of the ApplicationError: f's Type and, where the type has
// codes, a dot and the code.
func (f Failure) ErrorType() string {
	switch f.Type {
	case TypeOperationFailed, TypePollFailed, TypeStartFailed:
		return string(f.Type) + "." + f.Code().String()
	default:
		return string(f.Type)
	}
}

// UnmarshalJSON reads the JSON of a Failure. A Ref that is not valid is kept as far as
// its text goes, since an input may have been refused for it. JSON without an
// operation is some other program's failure of the same type, and an error.
func (f *Failure) UnmarshalJSON(raw []byte) error {
	type plain Failure
	wire := struct {
		*plain
		Ref       looseRef   `json:"ref"`
		Operation *Operation `json:"operation"`
	}{plain: &plain{}}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	if wire.Operation == nil {
		return errors.New("not a failure of awaitop: it has no operation")
	}
	*f = Failure(*wire.plain)
	f.Ref, f.Operation = Ref(wire.Ref), *wire.Operation
	return nil
}
