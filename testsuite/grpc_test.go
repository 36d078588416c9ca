package testsuite_test

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// dialService connects as Google's own clients do.
func dialService(t *testing.T, service *testsuite.Service) *grpc.ClientConn {
	t.Helper()
	connection, err := grpc.NewClient(strings.TrimPrefix(service.Serve(t), "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

const overGRPC = "projects/p/instances/i/operations/o"

// One service answers over gRPC what it answers over HTTP.
func TestServeGRPC(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	ref := service.Start(overGRPC, testsuite.Script{
		End: testsuite.Succeed(wrapperspb.String("done")), Metadata: testsuite.RawMetadata(`{"@type":"type.googleapis.com/acme.Unknown","a":1}`),
	})
	api := longrunningpb.NewOperationsClient(dialService(t, service))
	op, err := api.GetOperation(t.Context(), &longrunningpb.GetOperationRequest{Name: ref.Name})
	if err != nil {
		t.Fatal(err)
	}
	var response wrapperspb.StringValue
	if err := op.GetResponse().UnmarshalTo(&response); err != nil || response.GetValue() != "done" || !op.GetDone() {
		t.Errorf("%v, %v", op, err)
	}
	if kept := op.GetMetadata(); kept.GetTypeUrl() != "type.googleapis.com/acme.Unknown" || string(kept.GetValue()) != `{"@type":"type.googleapis.com/acme.Unknown","a":1}` {
		t.Errorf("a message of an unknown type is %v", kept)
	}
	page, err := api.ListOperations(t.Context(), &longrunningpb.ListOperationsRequest{Name: "projects/p/instances/i/operations"})
	if err != nil || len(page.GetOperations()) != 1 {
		t.Errorf("%v, %v", page, err)
	}
	if parent, err := api.ListOperations(t.Context(), &longrunningpb.ListOperationsRequest{Name: "projects/p/instances/i"}); err != nil || len(parent.GetOperations()) != 1 {
		t.Errorf("by the parent: %v, %v", parent, err)
	}
	service.AssertCalls(t, testsuite.MethodGet, 1)
	service.AssertCalls(t, testsuite.MethodList, 2)
}

func TestGRPCRefusals(t *testing.T) {
	t.Parallel()
	info := &errdetails.ErrorInfo{Reason: "SOME_REASON", Domain: "example.com"}
	rows := map[string]struct {
		reason string
		fault  testsuite.Fault
		method string
		code   codes.Code
		says   string
	}{
		"details": {"of the service's own status", testsuite.FailWith(lro.CodeFailedPrecondition, "100% no: ü", info), "GetOperation", codes.FailedPrecondition, "100% no: ü"},
		"retry":   {"RetryInfo is a detail", testsuite.RateLimited(time.Second), "GetOperation", codes.ResourceExhausted, "quota exceeded for AdminMethodQuotaPerMinutePerProject"},
		"dropped": {"the stream is reset", testsuite.DroppedConnection(), "GetOperation", codes.Internal, "RST_STREAM"},
		"cut":     {"so it is in the middle of a message", testsuite.CutReply(), "GetOperation", codes.Internal, "RST_STREAM"},
		"page":    {"a proxy's page", testsuite.HTMLPage(503), "GetOperation", codes.Unavailable, "503"},
		"no wait": {"without Options.Waits", testsuite.Slow(0), "WaitOperation", codes.Unimplemented, "unknown method"},
		"another": {"methods of other services", testsuite.Slow(0), "NoSuchMethod", codes.Unimplemented, "unknown method"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{row.fault}})
			service.Start(overGRPC, testsuite.Script{})
			err := dialService(t, service).Invoke(t.Context(), "/google.longrunning.Operations/"+row.method, &longrunningpb.WaitOperationRequest{Name: overGRPC, Timeout: durationpb.New(time.Second)}, &longrunningpb.Operation{})
			got := status.Convert(err)
			if got.Code() != row.code || !strings.Contains(got.Message(), row.says) || service.Count() != 1 {
				t.Errorf("%s: %v after %d calls", row.reason, err, service.Count())
			}
			if name == "details" && len(got.Details()) != 1 {
				t.Errorf("%s: %v", row.reason, got.Details())
			}
		})
	}
}

// A lost reply has acted.
func TestLostReplyOverGRPC(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.LostReply().On(testsuite.MethodCancel)}})
	ref := service.Start(overGRPC, testsuite.Script{RunsFor: time.Hour})
	api := longrunningpb.NewOperationsClient(dialService(t, service))
	if _, err := api.CancelOperation(t.Context(), &longrunningpb.CancelOperationRequest{Name: ref.Name}); err == nil {
		t.Error("the reply was not lost")
	}
	if op, ok := service.Peek(ref); !ok || op.State() != lro.StateCanceled {
		t.Errorf("the operation is %s", op.State())
	}
}
