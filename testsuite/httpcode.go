package testsuite

import (
	"net/http"

	"github.com/awaitop/awaitop/lro"
)

// statusClientClosed is HTTP's unofficial code for a request its client gave
// up, which is what google.rpc.Code maps CANCELLED to.
const statusClientClosed = 499

// httpStatus returns the HTTP status of a code, by the comments of
// google/rpc/code.proto.
func httpStatus(code lro.Code) int {
	switch code {
	case lro.CodeOK:
		return http.StatusOK
	case lro.CodeCanceled:
		return statusClientClosed
	case lro.CodeInvalidArgument, lro.CodeFailedPrecondition, lro.CodeOutOfRange:
		return http.StatusBadRequest
	case lro.CodeDeadlineExceeded:
		return http.StatusGatewayTimeout
	case lro.CodeNotFound:
		return http.StatusNotFound
	case lro.CodeAlreadyExists, lro.CodeAborted:
		return http.StatusConflict
	case lro.CodePermissionDenied:
		return http.StatusForbidden
	case lro.CodeUnauthenticated:
		return http.StatusUnauthorized
	case lro.CodeResourceExhausted:
		return http.StatusTooManyRequests
	case lro.CodeUnimplemented:
		return http.StatusNotImplemented
	case lro.CodeUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
