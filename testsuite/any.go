package testsuite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/awaitop/awaitop/lro"
)

const typePrefix = "type.googleapis.com/"

// emptyResponse is the response of a method without one.
var emptyResponse = json.RawMessage(`{"@type":"` + typePrefix + `google.protobuf.Empty"}`)

// anyJSON writes v as the JSON of a google.protobuf.Any: a proto message with
// its type, JSON as it is, and any other value as encoding/json writes it.
func anyJSON(v any) (json.RawMessage, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case proto.Message:
		return protoAny(v)
	case string:
		return compact([]byte(v))
	case json.RawMessage:
		return compact(v)
	case []byte:
		return compact(v)
	default:
		return json.Marshal(v)
	}
}

func protoAny(message proto.Message) (json.RawMessage, error) {
	packed, err := anypb.New(message)
	if err != nil {
		return nil, err
	}
	body, err := protojson.Marshal(packed)
	if err != nil {
		return nil, err
	}
	return compact(body) // protojson's spaces are random
}

func compact(body []byte) (json.RawMessage, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, body); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	return out.Bytes(), nil
}

// newStatus returns a google.rpc.Status; details are as for [Succeed].
func newStatus(code lro.Code, message string, details []any) (*lro.Status, error) {
	status := &lro.Status{Code: code, Message: message}
	if code == lro.CodeOK {
		return status, errors.New("an error's code cannot be OK")
	}
	for _, detail := range details {
		raw, err := anyJSON(detail)
		if err != nil {
			return status, err
		}
		status.Details = append(status.Details, raw)
	}
	return status, nil
}

// object marshals fields that the service made or read as JSON.
func object(fields map[string]any) json.RawMessage {
	body, err := json.Marshal(fields)
	if err != nil {
		return json.RawMessage("{}")
	}
	return body
}
