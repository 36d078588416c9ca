package lro_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/lro"
)

// protoOperation has the getters of a *longrunningpb.Operation.
type protoOperation struct {
	name               string
	done               bool
	metadata, response *anypb.Any
	failed             *statuspb.Status
}

func (o protoOperation) GetName() string            { return o.name }
func (o protoOperation) GetDone() bool              { return o.done }
func (o protoOperation) GetMetadata() *anypb.Any    { return o.metadata }
func (o protoOperation) GetResponse() *anypb.Any    { return o.response }
func (o protoOperation) GetError() *statuspb.Status { return o.failed }

func TestFromProto(t *testing.T) {
	t.Parallel()
	second := anyOf(t, durationpb.New(1))
	const inJSON = `{"@type":"type.googleapis.com/google.protobuf.Duration","value":"0.000000001s"}`
	rows := map[string]struct {
		reason string
		op     lro.ProtoOperation
		want   lro.Operation
		odd    bool
	}{
		"running":           {reason: "with its metadata", op: protoOperation{name: "operations/o", metadata: second}, want: lro.Operation{Name: "operations/o", Metadata: json.RawMessage(inJSON)}},
		"succeeded":         {reason: "with its response", op: protoOperation{name: "operations/o", done: true, response: second}, want: lro.Operation{Name: "operations/o", Done: true, Response: json.RawMessage(inJSON)}},
		"done with neither": {reason: "it is success with an empty response", op: protoOperation{name: "operations/o", done: true}, want: lro.Operation{Name: "operations/o", Done: true}},
		"done at once":      {reason: "it may have no name", op: protoOperation{done: true}, want: lro.Operation{Done: true}},
		"failed": {
			reason: "with each detail", op: protoOperation{name: "operations/o", done: true, failed: &statuspb.Status{Code: 9, Message: "no", Details: []*anypb.Any{second, {TypeUrl: "x/acme.Unknown", Value: []byte("abc")}}}},
			want: lro.Operation{Name: "operations/o", Done: true, Error: &lro.Status{Code: lro.CodeFailedPrecondition, Message: "no", Details: []json.RawMessage{
				json.RawMessage(inJSON), json.RawMessage(`{"@type":"x/acme.Unknown","@value":"YWJj"}`),
			}}},
		},
		"not done with an error": {reason: "as in JSON it is ignored", op: protoOperation{name: "operations/o", failed: &statuspb.Status{Code: 9}}, want: lro.Operation{Name: "operations/o"}},
		"error with code 0":      {reason: "an error is never a success", op: protoOperation{name: "operations/o", done: true, failed: &statuspb.Status{}}, odd: true},
		"empty":                  {reason: "nothing could be asked about it", op: protoOperation{}, odd: true},
		"nil":                    {reason: "nor about nothing", odd: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := lro.FromProto(row.op)
			if errors.Is(err, lro.ErrNotOperation) != row.odd || !row.odd && err != nil {
				t.Fatalf("%s: %v", row.reason, err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestStatusFromProto(t *testing.T) {
	t.Parallel()
	got := lro.StatusFromProto(&statuspb.Status{Code: 8, Message: "slow", Details: []*anypb.Any{
		anyOf(t, &errdetails.ErrorInfo{Reason: "RATE_LIMIT_EXCEEDED", Domain: "googleapis.com"}),
		anyOf(t, &errdetails.RetryInfo{RetryDelay: durationpb.New(3e9)}),
	}})
	reason, domain := got.Reason()
	if delay, ok := got.RetryDelay(); got.Code != lro.CodeResourceExhausted || reason != "RATE_LIMIT_EXCEEDED" || domain != "googleapis.com" || !ok || delay != 3e9 {
		t.Errorf("%+v", got)
	}
	if none := lro.StatusFromProto(nil); none.Code != lro.CodeOK || none.Details != nil {
		t.Errorf("nil is %+v", none)
	}
}

func TestRefOf(t *testing.T) {
	t.Parallel()
	const name = "projects/p/instances/i/operations/o"
	if ref, err := lro.RefOf(lro.SpannerService, protoOperation{name: name}); err != nil || ref != (lro.Ref{Service: lro.SpannerService, Name: name}) {
		t.Errorf("%v, %v", ref, err)
	}
	for reason, op := range map[string]interface{ GetName() string }{"no operation": nil, "no name": protoOperation{done: true}, "a resource": protoOperation{name: "projects/p/instances/i"}} {
		if ref, err := lro.RefOf(lro.SpannerService, op); err == nil || !ref.IsZero() || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", reason, ref, err)
		}
	}
}

// operation stands for what a method of a gRPC client returns: a *longrunningpb.Operation.
var operation = protoOperation{name: "projects/p/instances/i/operations/o", done: true}

func ExampleFromProto() {
	ref, err := lro.RefOf(lro.SpannerService, operation)
	fmt.Println(ref, err)
	op, err := lro.FromProto(operation)
	fmt.Println(op.State(), err)
	// Output:
	// //spanner.googleapis.com/projects/p/instances/i/operations/o <nil>
	// succeeded <nil>
}
