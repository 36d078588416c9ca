package grpc_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
)

// recorder is a server of Google's own library. It keeps the last request and its headers.
type recorder struct {
	longrunningpb.UnimplementedOperationsServer
	request proto.Message
	headers metadata.MD
	calls   int
	answer  func() (*longrunningpb.Operation, error)
}

func (r *recorder) note(ctx context.Context, request proto.Message) {
	r.request, r.calls = request, r.calls+1
	r.headers, _ = metadata.FromIncomingContext(ctx)
}

func (r *recorder) GetOperation(ctx context.Context, in *longrunningpb.GetOperationRequest) (*longrunningpb.Operation, error) {
	r.note(ctx, in)
	if r.answer != nil {
		return r.answer()
	}
	return &longrunningpb.Operation{Name: in.GetName()}, nil
}

func (r *recorder) CancelOperation(ctx context.Context, in *longrunningpb.CancelOperationRequest) (*emptypb.Empty, error) {
	r.note(ctx, in)
	return &emptypb.Empty{}, nil
}

func (r *recorder) DeleteOperation(ctx context.Context, in *longrunningpb.DeleteOperationRequest) (*emptypb.Empty, error) {
	r.note(ctx, in)
	return &emptypb.Empty{}, nil
}

func (r *recorder) ListOperations(ctx context.Context, in *longrunningpb.ListOperationsRequest) (*longrunningpb.ListOperationsResponse, error) {
	r.note(ctx, in)
	return &longrunningpb.ListOperationsResponse{}, nil
}

func (r *recorder) WaitOperation(ctx context.Context, in *longrunningpb.WaitOperationRequest) (*longrunningpb.Operation, error) {
	r.note(ctx, in)
	return &longrunningpb.Operation{Name: in.GetName()}, nil
}

// serve returns the address of a server, "http://127.0.0.1:PORT".
func (r *recorder) serve(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	longrunningpb.RegisterOperationsServer(server, r)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-done; err != nil && !errors.Is(err, grpc.ErrServerStopped) { // a test that sends nothing may end first
			t.Errorf("the server: %v", err)
		}
	})
	return "http://" + listener.Addr().String()
}

// Each request has the operation's name and the routing header, a wait's too. A list has the name that
// the service takes there.
func TestRequests(t *testing.T) {
	t.Parallel()
	const run = "run.googleapis.com"
	operation := lro.Ref{Service: run, Name: "projects/p/locations/l/operations/o"}
	list := func(ref lro.Ref) func(context.Context, *operations.Client) error {
		return func(ctx context.Context, c *operations.Client) error {
			_, err := c.ListOperations(ctx, lro.ListRequest{Collection: ref.Collection(), Filter: "done=false", PageSize: 7, PageToken: "t", ReturnPartialSuccess: true})
			return err
		}
	}
	all := func(name string) proto.Message {
		return &longrunningpb.ListOperationsRequest{Name: name, Filter: "done=false", PageSize: 7, PageToken: "t", ReturnPartialSuccess: true}
	}
	rows := map[string]struct {
		reason, service, routed string
		call                    func(context.Context, *operations.Client) error
		want                    proto.Message
	}{
		"get": {"by name", run, "name=projects%2Fp%2Flocations%2Fl%2Foperations%2Fo", func(ctx context.Context, c *operations.Client) error {
			_, err := c.GetOperation(ctx, operation)
			return err
		}, &longrunningpb.GetOperationRequest{Name: operation.Name}},
		"cancel": {"by name", lro.SpannerService, "name=projects%2Fp%2Finstances%2Fi%2Foperations%2Fo", func(ctx context.Context, c *operations.Client) error {
			return c.CancelOperation(ctx, lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"})
		}, &longrunningpb.CancelOperationRequest{Name: "projects/p/instances/i/operations/o"}},
		"delete": {"by name", run, "name=projects%2Fp%2Flocations%2Fl%2Foperations%2Fo", func(ctx context.Context, c *operations.Client) error {
			return c.DeleteOperation(ctx, operation)
		}, &longrunningpb.DeleteOperationRequest{Name: operation.Name}},
		"wait": {"the generated stub leaves the header out", run, "name=projects%2Fp%2Flocations%2Fl%2Foperations%2Fo", func(ctx context.Context, c *operations.Client) error {
			_, err := c.WaitOperation(ctx, operation, 1500*time.Millisecond)
			return err
		}, nil},
		"list": {"most services take the parent", run, "name=projects%2Fp%2Flocations%2Fl", list(operation), all("projects/p/locations/l")},
		"list of Spanner's": {
			"some take the collection", lro.SpannerService, "name=projects%2Fp%2Finstances%2Fi%2Foperations",
			list(lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}), all("projects/p/instances/i/operations"),
		},
		"list at the top":     {"there is no parent", "vault.googleapis.com", "name=operations", list(lro.Ref{Service: "vault.googleapis.com", Name: "operations/o"}), all("operations")},
		"list of another's":   {"as most services", "library.example.com", "name=shelves%2Fs", list(lro.Ref{Service: "library.example.com", Name: "shelves/s/operations/o"}), all("shelves/s")},
		"list of another top": {"there is no parent", "library.example.com", "name=operations", list(lro.Ref{Service: "library.example.com", Name: "operations/o"}), all("operations")},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &recorder{}
			client := connect(t, operations.Options{Service: row.service, Endpoint: server.serve(t), QuotaProject: "payer"})
			if err := row.call(t.Context(), client); err != nil {
				t.Fatalf("%s: %v", row.reason, err)
			}
			if row.want != nil && !proto.Equal(server.request, row.want) {
				t.Errorf("%s: the request is %v, want %v", row.reason, server.request, row.want)
			}
			if wait, ok := server.request.(*longrunningpb.WaitOperationRequest); ok != (row.want == nil) || ok && wait.GetTimeout().AsDuration() != 1500*time.Millisecond {
				t.Errorf("%s: the request is %v", row.reason, server.request)
			}
			for header, want := range map[string]string{"x-goog-request-params": row.routed, "x-goog-user-project": "payer"} {
				if got := server.headers.Get(header); len(got) != 1 || got[0] != want {
					t.Errorf("%s: %s is %q, want %q", row.reason, header, got, want)
				}
			}
			if agent := server.headers.Get("user-agent"); len(agent) != 1 || !strings.HasPrefix(agent[0], "awaitop ") {
				t.Errorf("%s: the agent is %q", row.reason, agent)
			}
		})
	}
}

// What the service does not have, by the catalog, or what is not allowed, is not sent.
func TestUnsent(t *testing.T) {
	t.Parallel()
	bigtable := lro.Ref{Service: "bigtableadmin.googleapis.com", Name: "operations/projects/p/operations/o"}
	spanner := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	run := lro.Ref{Service: "run.googleapis.com", Name: "projects/p/locations/l/operations/o"}
	wait := func(ctx context.Context, c *operations.Client, ref lro.Ref) error {
		_, err := c.WaitOperation(ctx, ref, time.Second)
		return err
	}
	cancel := func(ctx context.Context, c *operations.Client, ref lro.Ref) error { return c.CancelOperation(ctx, ref) }
	list := func(ctx context.Context, c *operations.Client, ref lro.Ref) error {
		_, err := c.ListOperations(ctx, lro.ListRequest{Collection: ref.Collection()})
		return err
	}
	rows := map[string]struct {
		reason string
		ref    lro.Ref
		change func(*operations.Options)
		call   func(context.Context, *operations.Client, lro.Ref) error
		want   lro.Class
	}{
		"cancel":    {"Bigtable has none", bigtable, nil, cancel, lro.ClassUnsupported},
		"allowed":   {"its names are below a project, too", bigtable, func(o *operations.Options) { o.AllowedPrefixes = []string{"projects/p"} }, cancel, lro.ClassUnsupported},
		"delete":    {"nor that", bigtable, nil, func(ctx context.Context, c *operations.Client, ref lro.Ref) error { return c.DeleteOperation(ctx, ref) }, lro.ClassUnsupported},
		"wait":      {"Spanner has none", spanner, nil, wait, lro.ClassUnsupported},
		"elsewhere": {"nothing says that there is a wait", lro.Ref{Service: "library.example.com", Name: "operations/o"}, nil, wait, lro.ClassUnsupported},
		"off":       {"the options say so", run, func(o *operations.Options) { o.WithoutWait = true }, wait, lro.ClassUnsupported},
		"list":      {"the service has none", lro.Ref{Service: "agenciesandbrands.googleapis.com", Name: "agencies/a/reports/r/operations/o"}, nil, list, lro.ClassUnsupported},
		"prefix":    {"the name is not allowed", run, func(o *operations.Options) { o.AllowedPrefixes = []string{"projects/p2/", "projects/q"} }, wait, lro.ClassInvalid},
		"of a list": {"nor is that", run, func(o *operations.Options) { o.AllowedPrefixes = []string{"projects/p2"} }, list, lro.ClassInvalid},
		"timeout": {"no service holds a wait so long", run, nil, func(ctx context.Context, c *operations.Client, ref lro.Ref) error {
			_, err := c.WaitOperation(ctx, ref, time.Hour)
			return err
		}, lro.ClassInvalid},
		"page size": {"it has 32 bits", run, nil, func(ctx context.Context, c *operations.Client, ref lro.Ref) error {
			_, err := c.ListOperations(ctx, lro.ListRequest{Collection: ref.Collection(), PageSize: -1})
			return err
		}, lro.ClassInvalid},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &recorder{}
			options := operations.Options{Service: row.ref.Service, Endpoint: server.serve(t)}
			if row.change != nil {
				row.change(&options)
			}
			err := row.call(t.Context(), connect(t, options), row.ref)
			if got := lro.Classify(err); got != row.want || server.calls != 0 {
				t.Errorf("%s: %v (%s) after %d calls, want class %q", row.reason, err, got, server.calls, row.want)
			}
			if failed := (*lro.Error)(nil); errors.As(err, &failed) && !failed.Unsent {
				t.Errorf("%s: %v does not say that nothing was sent", row.reason, err)
			}
		})
	}
}
