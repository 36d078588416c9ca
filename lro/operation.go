package lro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// State is the state of an Operation. There are four. [ParseOperation] reads the API's odd shapes
// as one of them.
type State string

// The states of an operation.
const (
	StateRunning   State = "running"
	StateSucceeded State = "succeeded"
	StateFailed    State = "failed"
	StateCanceled  State = "canceled"
)

// Terminal reports whether the state is final.
func (s State) Terminal() bool { return s == StateSucceeded || s == StateFailed || s == StateCanceled }

// Operation is one observation of an operation, in the JSON mapping of
// google.longrunning.Operation. Metadata and Response are google.protobuf.Any
// messages in JSON, kept as they came: no number rounded, no field lost.
type Operation struct {
	// Name is the server-assigned name. It may be empty on an operation that
	// was already done when it was returned.
	Name string `json:"name,omitempty"`
	// Done is true once the operation has ended.
	Done bool `json:"done,omitempty"`
	// Metadata is the service's progress record, absent if it has none.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// Error is set if the operation ended in error.
	Error *Status `json:"error,omitempty"`
	// Response is the result, absent if a success has none.
	Response json.RawMessage `json:"response,omitempty"`
	// Truncated is awaitop's own: metadata or response were dropped, because the whole did not fit
	// a Temporal payload, see [MaxEncodedSize].
	Truncated bool `json:"truncated,omitempty"`
}

// State returns the state. Done with neither error nor response is success with
// an empty response, as AIP-151 allows for methods that return nothing.
func (o Operation) State() State {
	switch {
	case !o.Done:
		return StateRunning
	case o.Error == nil:
		return StateSucceeded
	case o.Error.Code == CodeCanceled:
		return StateCanceled
	default:
		return StateFailed
	}
}

// ErrNotOperation is wrapped by the errors of [ParseOperation] for a body that is JSON, but not an
// operation.
var ErrNotOperation = errors.New("not a google.longrunning.Operation")

// ParseOperation reads one operation from the JSON of an API's answer and normalizes its odd
// shapes. null is absent. Error and response of a running operation are ignored.
//
// Keys match by case. A body that is not JSON gives a plain error: it may be a proxy's page or a
// reply that was cut off, and reading again can help. JSON that is not an operation wraps
// [ErrNotOperation]:
//
//   - a value that is not an object
//   - an object with neither a name nor done
//   - an error whose code is 0, or both an error and a response
//   - an object with neither done nor metadata, and with a field that no operation has. A resource has
//     such fields, and so have the operations of services with a form of their own.
//
// Beside done or metadata, unknown fields are ignored.
func ParseOperation(body []byte) (Operation, error) {
	if !json.Valid(body) {
		return Operation{}, fmt.Errorf("body of %d bytes is not JSON", len(body))
	}
	if !utf8.Valid(body) {
		// encoding/json would pass invalid UTF-8 on in raw values, and other SDKs would not read
		// the payload.
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	op, err := readOperation(body)
	if err != nil {
		return Operation{}, fmt.Errorf("%w: %w", ErrNotOperation, err)
	}
	if err := op.Normalize(); err != nil {
		return Operation{}, err
	}
	if err := op.checkNamed(); err != nil {
		return Operation{}, err
	}
	return op, nil
}

func readOperation(body []byte) (Operation, error) {
	var op Operation
	fields, err := keysOf(body)
	if err == nil {
		err = checkShape(fields)
	}
	if err != nil {
		return op, err
	}
	op.Metadata, op.Response = bytes.Clone(fields["metadata"]), bytes.Clone(fields["response"])
	if absentIfNull(fields["error"]) != nil {
		op.Error, err = readStatus(fields["error"])
	}
	return op, errors.Join(readField(fields, "name", &op.Name), readField(fields, "done", &op.Done), err)
}

func readStatus(raw json.RawMessage) (*Status, error) {
	fields, err := keysOf(raw)
	if err != nil {
		return &Status{}, err
	}
	s := &Status{}
	s.Details, err = readElements(fields, "details")
	for i := range s.Details {
		s.Details[i] = bytes.Clone(s.Details[i])
	}
	return s, errors.Join(err,
		readCode(fields, &s.Code),
		readField(fields, "message", &s.Message))
}

// readField decodes a field if it is there.
func readField(fields map[string]json.RawMessage, key string, into any) error {
	if fields[key] == nil {
		return nil
	}
	if err := json.Unmarshal(fields[key], into); err != nil {
		return fmt.Errorf("its %s is %s", key, clip(string(fields[key]), 40))
	}
	return nil
}

// readCode decodes a code. It takes any form of a whole number, as proto's JSON does.
func readCode(fields map[string]json.RawMessage, into *Code) error {
	var number float64
	if err := readField(fields, "code", &number); err != nil {
		return err
	}
	if number != math.Trunc(number) || math.Abs(number) > math.MaxInt32 {
		return fmt.Errorf("its code is %s", clip(string(fields["code"]), 40))
	}
	*into = Code(number)
	return nil
}

// checkNamed refuses an operation that nothing could be asked about.
func (o *Operation) checkNamed() error {
	if o.Name == "" && !o.Done {
		return fmt.Errorf("%w: it has no name and is not done", ErrNotOperation)
	}
	return nil
}

// Normalize applies [ParseOperation]'s rules for odd shapes to an operation from another source,
// such as a workflow's input. Its error wraps [ErrNotOperation].
func (o *Operation) Normalize() error {
	o.Metadata = absentIfNull(o.Metadata)
	o.Response = absentIfNull(o.Response)
	switch {
	case !o.Done:
		o.Error, o.Response = nil, nil
	case o.Error != nil && o.Error.Code == CodeOK:
		return fmt.Errorf("%w: it is done with an error whose code is 0", ErrNotOperation)
	case o.Error != nil && o.Response != nil:
		return fmt.Errorf("%w: it has both an error and a response", ErrNotOperation)
	}
	return nil
}

func absentIfNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return nil
	}
	return raw
}
