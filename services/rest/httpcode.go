package rest

import (
	"net/http"

	"github.com/awaitop/awaitop/lro"
)

// codeFromHTTP is the google.rpc.Code for an HTTP status, by the mapping that
// google.rpc.Code documents. Where several codes share a status it is the one
// that promises least: 409 is ABORTED, not ALREADY_EXISTS. What is not listed
// is UNKNOWN, which is transient.
func codeFromHTTP(status int) lro.Code {
	switch status {
	case http.StatusBadRequest:
		return lro.CodeInvalidArgument
	case http.StatusUnauthorized:
		return lro.CodeUnauthenticated
	case http.StatusForbidden:
		return lro.CodePermissionDenied
	case http.StatusNotFound:
		return lro.CodeNotFound
	case http.StatusConflict:
		return lro.CodeAborted
	case http.StatusRequestedRangeNotSatisfiable:
		return lro.CodeOutOfRange
	case http.StatusTooManyRequests:
		return lro.CodeResourceExhausted
	case 499: // client closed request, of nginx and google.rpc
		return lro.CodeCanceled
	case http.StatusInternalServerError:
		return lro.CodeInternal
	case http.StatusNotImplemented:
		return lro.CodeUnimplemented
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return lro.CodeUnavailable
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return lro.CodeDeadlineExceeded
	default:
		return lro.CodeUnknown
	}
}
