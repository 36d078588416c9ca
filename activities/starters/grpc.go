package starters

import (
	"errors"

	"github.com/awaitop/awaitop/internal/grpcstatus"
	"github.com/awaitop/awaitop/lro"
)

// clientError returns the error of a gRPC client as an [*lro.Error] of the method, and any
// other error as it is.
func clientError(method string, err error) error {
	var own *lro.Error
	var invalid *lro.InvalidError
	if err == nil || errors.As(err, &own) || errors.As(err, &invalid) {
		return err
	}
	if failed := grpcstatus.Error(method, err); failed != nil {
		return failed
	}
	return err
}
