package lro

import (
	"encoding/json"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"
)

// Types finds types of messages. A *dynamicpb.Types is one, made of descriptors: those that
// "buf build" or "protoc --include_imports --descriptor_set_out" write need no generated code.
//
//	files, err := protodesc.NewFiles(set) // a *descriptorpb.FileDescriptorSet
//	types := dynamicpb.NewTypes(files)
type Types interface {
	protoregistry.MessageTypeResolver
	protoregistry.ExtensionTypeResolver
}

// FromAny returns a message as JSON, nil for nil. The type is looked for among those of the program,
// which are those of the packages that it imports, then in types, one after the other.
//
// A message of another type stays encoded, so that nothing is lost:
//
//	{"@type": "type.googleapis.com/acme.Unknown", "@value": "CgVvdGhlcg=="}
//
// "@value" is the message in base64. The name is that of grpcurl, and no field of a message has it.
// [Decode] reads the message from either form, in a program that has the type. Equal messages give
// equal bytes.
func FromAny(message *anypb.Any, types ...Types) json.RawMessage {
	if message == nil {
		return nil
	}
	raw, err := protoJSON(protojson.MarshalOptions{AllowPartial: true, Resolver: resolver(types)}, message)
	if err != nil || tooDeep(raw) { // it does not decode, or has invalid UTF-8
		return encodedJSON(message)
	}
	return raw
}

// resolver finds the types of the program first. A type that nobody knows is an [encodedType].
type resolver []Types

func (r resolver) all() []Types { return slices.Concat([]Types{protoregistry.GlobalTypes}, r) }

func (r resolver) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	for _, types := range r.all() {
		if found, err := types.FindMessageByURL(url); err == nil {
			return found, nil
		}
	}
	return newEncodedType(), nil
}

func (r resolver) FindMessageByName(name protoreflect.FullName) (protoreflect.MessageType, error) {
	return first(r, func(t Types) (protoreflect.MessageType, error) { return t.FindMessageByName(name) })
}

func (r resolver) FindExtensionByName(name protoreflect.FullName) (protoreflect.ExtensionType, error) {
	return first(r, func(t Types) (protoreflect.ExtensionType, error) { return t.FindExtensionByName(name) })
}

func (r resolver) FindExtensionByNumber(message protoreflect.FullName, number protoreflect.FieldNumber) (protoreflect.ExtensionType, error) {
	return first(r, func(t Types) (protoreflect.ExtensionType, error) { return t.FindExtensionByNumber(message, number) })
}

// first is what the first of the types finds.
func first[T any](r resolver, find func(Types) (T, error)) (found T, err error) {
	for _, types := range r.all() {
		if found, err = find(types); err == nil {
			return found, nil
		}
	}
	return found, protoregistry.NotFound
}
