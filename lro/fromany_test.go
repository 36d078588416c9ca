package lro_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/awaitop/awaitop/lro"
)

// prefix stands before the name in a type URL.
const prefix = "type.googleapis.com/"

// acmeTypes are types that no package of this program has: acme.Cluster, with an Any among its fields.
func acmeTypes(t *testing.T) *dynamicpb.Types {
	t.Helper()
	set := &descriptorpb.FileDescriptorSet{}
	const text = `{"file":[{"name":"google/protobuf/any.proto","package":"google.protobuf","syntax":"proto3","messageType":[{"name":"Any","field":[
		{"name":"type_url","number":1,"label":"LABEL_OPTIONAL","type":"TYPE_STRING"},{"name":"value","number":2,"label":"LABEL_OPTIONAL","type":"TYPE_BYTES"}]}]},
	{"name":"acme.proto","package":"acme","syntax":"proto3","dependency":["google/protobuf/any.proto"],"messageType":[{"name":"Cluster","field":[
		{"name":"node_count","jsonName":"nodeCount","number":1,"label":"LABEL_OPTIONAL","type":"TYPE_INT64"},
		{"name":"value","jsonName":"value","number":2,"label":"LABEL_OPTIONAL","type":"TYPE_STRING"},
		{"name":"extra","jsonName":"extra","number":3,"label":"LABEL_OPTIONAL","type":"TYPE_MESSAGE","typeName":".google.protobuf.Any"}]}]}]}`
	if err := protojson.Unmarshal([]byte(text), set); err != nil {
		t.Fatal(err)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewTypes(files)
}

// packed is an acme.Cluster.
func packed(t *testing.T, fields string) *anypb.Any {
	t.Helper()
	types := acmeTypes(t)
	cluster, err := types.FindMessageByName("acme.Cluster")
	if err != nil {
		t.Fatal(err)
	}
	message := cluster.New().Interface()
	if err := (protojson.UnmarshalOptions{Resolver: both{types}}).Unmarshal([]byte(fields), message); err != nil {
		t.Fatal(err)
	}
	return anyOf(t, message)
}

// both finds the types of the program as well.
type both struct{ *dynamicpb.Types }

func (b both) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	if found, err := protoregistry.GlobalTypes.FindMessageByURL(url); err == nil {
		return found, nil
	}
	return b.Types.FindMessageByURL(url)
}

func TestFromAny(t *testing.T) {
	t.Parallel()
	unknown := &anypb.Any{TypeUrl: prefix + "acme.Unknown", Value: []byte("abc")}
	nested := anyOf(t, &statuspb.Status{Code: 5, Details: []*anypb.Any{unknown, anyOf(t, durationpb.New(1e9))}})
	cluster := packed(t, `{"nodeCount":"9007199254740993","value":"text","extra":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}`)
	rows := map[string]struct {
		reason  string
		message *anypb.Any
		types   []lro.Types
		want    string
	}{
		"nil":                 {"absent", nil, nil, ``},
		"empty":               {"of no type", &anypb.Any{}, nil, `{}`},
		"known":               {"its fields", anyOf(t, &errdetails.ErrorInfo{Reason: "R"}), nil, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R"}`},
		"own form":            {"a well-known type under value", anyOf(t, durationpb.New(1e9)), nil, `{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}`},
		"unknown":             {"its bytes", unknown, nil, `{"@type":"type.googleapis.com/acme.Unknown","@value":"YWJj"}`},
		"unknown and empty":   {"still told from one that was read", &anypb.Any{TypeUrl: prefix + "acme.Unknown"}, nil, `{"@type":"type.googleapis.com/acme.Unknown","@value":""}`},
		"unknown below known": {"the known message's fields can be read all the same", nested, nil, `{"@type":"type.googleapis.com/google.rpc.Status","code":5,"details":[{"@type":"type.googleapis.com/acme.Unknown","@value":"YWJj"},{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}]}`},
		"no type":             {"bytes without a type are kept", &anypb.Any{Value: []byte("abc")}, nil, `{"@value":"YWJj"}`},
		"corrupt":             {"so are those that do not decode", &anypb.Any{TypeUrl: prefix + "google.rpc.ErrorInfo", Value: []byte("abc")}, nil, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","@value":"YWJj"}`},
		"given":               {"by descriptors", cluster, []lro.Types{acmeTypes(t)}, `{"@type":"type.googleapis.com/acme.Cluster","nodeCount":"9007199254740993","value":"text","extra":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}`},
		"given second":        {"each is asked", cluster, []lro.Types{new(protoregistry.Types), acmeTypes(t)}, `{"@type":"type.googleapis.com/acme.Cluster","nodeCount":"9007199254740993","value":"text","extra":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}`},
		"given another":       {"none has it", unknown, []lro.Types{acmeTypes(t)}, `{"@type":"type.googleapis.com/acme.Unknown","@value":"YWJj"}`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(lro.FromAny(row.message, row.types...)); got != row.want {
				t.Errorf("%s: %s, want %s", row.reason, got, row.want)
			}
		})
	}
}

// JSON that nests too deep could not cross Temporal's boundary.
func TestFromAnyTooDeep(t *testing.T) {
	t.Parallel()
	value := structpb.NewNullValue()
	for range lro.MaxDepth {
		value = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{value}})
	}
	deep := anyOf(t, value)
	raw := lro.FromAny(deep)
	if !strings.Contains(string(raw), `"@value":`) {
		t.Fatalf("%.80s", raw)
	}
	if got, err := lro.Decode[*structpb.Value](raw); err != nil || !proto.Equal(got, value) {
		t.Errorf("it does not come back: %v", err)
	}
}

// What FromAny writes, Decode reads: the same message, whether or not the writer knew the types.
func TestEncodedRoundTrip(t *testing.T) {
	t.Parallel()
	info := &errdetails.ErrorInfo{Reason: "R", Metadata: map[string]string{"a": "b"}}
	encoded := func(message proto.Message) string { // by a writer without the type
		packed := anyOf(t, message)
		raw, err := json.Marshal(map[string]any{"@type": packed.GetTypeUrl(), "@value": packed.GetValue()})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	unknown := &anypb.Any{TypeUrl: prefix + "acme.Unknown", Value: []byte{0, 1, 255}}
	rows := map[string]struct {
		reason, raw string
		decode      func(json.RawMessage) (proto.Message, error)
		want        proto.Message // nil for an error
	}{
		"encoded":            {"of the wanted type", encoded(info), as[*errdetails.ErrorInfo], info},
		"well-known":         {"with a form of its own otherwise", encoded(durationpb.New(1e9)), as[*durationpb.Duration], durationpb.New(1e9)},
		"no bytes":           {"the empty message", `{"@type":"x/google.rpc.ErrorInfo","@value":""}`, as[*errdetails.ErrorInfo], &errdetails.ErrorInfo{}},
		"no type":            {"the caller says which it is", `{"@value":"CgFS"}`, as[*errdetails.ErrorInfo], &errdetails.ErrorInfo{Reason: "R"}},
		"as an Any":          {"of an unknown type", string(lro.FromAny(unknown)), as[*anypb.Any], unknown},
		"known as an Any":    {"by its fields", string(lro.FromAny(anyOf(t, info))), as[*anypb.Any], anyOf(t, info)},
		"below":              {"of unknown type among the fields", string(lro.FromAny(anyOf(t, &statuspb.Status{Details: []*anypb.Any{unknown}}))), as[*statuspb.Status], &statuspb.Status{Details: []*anypb.Any{unknown}}},
		"below, known here":  {"the reader knows more than the writer", `{"code":5,"details":[` + encoded(info) + `]}`, as[*statuspb.Status], &statuspb.Status{Code: 5, Details: []*anypb.Any{anyOf(t, info)}}},
		"a key of its own":   {"an object of the user's may have it", `{"@type":"x/google.protobuf.Struct","value":{"@value":"text"}}`, as[*structpb.Struct], &structpb.Struct{Fields: map[string]*structpb.Value{"@value": structpb.NewStringValue("text")}}},
		"other type":         {"never read as something else", encoded(info), as[*errdetails.RetryInfo], nil},
		"no base64":          {"damaged", `{"@type":"x/google.rpc.ErrorInfo","@value":"!"}`, as[*errdetails.ErrorInfo], nil},
		"no message":         {"damaged", `{"@type":"x/google.rpc.ErrorInfo","@value":"YWJj"}`, as[*errdetails.ErrorInfo], nil},
		"below, no base64":   {"damaged", `{"details":[{"@type":"x/acme.Unknown","@value":"!"}]}`, as[*statuspb.Status], nil},
		"below, no message":  {"never an empty message in its place", `{"details":[{"@type":"x/google.rpc.ErrorInfo","@value":"YWJj"}]}`, as[*statuspb.Status], nil},
		"below, JSON fields": {"of an unknown type they cannot become bytes", `{"details":[{"@type":"x/acme.Unknown","a":1}]}`, as[*statuspb.Status], nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := row.decode(json.RawMessage(row.raw))
			if (err != nil) != (row.want == nil) {
				t.Fatalf("%s: %v", row.reason, err)
			}
			if diff := cmp.Diff(row.want, got, protocmp.Transform()); err == nil && diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// A struct cannot take an encoded message, and an empty one would be a wrong answer. The error says why it is encoded.
func TestEncodedAsStruct(t *testing.T) {
	t.Parallel()
	known := anyOf(t, &errdetails.ErrorInfo{Reason: "R"})
	rows := map[string]struct {
		reason, raw string
		says        string
		corrupt     bool
	}{
		"unknown":       {"to the client and here", string(lro.FromAny(&anypb.Any{TypeUrl: prefix + "acme.Unknown", Value: []byte("abc")})), "decode acme.Unknown as struct { Name string }: it is encoded, because the gRPC client did not know its type; ", false},
		"no type":       {"it names none", `{"@value":"YWJj"}`, "did not know its type", false},
		"known here":    {"the client was another program", `{"@type":"x/google.rpc.ErrorInfo","@value":"` + base64.StdEncoding.EncodeToString(known.GetValue()) + `"}`, "did not know its type", false},
		"corrupt":       {"the client knew the type", string(lro.FromAny(&anypb.Any{TypeUrl: known.GetTypeUrl(), Value: []byte("abc")})), "decode google.rpc.ErrorInfo as struct { Name string }: it is encoded, because its bytes are no message of that type", true},
		"damaged":       {"on its way", `{"@type":"x/google.rpc.ErrorInfo","@value":"!"}`, "its bytes are no message", true},
		"damaged alone": {"of an unknown type", `{"@type":"x/acme.Unknown","@value":"!"}`, "did not know its type", false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.Decode[struct{ Name string }](json.RawMessage(row.raw))
			var encoded *lro.EncodedError
			if !errors.As(err, &encoded) || encoded.Corrupt != row.corrupt || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%s: %+v, %v", row.reason, got, err)
			}
		})
	}
}

// What is no struct takes the encoded message as it is.
func TestEncodedAsJSON(t *testing.T) {
	t.Parallel()
	raw := lro.FromAny(&anypb.Any{TypeUrl: prefix + "acme.Unknown", Value: []byte("abc")})
	if got, err := lro.Decode[map[string]string](raw); err != nil || got["@value"] != "YWJj" {
		t.Errorf("%v, %v", got, err)
	}
	if got := lro.TypeOf(raw); got != "acme.Unknown" {
		t.Errorf("its type is %q", got)
	}
}

// FuzzFromAny wants each message of an unknown type back, whatever its bytes, and JSON for any other.
func FuzzFromAny(f *testing.F) {
	f.Add("acme.Unknown", []byte("abc"))
	f.Add("google.rpc.ErrorInfo", []byte("\n\x01R"))
	f.Add("google.rpc.Status", []byte("\x1a\x05\n\x03a/b"))
	f.Fuzz(func(t *testing.T, name string, value []byte) {
		message := &anypb.Any{TypeUrl: prefix + name, Value: value}
		raw := lro.FromAny(message)
		if !json.Valid(raw) {
			t.Fatalf("%q is no JSON", raw)
		}
		got, err := lro.Decode[*anypb.Any](raw)
		if strings.HasPrefix(name, "acme.") && protoreflect.FullName(name).IsValid() && (err != nil || !proto.Equal(message, got)) {
			t.Errorf("%v became %s, %v", message, raw, err)
		}
	})
}
