package testsuite

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// End is how an operation ends. The zero End is success with the response the
// method has: the resource for one that Spanner's HTTP methods started, an
// empty message otherwise.
type End struct {
	kind     endKind
	status   *lro.Status
	response json.RawMessage
	err      error // why the End cannot be used; told by Start
}

type endKind int

const (
	endDefault endKind = iota
	endResponse
	endNeither
	endError
	endGone
	endNever
	endRaw
)

// Succeed is success with the given response: a proto message (whose type is
// added), JSON in a string, []byte or json.RawMessage (taken as it is, with the
// "@type" it should have), or a value for encoding/json.
func Succeed(response any) End {
	raw, err := anyJSON(response)
	if raw == nil && err == nil {
		return End{}
	}
	return End{kind: endResponse, response: raw, err: err}
}

// SucceedLarge is success with a response of size bytes of JSON, a
// google.protobuf.StringValue. Temporal's limit for a payload is 2 MiB.
func SucceedLarge(size int) End {
	const head, tail = `{"@type":"` + typePrefix + `google.protobuf.StringValue","value":"`, `"}`
	if size < len(head)+len(tail) {
		return End{kind: endResponse, err: fmt.Errorf("a large response of %d bytes is less than its envelope of %d", size, len(head)+len(tail))}
	}
	return End{kind: endResponse, response: json.RawMessage(head + strings.Repeat("x", size-len(head)-len(tail)) + tail)}
}

// DoneWithNeither is done with neither error nor response: success with an
// empty response (AIP-151).
func DoneWithNeither() End { return End{kind: endNeither} }

// Fail is an error with the given code, message and details; details are as the
// response of [Succeed]. Code OK is refused: see [Odd].
func Fail(code lro.Code, message string, details ...any) End {
	status, err := newStatus(code, message, details)
	return End{kind: endError, status: status, err: err}
}

// EndCanceled is an error with code CANCELLED: somebody else canceled it.
func EndCanceled() End { return Fail(lro.CodeCanceled, "the operation was canceled") }

// Vanish is no end at all: from then on the service does not know the operation.
func Vanish() End { return End{kind: endGone} }

// RunForever never ends. Progress follows [Script.RunsFor], if it is set, and
// stops at 99 percent.
func RunForever() End { return End{kind: endNever} }

// Odd is the given JSON in place of an operation, for the shapes that none
// should have, such as done with an error whose code is 0.
func Odd(body string) End {
	raw, err := compact([]byte(body))
	return End{kind: endRaw, response: raw, err: err}
}

func (e End) validate(field string) error {
	if e.err == nil {
		return nil
	}
	return &lro.InvalidError{Field: field, Value: e.err.Error(), Want: "an end that can be written as JSON"}
}

func (e End) succeeds() bool {
	return e.kind == endDefault || e.kind == endResponse || e.kind == endNeither
}
