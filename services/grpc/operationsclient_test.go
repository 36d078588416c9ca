package grpc_test

import (
	"errors"
	"strings"
	"testing"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/testsuite"
)

// pool returns one connection after the other, as generated clients with several do.
type pool struct {
	connections []*grpc.ClientConn
	asked       int
}

func (p *pool) Connection() *grpc.ClientConn {
	p.asked++
	return p.connections[p.asked%len(p.connections)]
}

// A given connection is asked for with each request, and stays open.
func TestFromOperationsClient(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	ref := service.Start(spannerRef.Name, testsuite.Script{})
	address := strings.TrimPrefix(service.Serve(t), "http://")
	of := &pool{connections: []*grpc.ClientConn{dial(t, address), dial(t, address)}}
	client, err := operations.FromOperationsClient(lro.SpannerService, of)
	if err != nil {
		t.Fatal(err)
	}
	asked := of.asked
	for range 4 {
		if op, err := client.GetOperation(t.Context(), ref); err != nil || op.State() != lro.StateSucceeded {
			t.Fatalf("%+v, %v", op, err)
		}
	}
	if of.asked != asked+4 || service.Count(testsuite.MethodGet) != 4 {
		t.Errorf("asked for %d connections in %d requests", of.asked-asked, service.Count(testsuite.MethodGet))
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	if _, err := client.GetOperation(t.Context(), ref); err != nil {
		t.Errorf("Close has closed another's connection: %v", err)
	}
	if !client.Serves(lro.SpannerService) || client.Serves("alloydb.googleapis.com") || !client.Authenticates(lro.SpannerService) {
		t.Error("it serves another service")
	}
	var invalid *lro.InvalidError
	if _, err := operations.FromOperationsClient(lro.SpannerService, nil); !errors.As(err, &invalid) || invalid.Field != "operations" {
		t.Error(err)
	}
}

// Metadata of a type that the program does not import is read by its descriptors, or kept.
func TestTypes(t *testing.T) {
	t.Parallel()
	file, err := protodesc.NewFiles(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{{
		Name: proto.String("acme.proto"), Package: proto.String("acme"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("Progress"), Field: []*descriptorpb.FieldDescriptorProto{{
			Name: proto.String("progress_percent"), JsonName: proto.String("progressPercent"), Number: proto.Int32(1),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum(),
		}}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	server := &recorder{answer: func() (*longrunningpb.Operation, error) {
		return &longrunningpb.Operation{Name: spannerRef.Name, Metadata: &anypb.Any{TypeUrl: "type.googleapis.com/acme.Progress", Value: []byte{8, 40}}}, nil
	}}
	endpoint := server.serve(t)
	for _, row := range []struct {
		reason  string
		types   lro.Types
		want    string
		percent int
	}{
		{"by its fields", dynamicpb.NewTypes(file), `{"@type":"type.googleapis.com/acme.Progress","progressPercent":40}`, 40},
		{"by its bytes", nil, `{"@type":"type.googleapis.com/acme.Progress","@value":"CCg="}`, 0},
	} {
		op, err := connect(t, operations.Options{Service: lro.SpannerService, Endpoint: endpoint, Types: row.types}).GetOperation(t.Context(), spannerRef)
		if progress := lro.ProgressOf(op.Metadata); err != nil || string(op.Metadata) != row.want || progress.Percent != row.percent {
			t.Errorf("%s: %s, %v", row.reason, op.Metadata, err)
		}
	}
}
