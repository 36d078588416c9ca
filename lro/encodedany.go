package lro

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/runtime/protoiface"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
)

// encodedKey is the field of an Any in JSON that has the encoded message, see [FromAny].
const encodedKey = "@value"

// encodedJSON is a message of an unknown type, or one that does not decode.
func encodedJSON(message *anypb.Any) json.RawMessage {
	raw, err := json.Marshal(struct {
		Type  string `json:"@type,omitempty"`
		Value []byte `json:"@value"`
	}{Type: message.GetTypeUrl(), Value: message.GetValue()})
	if err != nil { // a text and bytes always encode
		return nil
	}
	return raw
}

// encodedValue returns the encoded message in the JSON of an Any. ok is false if the JSON has the
// message's fields.
func encodedValue(raw json.RawMessage) (encoded []byte, ok bool, err error) {
	if !bytes.Contains(raw, []byte(encodedKey)) {
		return nil, false, nil
	}
	fields, err := object(raw)
	if err != nil || fields[encodedKey] == nil {
		return nil, false, nil //nolint:nilerr // what is no object is not encoded
	}
	if err := json.Unmarshal(fields[encodedKey], &encoded); err != nil {
		return nil, true, fmt.Errorf("its %s is no base64", encodedKey)
	}
	return encoded, true, nil
}

// encodedType stands for every type that is not known, so that protojson writes and reads a message of
// it below known ones: as {"@type": ..., "@value": ...}.
type encodedType struct{ protoreflect.MessageType }

func newEncodedType() protoreflect.MessageType {
	return encodedType{dynamicpb.NewMessageType(encodedField().ContainingMessage())}
}

// encodedField is the one field of the type.
var encodedField = sync.OnceValue(func() protoreflect.FieldDescriptor {
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("awaitop/encoded.proto"), Package: proto.String("awaitop"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Encoded"),
			Field: []*descriptorpb.FieldDescriptorProto{{
				Name: proto.String("value"), JsonName: proto.String(encodedKey), Number: proto.Int32(1),
				Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_BYTES.Enum(),
			}},
		}},
	}, nil)
	if err != nil {
		panic(err) // it is a constant
	}
	return file.Messages().Get(0).Fields().Get(0)
})

func (t encodedType) New() protoreflect.Message { return &encodedMessage{t.MessageType.New()} }

// encodedMessage is any message. Its one field has the bytes of all the fields of that message.
type encodedMessage struct{ protoreflect.Message }

// ProtoReflect implements [proto.Message].
func (m *encodedMessage) ProtoReflect() protoreflect.Message { return m }

// Interface is the message itself.
func (m *encodedMessage) Interface() protoreflect.ProtoMessage { return m }

// ProtoMethods reads and writes the bytes as they are.
func (m *encodedMessage) ProtoMethods() *protoiface.Methods {
	return &protoiface.Methods{
		Flags: protoiface.SupportMarshalDeterministic | protoiface.SupportUnmarshalDiscardUnknown,
		Unmarshal: func(in protoiface.UnmarshalInput) (protoiface.UnmarshalOutput, error) {
			m.Set(encodedField(), protoreflect.ValueOfBytes(bytes.Clone(in.Buf)))
			return protoiface.UnmarshalOutput{Flags: protoiface.UnmarshalInitialized}, nil
		},
		Marshal: func(in protoiface.MarshalInput) (protoiface.MarshalOutput, error) {
			if !m.Has(encodedField()) {
				return protoiface.MarshalOutput{}, errors.New("its type is not known to this program")
			}
			return protoiface.MarshalOutput{Buf: append(in.Buf, m.Get(encodedField()).Bytes()...)}, nil
		},
	}
}

// expanded is raw with [expand] applied.
func expanded(raw json.RawMessage) (json.RawMessage, error) {
	if !bytes.Contains(raw, []byte(encodedKey)) {
		return raw, nil
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	value, err := expand(value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// expand replaces each encoded Any in a JSON value by its fields, where this program knows the type.
// Without that, what a reader without the type has kept encoded would be ignored below a known
// message.
func expand(value any) (any, error) {
	var err error
	switch v := value.(type) {
	case []any:
		for i := range v {
			if v[i], err = expand(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		url, typed := v["@type"].(string)
		if text, encoded := v[encodedKey].(string); typed && encoded {
			return expandAny(url, text)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) { // which error is returned is the same each time
			if v[key], err = expand(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

func expandAny(url, text string) (any, error) {
	encoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("the %s of %s is no base64", encodedKey, clip(url, 200))
	}
	raw := FromAny(&anypb.Any{TypeUrl: url, Value: encoded})
	if _, still, _ := encodedValue(raw); still && isKnown(url) {
		return nil, fmt.Errorf("the %s of %s does not decode", encodedKey, clip(url, 200))
	}
	return raw, nil
}

// isKnown reports whether this program has the type.
func isKnown(url string) bool {
	_, err := protoregistry.GlobalTypes.FindMessageByURL(url)
	return err == nil
}
