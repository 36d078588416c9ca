package lro

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Decode reads raw, a response, metadata or status detail, as a T: a pointer to
// a proto message (*instancepb.Instance) or any type encoding/json reads (the
// structs of google.golang.org/api/spanner/v1 among them).
//
// Absent raw gives an empty message or the zero T, because an operation may succeed without a
// response. Fields unknown to T are ignored. Decode fails if raw names a proto type other than T's,
// or does not have T's shape. T may be *anypb.Any, which takes every type.
//
// A message that a gRPC client did not know, see [FromAny], is read as a proto message. As a struct
// it is an [*EncodedError], because only a program that has the type can read its fields.
func Decode[T any](raw json.RawMessage) (T, error) {
	var out T
	if _, ok := any(out).(proto.Message); ok {
		message := reflect.New(reflect.TypeFor[T]().Elem()).Interface().(proto.Message)
		if err := decodeProto(raw, message); err != nil {
			return out, err
		}
		return message.(T), nil
	}
	if absentIfNull(raw) == nil {
		return out, nil
	}
	if err := checkEncoded(raw, reflect.TypeFor[T]()); err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("decode %s as %T: %w", describe(raw), out, err)
	}
	return out, nil
}

func decodeProto(raw json.RawMessage, message proto.Message) error {
	if absentIfNull(raw) == nil {
		return nil
	}
	want := message.ProtoReflect().Descriptor().FullName()
	if got := typeName(raw); got != "" && got != want && want != anyName {
		return fmt.Errorf("decode %s as %s: the types differ", describe(raw), want)
	}
	if err := readProto(raw, message, want); err != nil {
		return fmt.Errorf("decode %s as %s: %w", describe(raw), want, err)
	}
	return nil
}

// anyName is the type that holds every other.
const anyName = protoreflect.FullName("google.protobuf.Any")

// readProto reads the JSON of a message of the wanted type.
func readProto(raw json.RawMessage, message proto.Message, want protoreflect.FullName) error {
	if want != anyName || typeName(raw) == anyName {
		encoded, ok, err := encodedValue(raw)
		if ok && err == nil {
			err = proto.Unmarshal(encoded, message)
		}
		if ok || err != nil {
			return err
		}
		if raw, err = withoutType(raw, want); err != nil {
			return err
		}
	}
	raw, err := expanded(raw)
	if err != nil {
		return err
	}
	return protojson.UnmarshalOptions{DiscardUnknown: true, Resolver: resolver{}}.Unmarshal(raw, message)
}

// isStruct reports whether JSON's fields are read into the fields of a Go type.
func isStruct(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return false
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// withoutType takes the "@type" out of an Any in JSON. A well-known type with a
// JSON form of its own stands under "value" there.
func withoutType(raw json.RawMessage, want protoreflect.FullName) (json.RawMessage, error) {
	fields, err := object(raw)
	if err != nil {
		return raw, nil // a well-known type outside an Any, such as "3.5s"
	}
	if _, ok := fields["@type"]; !ok {
		return raw, nil
	}
	if value, ok := fields["value"]; ok && ownJSON(want) {
		return value, nil
	}
	delete(fields, "@type")
	return json.Marshal(fields)
}

// ownJSON reports whether the type has a JSON form of its own. The list is that
// of google.protobuf.Any's documentation; the package has other types with a
// field called value.
func ownJSON(name protoreflect.FullName) bool {
	if name.Parent() != "google.protobuf" {
		return false
	}
	switch name.Name() {
	case "Any", "Timestamp", "Duration", "FieldMask", "Empty", "Struct", "Value", "ListValue",
		"BoolValue", "Int32Value", "Int64Value", "UInt32Value", "UInt64Value",
		"FloatValue", "DoubleValue", "StringValue", "BytesValue":
		return true
	default:
		return false
	}
}

// TypeOf returns the full name of the message type that raw, the JSON of a
// google.protobuf.Any, says it is, such as
// "google.spanner.admin.database.v1.CreateBackupMetadata"; "" if it says none.
func TypeOf(raw json.RawMessage) string { return string(typeName(raw)) }

// typeName returns the full name in an Any's "@type", or "".
func typeName(raw json.RawMessage) protoreflect.FullName {
	var url string
	fields, err := object(raw)
	if err != nil || json.Unmarshal(fields["@type"], &url) != nil {
		return ""
	}
	return protoreflect.FullName(url[strings.LastIndexByte(url, '/')+1:])
}

func describe(raw json.RawMessage) string {
	if name := typeName(raw); name != "" {
		return clip(string(name), 200)
	}
	return fmt.Sprintf("%d bytes of JSON", len(raw))
}
