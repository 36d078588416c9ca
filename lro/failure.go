package lro

import (
	"encoding/json"
	"errors"
	"regexp"
)

// FailureType is the kind of a failure: the Type of its
// temporal.ApplicationError up to the first dot. These names are contracts.
type FailureType string

// The failure types. Temporal retries none of them. [Retryable] says whether starting the step
// again can help.
const (
	// TypeOperationFailed: the operation ended in error. On the wire the code
	// follows: "OperationFailed.FAILED_PRECONDITION".
	TypeOperationFailed FailureType = "OperationFailed"
	// TypePollFailed: the operation's state could not be read. The operation may well be running.
	// On the wire the code follows.
	TypePollFailed FailureType = "PollFailed"
	// TypeOperationCanceled: the wait was canceled or abandoned, with a workflow's option
	// FailWhenCanceled. The Outcome's Cancellation says what became of the operation, which may run
	// on, and may have succeeded or failed.
	TypeOperationCanceled FailureType = "OperationCanceled"
	// TypeOperationGone: the service showed the operation, and does not know it any more.
	TypeOperationGone FailureType = "OperationGone"
	// TypeAwaitTimeout: the deadline of the wait passed.
	TypeAwaitTimeout FailureType = "AwaitTimeout"
	// TypeProtocolError: the service's answer is not an operation.
	TypeProtocolError FailureType = "ProtocolError"
	// TypeResultTooLarge: the operation succeeded, and its response does not fit a Temporal
	// payload.
	TypeResultTooLarge FailureType = "ResultTooLarge"
	// TypeCompensationFailed: a saga could not undo everything.
	TypeCompensationFailed FailureType = "CompensationFailed"
	// TypeStartFailed: the operation was not started or, with MayRun, may have been. On the wire
	// the code follows. "StartFailed.ALREADY_EXISTS" says that the resource is somebody else's.
	TypeStartFailed FailureType = "StartFailed"
	// TypeInvalidInput: the input was refused before anything was sent.
	TypeInvalidInput FailureType = "InvalidInput"
	// TypeNotAllowed: the rules of the worker behind a Nexus endpoint do not allow the caller what it
	// asked for. Nothing was sent.
	TypeNotAllowed FailureType = "NotAllowed"
	// TypeWaitNotFound: a Nexus caller named a wait that does not run, or is not the caller's to steer.
	// Nothing was sent.
	TypeWaitNotFound FailureType = "WaitNotFound"
)

func (t FailureType) known() bool {
	switch t {
	case TypeOperationFailed, TypePollFailed, TypeOperationCanceled, TypeOperationGone, TypeAwaitTimeout,
		TypeProtocolError, TypeResultTooLarge, TypeCompensationFailed, TypeStartFailed, TypeInvalidInput, TypeNotAllowed, TypeWaitNotFound:
		return true
	default:
		return false
	}
}

// Failure is why a wait failed. It is the one struct in the details of the
// temporal.ApplicationError that activities.NewError makes and [AsFailure] reads.
type Failure struct {
	// Type travels as the ApplicationError's Type.
	Type FailureType `json:"-"`
	// Outcome holds the Ref, the operation as it was last seen, with its error and its last
	// metadata (which says, for example, which statements committed), and what awaiting it took.
	Outcome
	// PollError is why the state could not be read, for TypePollFailed and TypeProtocolError. For
	// TypeAwaitTimeout it is why the last read failed, nil if it did not.
	PollError *Status `json:"pollError,omitempty"`
	// Field and Value name the refused field and its value, for TypeInvalidInput, TypeNotAllowed and
	// TypeWaitNotFound. Field is the path in JSON, such as "policy.coefficient" or "refs[3]", and "input"
	// for the whole. For TypeNotAllowed it may be "caller" or "operation", which are no fields.
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`
	// Reason says what is wrong with Value, if there is a Field. For TypeAwaitTimeout it names the
	// workflow's own timeout that was near, "" if the wait's deadline came.
	Reason string `json:"reason,omitempty"`
	// Removal says what became of the target, one of Resources, for TypeOperationCanceled of a run that was undone: as
	// in an UndoOutcome of package workflows.
	Removal string `json:"removal,omitempty"`
	// StartError is why the operation was not started, for TypeStartFailed.
	StartError *Status `json:"startError,omitempty"`
	// MayRun says, for TypeStartFailed, that the call may have started an operation all the same.
	MayRun bool `json:"mayRun,omitempty"`
	// Resources has names, by the type of the failure:
	//
	//   - TypeCompensationFailed: the resources that could not be undone, once each, with those that
	//     sagas inside left. Where steps of two services share a name, it is "//SERVICE/NAME"
	//   - TypeStartFailed: the resource that was to be made or changed
	//   - TypeOperationCanceled of a run that was undone: its target
	//   - TypePollFailed and TypeProtocolError without a Ref: the collection that could not be listed
	//   - the failure of a set: the operations that were left running
	Resources []string `json:"resources,omitempty"`
	// Set counts the operations of a set by their states, for the failure of a set, and is nil for others.
	Set *SetCounts `json:"set,omitempty"`
	// ResourcesOmitted counts the resources that Resources does not name, because they do not fit
	// [MaxEncodedSize] or are beyond a set's first 100.
	ResourcesOmitted int `json:"resourcesOmitted,omitempty"`
	// UndoErrors has the reasons, one for each of Resources in their order, for
	// TypeCompensationFailed. If names take all the room, only the first resources have a reason. A
	// reason is "" if a saga inside gave none.
	UndoErrors []string `json:"undoErrors,omitempty"`
	// Cause is why the saga undid its steps, for TypeCompensationFailed.
	Cause *Cause `json:"cause,omitempty"`

	newer bool // whether a worker of a newer release may take the input
}

// SetCounts counts the operations of a set by their states.
type SetCounts struct {
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Canceled  int `json:"canceled"`
	Running   int `json:"running"`
}

// maxLine bounds a failure's message and Reason, in bytes. The longest Ref and a
// status message of 1 KiB fit it.
const maxLine = 4 << 10

// Invalid returns the failure for a refused input. An [*InvalidError] in err gives its field and
// value. ref may be zero. It keeps the operation that the input named from being lost with the
// input.
func Invalid(ref Ref, err error) Failure {
	f := Failure{Type: TypeInvalidInput, Outcome: Outcome{Ref: ref}, Reason: oneLine(err.Error(), maxLine)}
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		f.Field, f.Value, f.newer = clip(inJSON(invalid.Field), 200), clip(invalid.Value, 200), invalid.Newer
	}
	return f
}

// partOfRef is a field of a Ref or a Collection, which JSON holds in one text.
var partOfRef = regexp.MustCompile(`^((?:.*\.)?(?:refs?|collections?)(?:\[\d+\])?)\.(?:service|name)$`)

// inJSON is the path in JSON of a field that is part of a text there.
func inJSON(field string) string { return partOfRef.ReplaceAllString(field, "$1") }

// ForNewer reports whether a newer release may know the refused field: an [InvalidError] with Newer
// set. A worker of that release may take the input.
func (f Failure) ForNewer() bool { return f.newer }

// Message says on one line what failed: the message of the ApplicationError.
func (f Failure) Message() string { return oneLine(f.message(), maxLine) }

// Status returns the google.rpc.Status behind the failure: the operation's own error, or why the
// operation could not be read or started. It is nil if there is none.
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

// Code returns the failure's code: the Status's, CANCELLED for TypeOperationCanceled, NOT_FOUND for
// TypeOperationGone and TypeWaitNotFound, DEADLINE_EXCEEDED for TypeAwaitTimeout, INVALID_ARGUMENT
// for TypeInvalidInput, PERMISSION_DENIED for TypeNotAllowed, and UNKNOWN otherwise.
func (f Failure) Code() Code {
	if status := f.Status(); status != nil {
		return status.Code
	}
	switch f.Type {
	case TypeOperationCanceled:
		return CodeCanceled
	case TypeOperationGone, TypeWaitNotFound:
		return CodeNotFound
	case TypeAwaitTimeout:
		return CodeDeadlineExceeded
	case TypeInvalidInput:
		return CodeInvalidArgument
	case TypeNotAllowed:
		return CodePermissionDenied
	default:
		return CodeUnknown
	}
}

// ErrorType returns the Type of the ApplicationError: f's Type and, if the type has codes, a dot
// and the code.
func (f Failure) ErrorType() string {
	switch f.Type {
	case TypeOperationFailed, TypePollFailed, TypeStartFailed:
		return string(f.Type) + "." + f.Code().String()
	default:
		return string(f.Type)
	}
}

// MarshalJSON writes the Failure with what only Go code can tell otherwise: its code by name, and what [Retryable] says of
// it. They are not read back. A Failure without a Type has none of them.
func (f Failure) MarshalJSON() ([]byte, error) {
	type plain Failure
	wire := struct {
		plain
		failureHints
	}{plain: plain(f)}
	if f.Type != "" {
		wire.failureHints = f.hints()
	}
	return json.Marshal(wire)
}

// failureHints are what a Failure in JSON tells to programs that are not in Go.
type failureHints struct {
	// Code is the failure's code by name, such as "FAILED_PRECONDITION".
	Code string `json:"code,omitempty"`
	// Retryable says that starting the step again can help, since the operation itself failed, and by a code
	// that may pass.
	Retryable bool `json:"retryable,omitempty"`
	// RetryAfter is how long the service asks to wait first.
	RetryAfter Duration `json:"retryAfter,omitzero"`
}

func (f Failure) hints() failureHints {
	again, after := f.retryable()
	return failureHints{Code: f.Code().String(), Retryable: again, RetryAfter: DurationOf(after)}
}

// UnmarshalJSON reads the JSON of a Failure. It keeps the text of a Ref that is not valid, because
// the input may have been refused for it. JSON without an operation is another program's failure of
// the same type, and an error.
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
