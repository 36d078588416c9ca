package serve

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// Each field of a service over gRPC reaches its option, and those of the worker do where the service has none.
func TestOptionsOverGRPC(t *testing.T) {
	t.Parallel()
	c, err := ParseConfig([]byte(`
services: [{name: a.example, transport: grpc, endpoint: "a:1", scopes: [s], quotaProject: own, withoutWait: true},
  {name: b.example, transport: grpc, endpoint: "http://b:1", withoutAuthentication: true}, {name: b.example, transport: http}]
allowedPrefixes: [projects/p]
quotaProject: all
requestTimeout: 5s
`))
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.grpc(c.Services[0]), c.grpc(c.Services[1])
	if a.Service != "a.example" || a.Endpoint != "a:1" || !slices.Equal(a.Scopes, []string{"s"}) || a.QuotaProject != "own" || !a.WithoutWait || a.WithoutAuthentication {
		t.Errorf("%+v", a)
	}
	if b.QuotaProject != "all" || !b.WithoutAuthentication || b.WithoutWait {
		t.Errorf("%+v", b)
	}
	if !slices.Equal(a.AllowedPrefixes, []string{"projects/p"}) || a.RequestTimeout != 5*time.Second {
		t.Errorf("%+v", a)
	}
	if got := c.rest().Services; len(got) != 1 || got[0].Name != "b.example" {
		t.Errorf("over HTTP: %+v", got)
	}
	if plain, err := ParseConfig([]byte("withoutAuthentication: true\nservices: [{name: a.example, transport: grpc}]")); err != nil || !plain.grpc(plain.Services[0]).WithoutAuthentication {
		t.Errorf("%+v, %v", plain, err)
	}
}

// The services that a worker reaches are those that it names, over whichever transport.
func TestServiceNames(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason, services string
		want             []string
	}{
		"none":      {"the default", "", []string{lro.SpannerService}},
		"gRPC only": {"there is no default beside it", "{name: b.example, transport: grpc}, {name: a.example, transport: grpc}", []string{"a.example", "b.example"}},
		"both":      {"once", "{name: a.example, transport: grpc}, {name: a.example}", []string{"a.example"}},
		"apart":     {"one each", "{name: b.example}, {name: a.example, transport: grpc}", []string{"a.example", "b.example"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := ParseConfig([]byte("services: [" + tt.services + "]"))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.ServiceNames(); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// A service is reached by its own entry, and by a pattern's if it has none.
func TestReached(t *testing.T) {
	t.Parallel()
	c, err := ParseConfig([]byte(`
services: [{name: "*.googleapis.com", endpoint: pattern}, {name: spanner.googleapis.com, transport: grpc, endpoint: grpc},
  {name: run.googleapis.com, transport: grpc, endpoint: grpc}, {name: run.googleapis.com, endpoint: own}]
`))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ reason, endpoint, transport string }{
		"alloydb.googleapis.com": {"the pattern's", "pattern", ""},
		"spanner.googleapis.com": {"its own goes before the pattern", "grpc", GRPC},
		"run.googleapis.com":     {"HTTP has more methods", "own", ""},
		"library.example.com":    {"the worker does not reach it", "", ""},
	}
	for service, tt := range tests {
		if got := c.Reached(service); got.Name != service || got.Endpoint != tt.endpoint || got.Transport != tt.transport {
			t.Errorf("%s: %+v, %s", service, got, tt.reason)
		}
	}
}

// A worker's client over gRPC reaches the service, by the allowed prefixes. One for a person has none.
func TestClientsOverGRPC(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	ref := service.Start("projects/p/instances/i/operations/o", testsuite.Script{})
	c, err := ParseConfig([]byte("allowedPrefixes: [projects/other]\nservices: [{name: spanner.googleapis.com, transport: grpc, withoutAuthentication: true, endpoint: \"" + service.Serve(t) + "\"}]"))
	if err != nil {
		t.Fatal(err)
	}
	clients, closeAll, err := c.clients(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeAll)
	var invalid *lro.InvalidError
	if _, err := clients[lro.SpannerService].GetOperation(t.Context(), ref); !errors.As(err, &invalid) || invalid.Problem != "is not allowed" {
		t.Errorf("outside of the prefixes: %v", err)
	}
	one, closeOne, err := c.Client(t.Context(), c.Reached(lro.SpannerService))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeOne)
	if op, err := one.GetOperation(t.Context(), ref); err != nil || op.State() != lro.StateSucceeded {
		t.Errorf("%+v, %v", op, err)
	}
}

// library is the descriptor of a file with a message library.v1.Report, which has a number.
func library() *descriptorpb.FileDescriptorProto {
	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("library.proto"), Package: proto.String("library.v1"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("Report"), Field: []*descriptorpb.FieldDescriptorProto{{
			Name: proto.String("books"), JsonName: proto.String("books"), Number: proto.Int32(1),
			Type: descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}}}},
	}
}

// descriptorFile is a file with a set of descriptors.
func descriptorFile(t *testing.T, files ...*descriptorpb.FileDescriptorProto) string {
	t.Helper()
	raw, err := proto.Marshal(&descriptorpb.FileDescriptorSet{File: files})
	if err != nil {
		t.Fatal(err)
	}
	return writtenFile(t, raw)
}

func writtenFile(t *testing.T, raw []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "types.binpb")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A message of a type that only the file has becomes JSON.
func TestDescriptors(t *testing.T) {
	t.Parallel()
	types, err := readTypes(descriptorFile(t, library()))
	if err != nil {
		t.Fatal(err)
	}
	file, err := protodesc.NewFile(library(), nil)
	if err != nil {
		t.Fatal(err)
	}
	report := dynamicpb.NewMessage(file.Messages().ByName("Report"))
	report.Set(report.Descriptor().Fields().ByName("books"), protoreflect.ValueOfInt32(7))
	packed, err := anypb.New(report)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(lro.FromAny(packed, types)); !strings.Contains(strings.ReplaceAll(got, " ", ""), `"books":7`) {
		t.Errorf("with the file: %s", got)
	}
	if got := string(lro.FromAny(packed)); !strings.Contains(got, "@value") {
		t.Errorf("without the file: %s", got)
	}
	known, err := anypb.New(wrapperspb.Int32(1))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(lro.FromAny(known, types)); strings.Contains(got, "@value") {
		t.Errorf("a type of the program: %s", got)
	}
}

// A file that holds no types is refused before the worker serves.
func TestRefusedDescriptors(t *testing.T) {
	t.Parallel()
	needy := library()
	needy.Dependency = []string{"missing.proto"}
	tests := map[string]struct{ reason, path, says string }{
		"missing":  {"no such file", filepath.Join(t.TempDir(), "none.binpb"), "none.binpb"},
		"text":     {"no FileDescriptorSet", writtenFile(t, []byte("syntax = \"proto3\";")), "proto"},
		"imports":  {"without --include_imports", descriptorFile(t, needy), "missing.proto"},
		"an image": {"a device without an end", "/dev/zero", "over 64 MiB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := ParseConfig([]byte("withoutAuthentication: true\nservices: [{name: a.example}, {name: b.example, transport: grpc, descriptors: " + tt.path + "}]"))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = c.clients(t.Context())
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "services[1].descriptors" || invalid.Value != tt.path || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: %v", tt.reason, err)
			}
		})
	}
}
