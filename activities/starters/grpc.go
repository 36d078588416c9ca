package starters

import (
	"encoding/json"
	"errors"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/awaitop/awaitop/lro"
)

// readError returns the error of a gRPC client as an [*lro.Error] of the method, and any
// other error as it is.
func clientError(method string, err error) error {
	var own *lro.Error
	var invalid *lro.InvalidError
	var called interface{ GRPCStatus() *status.Status }
	if err == nil || errors.As(err, &own) || errors.As(err, &invalid) || !errors.As(err, &called) {
		return err
	}
	answer := called.GRPCStatus().Proto()
	if answer.GetCode() == int32(lro.CodeOK) {
		return err
	}
	failed := &lro.Error{Method: method, Cause: err, Status: lro.Status{Code: lro.Code(answer.GetCode()), Message: answer.GetMessage()}}
	for _, detail := range answer.GetDetails() {
		failed.Status.Details = append(failed.Status.Details, detailJSON(detail))
	}
	failed.RetryAfter, _ = failed.Status.RetryDelay()
	return failed
}

// detailJSON is a detail in JSON. If the program does not know the type, the JSON holds the encoded
// message.
func detailJSON(detail *anypb.Any) json.RawMessage {
	if raw, err := protojson.Marshal(detail); err == nil {
		return raw
	}
	raw, _ := json.Marshal(map[string]any{"@type": detail.GetTypeUrl(), "value": detail.GetValue()}) // a string and bytes
	return raw
}
