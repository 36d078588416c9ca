package grpc_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/testsuite"
)

var spannerRef = lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}

// detailed is the error of a server, with details of known and unknown types.
func detailed(t *testing.T, code codes.Code, details ...proto.Message) error {
	t.Helper()
	out := &statuspb.Status{Code: int32(code), Message: "no, 100% no: ü"}
	for _, detail := range details {
		packed, is := detail.(*anypb.Any)
		if !is {
			packed = &anypb.Any{}
			if err := packed.MarshalFrom(detail); err != nil {
				t.Fatal(err)
			}
		}
		out.Details = append(out.Details, packed)
	}
	return status.ErrorProto(out)
}

// The errors of a server of Google's own library arrive with all their details.
func TestDetails(t *testing.T) {
	t.Parallel()
	unknown := &anypb.Any{TypeUrl: "type.googleapis.com/acme.Unknown", Value: []byte("abc")}
	info := &errdetails.ErrorInfo{Reason: "RATE_LIMIT_EXCEEDED", Domain: "googleapis.com", Metadata: map[string]string{"consumer": "projects/1"}}
	rows := map[string]struct {
		reason  string
		err     error
		want    lro.Error
		class   lro.Class
		details []string
	}{
		"plain":     {"its own status", detailed(t, codes.NotFound), lro.Error{Status: lro.Status{Code: lro.CodeNotFound}, HTTP: 404}, lro.ClassNotFound, nil},
		"quota":     {"RetryInfo is advice", detailed(t, codes.ResourceExhausted, info, &errdetails.RetryInfo{RetryDelay: durationpb.New(7 * time.Second)}), lro.Error{Status: lro.Status{Code: lro.CodeResourceExhausted}, HTTP: 429, RetryAfter: 7 * time.Second}, lro.ClassQuota, []string{"google.rpc.ErrorInfo", "google.rpc.RetryInfo"}},
		"quota 403": {"by its reason", detailed(t, codes.PermissionDenied, info), lro.Error{Status: lro.Status{Code: lro.CodePermissionDenied}, HTTP: 403}, lro.ClassQuota, []string{"google.rpc.ErrorInfo"}},
		"unknown":   {"a detail of an unknown type costs no other", detailed(t, codes.FailedPrecondition, unknown, info, unknown), lro.Error{Status: lro.Status{Code: lro.CodeFailedPrecondition}, HTTP: 400}, lro.ClassPermanent, []string{"acme.Unknown", "google.rpc.ErrorInfo", "acme.Unknown"}},
		"own word":  {"UNIMPLEMENTED of the service is its word", detailed(t, codes.Unimplemented), lro.Error{Status: lro.Status{Code: lro.CodeUnimplemented}, HTTP: 501}, lro.ClassUnsupported, nil},
		"too large": {"a quota error with the library's words is the service's all the same", status.Error(codes.ResourceExhausted, "grpc: received message larger than max (1 vs. 2)"), lro.Error{Status: lro.Status{Code: lro.CodeResourceExhausted, Message: "grpc: received message larger than max (1 vs. 2)"}, HTTP: 429}, lro.ClassQuota, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &recorder{answer: func() (*longrunningpb.Operation, error) { return nil, row.err }}
			_, err := connect(t, operations.Options{Service: lro.SpannerService, Endpoint: server.serve(t)}).GetOperation(t.Context(), spannerRef)
			var failed *lro.Error
			if !errors.As(err, &failed) || lro.Classify(err) != row.class {
				t.Fatalf("%s: %v, of class %q", row.reason, err, lro.Classify(err))
			}
			var types []string
			for _, detail := range failed.Status.Details {
				types = append(types, lro.TypeOf(detail))
			}
			if diff := cmp.Diff(row.details, types); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			row.want.Method = "GetOperation"
			if row.want.Status.Message == "" {
				row.want.Status.Message = "no, 100% no: ü"
			}
			got := *failed
			got.Cause, got.Status.Details = nil, nil
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// A reply that is too large says so. It is no quota error, though the library's code is that of one.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	for _, rows := range []struct {
		size int
		want lro.Class
	}{{1000, lro.ClassUnreadable}, {10, ""}} {
		service := testsuite.ForTest(t, testsuite.Options{})
		service.Start(spannerRef.Name, testsuite.Script{End: testsuite.Succeed(wrapperspb.String(strings.Repeat("x", rows.size))), Metadata: testsuite.NoMetadata()})
		client := connect(t, operations.Options{Service: lro.SpannerService, Endpoint: service.Serve(t), MaxReplySize: 500})
		_, err := client.GetOperation(t.Context(), spannerRef)
		if got := lro.Classify(err); got != rows.want || service.Count() != 1 {
			t.Errorf("%d bytes: %v, of class %q, after %d calls", rows.size, err, got, service.Count())
		}
	}
}

// What no gRPC server has said is never the service's word.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	silent := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.HTMLPage(http.StatusNotFound)}})
	rows := map[string]struct {
		reason, endpoint string
		unsent           bool
		http             int
		class            lro.Class
	}{
		"no server": {"nobody listens", "http://127.0.0.1:1", true, 0, lro.ClassTransient},
		"a proxy's": {"its 404 does not say that there is no such method", silent.Serve(t), false, 404, lro.ClassNoStatus},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := connect(t, operations.Options{Service: lro.SpannerService, Endpoint: row.endpoint})
			err := client.CancelOperation(t.Context(), spannerRef)
			var failed *lro.Error
			if !errors.As(err, &failed) || !failed.NoStatus || failed.Unsent != row.unsent || failed.HTTP != row.http || lro.Classify(err) != row.class || strings.ContainsAny(err.Error(), "\n<") {
				t.Errorf("%s: %+v, of class %q", row.reason, err, lro.Classify(err))
			}
		})
	}
}

// stalled is a connection that never answers.
type stalled struct{ grpc.ClientConnInterface }

func (stalled) Invoke(ctx context.Context, _ string, _, _ any, _ ...grpc.CallOption) error {
	<-ctx.Done()
	return status.FromContextError(ctx.Err()).Err()
}

// Each try is bounded, and no try begins later than the bound after the call began. A wait is bounded by
// its own timeout.
func TestBounds(t *testing.T) {
	t.Parallel()
	run := lro.Ref{Service: "run.googleapis.com", Name: "projects/p/locations/l/operations/o"}
	rows := map[string]struct {
		reason   string
		giveUp   time.Duration
		call     func(context.Context, *operations.Client) error
		min, max time.Duration
		canceled bool
	}{
		"get": {"one try takes all the time that tries have", time.Hour, func(ctx context.Context, c *operations.Client) error {
			_, err := c.GetOperation(ctx, run)
			return err
		}, operations.DefaultRequestTimeout, 2 * operations.DefaultRequestTimeout, false},
		"wait": {"and 10 s for the way", time.Hour, func(ctx context.Context, c *operations.Client) error {
			_, err := c.WaitOperation(ctx, run, time.Minute)
			return err
		}, 70 * time.Second, 70 * time.Second, false},
		"given up": {"the caller's context ends first", time.Second, func(ctx context.Context, c *operations.Client) error {
			_, err := c.GetOperation(ctx, run)
			return err
		}, time.Second, time.Second, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := operations.NewOver("run.googleapis.com", stalled{})
				ctx, cancel := context.WithTimeout(t.Context(), row.giveUp)
				defer cancel()
				began := time.Now()
				err := row.call(ctx, client)
				if took := time.Since(began); took < row.min || took > row.max {
					t.Errorf("%s: it took %v", row.reason, took)
				}
				var failed *lro.Error
				if row.canceled != errors.Is(err, context.DeadlineExceeded) || !row.canceled && (!errors.As(err, &failed) || failed.Status.Code != lro.CodeDeadlineExceeded || lro.Classify(err) != lro.ClassTransient) {
					t.Errorf("%s: %v", row.reason, err)
				}
			})
		})
	}
}
