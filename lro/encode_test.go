package lro_test

import (
	"fmt"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/awaitop/awaitop/lro"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	type resource struct {
		Name  string `json:"name"`
		Count int    `json:"count,omitempty"`
	}
	tests := map[string]struct {
		reason string
		value  any
		want   string // "" for an error
	}{
		"struct":  {"as encoding/json writes it", resource{Name: "a"}, `{"name":"a"}`},
		"nil":     {"so is nothing", nil, `null`},
		"message": {"in the JSON mapping, without spaces", &errdetails.ErrorInfo{Reason: "R", Metadata: map[string]string{"b": "2", "a": "1"}}, `{"reason":"R","metadata":{"a":"1","b":"2"}}`},
		"chan":    {"it has no JSON", make(chan int), ""},
		"unknown": {"nor has an Any of an unknown type", &anypb.Any{TypeUrl: "type.googleapis.com/no.Such", Value: []byte{1}}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.Encode(tt.value)
			if string(got) != tt.want && err == nil || (err != nil) != (tt.want == "") {
				t.Errorf("%s: %s, %v; want %s", tt.reason, got, err, tt.want)
			}
		})
	}
}

func ExampleEncode() {
	raw, err := lro.Encode(&errdetails.ErrorInfo{Reason: "RATE_LIMIT_EXCEEDED", Domain: "googleapis.com"})
	fmt.Println(string(raw), err)
	// Output: {"reason":"RATE_LIMIT_EXCEEDED","domain":"googleapis.com"} <nil>
}
