// Package grpcstatus reads the errors of gRPC clients. It is the one place that does.
package grpcstatus

import (
	"errors"

	"google.golang.org/grpc/status"

	"github.com/awaitop/awaitop/lro"
)

// Error returns the error of a gRPC client as an [*lro.Error] of the method, with every detail and the
// advice of RetryInfo. It is nil for an error of another kind, and for one whose code is OK. The status
// may be one that the client itself made.
func Error(method string, err error, types ...lro.Types) *lro.Error {
	var called interface{ GRPCStatus() *status.Status }
	if !errors.As(err, &called) {
		return nil
	}
	answer := called.GRPCStatus().Proto()
	if answer.GetCode() == int32(lro.CodeOK) {
		return nil
	}
	failed := &lro.Error{Method: method, Cause: err, Status: lro.StatusFromProto(answer, types...)}
	failed.RetryAfter, _ = failed.Status.RetryDelay()
	return failed
}
