package lro

import (
	"bytes"
	"encoding/json"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// Encode returns v as JSON: a proto message in the proto JSON mapping, any other value as
// encoding/json writes it. Equal values give equal bytes, so that workflow code may call it.
// protojson alone puts in spaces at random. It fails for a value without JSON, such as a channel,
// or an Any of a type that the program does not have.
func Encode(v any) (json.RawMessage, error) {
	message, ok := v.(proto.Message)
	if !ok {
		return json.Marshal(v)
	}
	return protoJSON(protojson.MarshalOptions{}, message)
}

// protoJSON is a message in JSON without the spaces that protojson puts in.
func protoJSON(options protojson.MarshalOptions, message proto.Message) (json.RawMessage, error) {
	raw, err := options.Marshal(message)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	err = json.Compact(&compact, raw)
	return compact.Bytes(), err
}
