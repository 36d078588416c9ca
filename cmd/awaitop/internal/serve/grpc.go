package serve

import (
	"cmp"
	"context"
	"errors"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
)

// grpc is how the worker reaches a service over gRPC, without its descriptors.
func (c Config) grpc(s Service) operations.Options {
	timeout, _ := c.RequestTimeout.In("") // it is valid
	return operations.Options{
		Service: s.Name, Endpoint: s.Endpoint, AllowedPrefixes: c.AllowedPrefixes,
		WithoutAuthentication: c.WithoutAuthentication || s.WithoutAuthentication, Scopes: s.Scopes,
		QuotaProject: cmp.Or(s.QuotaProject, c.QuotaProject), WithoutWait: s.WithoutWait, RequestTimeout: timeout,
	}
}

// validateGRPC refuses what operations.New refuses. It names the fields of the service as the configuration does. Those
// of the worker have the same names in both.
func (c Config) validateGRPC(field string, s Service) error {
	err := c.grpc(s).Validate()
	var invalid *lro.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	names := map[string]string{"service": "name", "endpoint": "endpoint", "scopes": "scopes"}
	if s.QuotaProject != "" {
		names["quotaProject"] = "quotaProject"
	}
	if name := names[invalid.Field]; name != "" {
		return lro.InField(err, invalid.Field, field+"."+name)
	}
	return err
}

// dial returns the client of a service over gRPC. It connects with its first request.
func (c Config) dial(ctx context.Context, field string, s Service) (*operations.Client, error) {
	o := c.grpc(s)
	if s.Descriptors != "" {
		types, err := readTypes(s.Descriptors)
		if err != nil {
			return nil, &lro.InvalidError{Field: field + ".descriptors", Value: s.Descriptors, Want: `a file of "buf build" or of protoc with --include_imports and --descriptor_set_out`, Problem: "cannot be used: " + err.Error()}
		}
		o.Types = types
	}
	return operations.New(ctx, o)
}

// maxDescriptorsSize bounds a file of descriptors, in bytes: those of all of Google's APIs take 20 MB.
const maxDescriptorsSize = 64 << 20

// readTypes reads the types of messages from a file with a FileDescriptorSet.
func readTypes(path string) (*dynamicpb.Types, error) {
	raw, err := readFile(path, maxDescriptorsSize)
	if err != nil {
		return nil, err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(raw, &set); err != nil {
		return nil, err
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, err
	}
	return dynamicpb.NewTypes(files), nil
}
