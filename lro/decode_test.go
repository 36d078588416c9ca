package lro_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/typepb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/awaitop/awaitop/lro"
)

func ExampleDecode() {
	response := json.RawMessage(`{"@type": "type.googleapis.com/google.spanner.admin.instance.v1.Instance",
		"name": "projects/p/instances/i", "nodeCount": 3, "state": "READY"}`)

	// Any struct encoding/json reads will do, such as those of
	// google.golang.org/api/spanner/v1, and so will a proto message.
	type instance struct {
		Name      string `json:"name"`
		NodeCount int    `json:"nodeCount"`
	}
	got, err := lro.Decode[instance](response)
	fmt.Println(got, err)

	_, err = lro.Decode[*errdetails.ErrorInfo](response)
	fmt.Println(err)
	// Output:
	// {projects/p/instances/i 3} <nil>
	// decode google.spanner.admin.instance.v1.Instance as google.rpc.ErrorInfo: the types differ
}

func TestDecodeProto(t *testing.T) {
	t.Parallel()
	const prefix = `{"@type":"type.googleapis.com/google.`
	check := func(name, reason, raw string, want proto.Message, decode func(json.RawMessage) (proto.Message, error)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decode(json.RawMessage(raw))
			if (err != nil) != (want == nil) {
				t.Fatalf("%s: %v", reason, err)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); err == nil && diff != "" {
				t.Errorf("%s (-want +got):\n%s", reason, diff)
			}
		})
	}
	info := &errdetails.ErrorInfo{Reason: "R", Metadata: map[string]string{"value": "v"}}
	check("message", "the type is taken out", prefix+`rpc.ErrorInfo","reason":"R","metadata":{"value":"v"}}`, info, as[*errdetails.ErrorInfo])
	check("untyped", "outside an Any", `{"reason":"R","metadata":{"value":"v"}}`, info, as[*errdetails.ErrorInfo])
	check("other host", "the name is what follows the last slash", `{"@type":"example.com/a/google.rpc.ErrorInfo","reason":"R","metadata":{"value":"v"}}`, info, as[*errdetails.ErrorInfo])
	check("unknown field", "the API may grow", prefix+`rpc.ErrorInfo","reason":"R","metadata":{"value":"v"},"new":[1]}`, info, as[*errdetails.ErrorInfo])
	check("absent", "nothing said", ``, &errdetails.ErrorInfo{}, as[*errdetails.ErrorInfo])
	check("null", "null is absent", ` null `, &errdetails.ErrorInfo{}, as[*errdetails.ErrorInfo])
	check("empty", "the response of methods that return nothing", prefix+`protobuf.Empty"}`, &emptypb.Empty{}, as[*emptypb.Empty])
	check("empty with a value", "protojson writes one", prefix+`protobuf.Empty","value":{}}`, &emptypb.Empty{}, as[*emptypb.Empty])
	check("timestamp", "its form stands under value", prefix+`protobuf.Timestamp","value":"1970-01-01T00:00:01Z"}`, &timestamppb.Timestamp{Seconds: 1}, as[*timestamppb.Timestamp])
	check("bare timestamp", "outside an Any", `"1970-01-01T00:00:01Z"`, &timestamppb.Timestamp{Seconds: 1}, as[*timestamppb.Timestamp])
	check("duration", "its form stands under value", prefix+`protobuf.Duration","value":"1.5s"}`, durationpb.New(1500*time.Millisecond), as[*durationpb.Duration])
	check("field mask", "its form stands under value", prefix+`protobuf.FieldMask","value":"a,bC"}`, &fieldmaskpb.FieldMask{Paths: []string{"a", "b_c"}}, as[*fieldmaskpb.FieldMask])
	check("struct", "a key called value within is its own", prefix+`protobuf.Struct","value":{"value":null}}`, &structpb.Struct{Fields: map[string]*structpb.Value{"value": structpb.NewNullValue()}}, as[*structpb.Struct])
	check("bare struct", "a key called value is its own", `{"value":"v"}`, &structpb.Struct{Fields: map[string]*structpb.Value{"value": structpb.NewStringValue("v")}}, as[*structpb.Struct])
	check("list", "its form stands under value", prefix+`protobuf.ListValue","value":["v"]}`, &structpb.ListValue{Values: []*structpb.Value{structpb.NewStringValue("v")}}, as[*structpb.ListValue])
	check("wrapper", "64 bits are text", prefix+`protobuf.Int64Value","value":"9007199254740993"}`, wrapperspb.Int64(9007199254740993), as[*wrapperspb.Int64Value])
	check("option", "of google.protobuf too, but value is a field of it", prefix+`protobuf.Option","name":"n","value":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}`,
		&typepb.Option{Name: "n", Value: anyOf(t, durationpb.New(time.Second))}, as[*typepb.Option])
	check("any", "an Any in an Any", prefix+`protobuf.Any","value":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}`, anyOf(t, durationpb.New(time.Second)), as[*anypb.Any])
	check("nested", "an Any among the fields", `{"code":5,"details":[{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}]}`, &statuspb.Status{Code: 5, Details: []*anypb.Any{anyOf(t, durationpb.New(time.Second))}}, as[*statuspb.Status])

	check("other type", "never read as something else", prefix+`rpc.RetryInfo","reason":"R"}`, nil, as[*errdetails.ErrorInfo])
	check("no value", "a well-known type without its value", prefix+`protobuf.Timestamp"}`, nil, as[*timestamppb.Timestamp])
	check("bad value", "not its form", prefix+`protobuf.Timestamp","value":7}`, nil, as[*timestamppb.Timestamp])
	check("other shape", "not its shape", `{"reason":7}`, nil, as[*errdetails.ErrorInfo])
	check("text", "not an object", `"R"`, nil, as[*errdetails.ErrorInfo])
	check("array", "not an object", `[]`, nil, as[*errdetails.ErrorInfo])
	check("no JSON", "not JSON", `{"reason":`, nil, as[*errdetails.ErrorInfo])
}

func as[T proto.Message](raw json.RawMessage) (proto.Message, error) { return lro.Decode[T](raw) }

func anyOf(t *testing.T, message proto.Message) *anypb.Any {
	t.Helper()
	out, err := anypb.New(message)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	type database struct {
		Name string `json:"name"`
		Size int64  `json:"size,string"`
	}
	tests := map[string]struct {
		reason string
		raw    string
		want   database
		bad    bool
	}{
		"typed":   {reason: "fields unknown to the struct are ignored, the type among them", raw: `{"@type":"t/X","name":"n","size":"9007199254740993","more":1}`, want: database{Name: "n", Size: 9007199254740993}},
		"absent":  {reason: "nothing said"},
		"null":    {reason: "null is absent", raw: "\tnull\n"},
		"shape":   {reason: "not its shape", raw: `{"@type":"t/X","name":7}`, bad: true},
		"array":   {reason: "not an object", raw: `[]`, bad: true},
		"no JSON": {reason: "not JSON", raw: `{`, bad: true},
		"a name":  {reason: "the message does not grow with it", raw: `{"@type":"t/` + strings.Repeat("x", 1<<16) + `","name":7}`, bad: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.Decode[database](json.RawMessage(tt.raw))
			if (err != nil) != tt.bad {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			if err != nil {
				checkLine(t, err.Error())
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			pointer, err := lro.Decode[*database](json.RawMessage(tt.raw))
			if err != nil || (pointer != nil && *pointer != tt.want) {
				t.Errorf("%s: as a pointer %+v, %v", tt.reason, pointer, err)
			}
		})
	}
}
