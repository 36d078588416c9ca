package lro

import (
	"encoding/json"
	"fmt"
	"reflect"

	"google.golang.org/protobuf/types/known/anypb"
)

// EncodedError is the error of [Decode] for a message that a gRPC client has kept encoded, see [FromAny], and whose fields
// are wanted as those of a struct.
type EncodedError struct {
	// Type is the message's full name, "" if it has none.
	Type string
	// Corrupt says that this program has the type, and that the bytes are no message of it. Otherwise the gRPC client did
	// not know the type.
	Corrupt bool
}

func (e *EncodedError) Error() string {
	if e.Corrupt {
		return "it is encoded, because its bytes are no message of that type"
	}
	return "it is encoded, because the gRPC client did not know its type; import the type's Go package in that program, give the client its descriptors, or decode it as its proto message"
}

// checkEncoded refuses an encoded message for a struct, whose fields it does not have.
func checkEncoded(raw json.RawMessage, wanted reflect.Type) error {
	value, encoded, err := encodedValue(raw)
	if !encoded || !isStruct(wanted) {
		return nil
	}
	name := TypeOf(raw)
	still := err != nil
	if err == nil {
		_, still, _ = encodedValue(FromAny(&anypb.Any{TypeUrl: "/" + name, Value: value}))
	}
	problem := &EncodedError{Type: name, Corrupt: still && isKnown("/"+name)}
	return fmt.Errorf("decode %s as %s: %w", describe(raw), wanted, problem)
}
