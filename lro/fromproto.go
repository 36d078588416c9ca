package lro

import (
	"errors"
	"fmt"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/types/known/anypb"
)

// ProtoOperation is a *longrunningpb.Operation of cloud.google.com/go/longrunning, as gRPC clients
// return it.
type ProtoOperation interface {
	GetName() string
	GetDone() bool
	GetMetadata() *anypb.Any
	GetError() *statuspb.Status
	GetResponse() *anypb.Any
}

// FromProto reads an operation of a gRPC client. The rules for odd shapes, and the errors, are those
// of [ParseOperation]. Metadata, response and details are read as [FromAny] reads them, with types.
func FromProto(op ProtoOperation, types ...Types) (Operation, error) {
	if op == nil {
		return Operation{}, fmt.Errorf("%w: it is nil", ErrNotOperation)
	}
	out := Operation{
		Name: op.GetName(), Done: op.GetDone(),
		Metadata: FromAny(op.GetMetadata(), types...), Response: FromAny(op.GetResponse(), types...),
	}
	if failed := op.GetError(); failed != nil {
		status := StatusFromProto(failed, types...)
		out.Error = &status
	}
	if err := out.Normalize(); err != nil {
		return Operation{}, err
	}
	if err := out.checkNamed(); err != nil {
		return Operation{}, err
	}
	return out, nil
}

// StatusFromProto reads a google.rpc.Status, as errors of gRPC hold it, with every detail. nil is the
// zero Status.
func StatusFromProto(status *statuspb.Status, types ...Types) Status {
	out := Status{Code: Code(status.GetCode()), Message: status.GetMessage()}
	for _, detail := range status.GetDetails() {
		out.Details = append(out.Details, FromAny(detail, types...))
	}
	return out
}

// RefOf names an operation that a method of a gRPC client has started. op is a
// *longrunningpb.Operation, or a request about one. For the wrappers of generated clients, such as
// a *database.CreateDatabaseOperation, write Ref{Service: service, Name: op.Name()}. The error is that
// of [Ref.Validate]. An operation that was done at once may have no name: nothing is to be awaited.
func RefOf(service string, op interface{ GetName() string }) (Ref, error) {
	if op == nil {
		return Ref{}, errors.New("there is no operation: it is nil")
	}
	ref := Ref{Service: service, Name: op.GetName()}
	if err := ref.Validate(); err != nil {
		return Ref{}, err
	}
	return ref, nil
}
