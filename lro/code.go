package lro

import (
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
)

// Code is a google.rpc.Code. In JSON it is its number, as in google.rpc.Status;
// String gives its name as google.rpc has it.
type Code int32

// The codes of google.rpc.Code.
const (
	CodeOK                 = Code(code.Code_OK)
	CodeCanceled           = Code(code.Code_CANCELLED)
	CodeUnknown            = Code(code.Code_UNKNOWN)
	CodeInvalidArgument    = Code(code.Code_INVALID_ARGUMENT)
	CodeDeadlineExceeded   = Code(code.Code_DEADLINE_EXCEEDED)
	CodeNotFound           = Code(code.Code_NOT_FOUND)
	CodeAlreadyExists      = Code(code.Code_ALREADY_EXISTS)
	CodePermissionDenied   = Code(code.Code_PERMISSION_DENIED)
	CodeUnauthenticated    = Code(code.Code_UNAUTHENTICATED)
	CodeResourceExhausted  = Code(code.Code_RESOURCE_EXHAUSTED)
	CodeFailedPrecondition = Code(code.Code_FAILED_PRECONDITION)
	CodeAborted            = Code(code.Code_ABORTED)
	CodeOutOfRange         = Code(code.Code_OUT_OF_RANGE)
	CodeUnimplemented      = Code(code.Code_UNIMPLEMENTED)
	CodeInternal           = Code(code.Code_INTERNAL)
	CodeUnavailable        = Code(code.Code_UNAVAILABLE)
	CodeDataLoss           = Code(code.Code_DATA_LOSS)
)

// String returns google.rpc's name of the code, such as "NOT_FOUND". A number that google.rpc does
// not define is "UNKNOWN", because it must be treated so. Its Status keeps the number.
func (c Code) String() string {
	return code.Code_name[int32(c.canonical())]
}

// canonical is c, or UNKNOWN for a number google.rpc does not define.
func (c Code) canonical() Code {
	if _, ok := code.Code_name[int32(c)]; ok {
		return c
	}
	return CodeUnknown
}

// ParseCode reads a code's name in any case; CANCELED and CANCELLED are the
// same code.
func ParseCode(name string) (Code, error) {
	upper := strings.ToUpper(name)
	if upper == "CANCELED" {
		return CodeCanceled, nil
	}
	if number, ok := code.Code_value[upper]; ok {
		return Code(number), nil
	}
	return CodeUnknown, fmt.Errorf("%q is not a google.rpc.Code", clip(name, 40))
}
