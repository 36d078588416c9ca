package testsuite

import (
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

// End is how an operation ends. The zero End is success with the method's
// response: the resource if one of Spanner's methods started it, else an empty
// message.
type End struct {
	kind     endKind
	status   *lro.Status
	response json.RawMessage
	err      error // why the End cannot be used; Start and Plan say so
}

type endKind int

const (
	endDefault endKind = iota
	endResponse
	endNeither
	endError
	endGone
	endNever
)

// Succeed is success with the given response: a proto message (whose type is
// added), JSON in a string, []byte or json.RawMessage (taken as it is, with the
// "@type" it should have), or a value for encoding/json. nil is done with neither
// error nor response, which is success with an empty response (AIP-151).
func Succeed(response any) End {
	raw, err := anyJSON(response)
	if raw == nil && err == nil {
		return End{kind: endNeither}
	}
	return End{kind: endResponse, response: raw, err: err}
}

// Fail is an error with the given code, message and details. A detail is as the
// response of [Succeed]. Code CANCELLED says that another caller canceled the
// operation. Code OK is refused.
func Fail(code lro.Code, message string, details ...any) End {
	status, err := newStatus(code, message, details)
	return End{kind: endError, status: status, err: err}
}

// Vanish ends the operation without a trace: from then on the service answers
// NOT_FOUND.
func Vanish() End { return End{kind: endGone} }

// RunForever never ends. Progress follows [Script.RunsFor], if it is set, and
// stops at 99 percent.
func RunForever() End { return End{kind: endNever} }

func (e End) validate(field string) error {
	if e.err == nil {
		return nil
	}
	return &lro.InvalidError{Field: field, Value: e.err.Error(), Want: "an end that can be written as JSON"}
}

func (e End) succeeds() bool {
	return e.kind == endDefault || e.kind == endResponse || e.kind == endNeither
}
