package lro_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// Each code has the HTTP status that google/rpc/code.proto gives it, and each
// status the code that promises least.
func TestHTTPCodes(t *testing.T) {
	t.Parallel()
	statuses := map[lro.Code]int{
		lro.CodeOK: 200, lro.CodeCanceled: 499, lro.CodeUnknown: 500, lro.CodeInvalidArgument: 400, lro.CodeDeadlineExceeded: 504,
		lro.CodeNotFound: 404, lro.CodeAlreadyExists: 409, lro.CodePermissionDenied: 403, lro.CodeUnauthenticated: 401,
		lro.CodeResourceExhausted: 429, lro.CodeFailedPrecondition: 400, lro.CodeAborted: 409, lro.CodeOutOfRange: 400,
		lro.CodeUnimplemented: 501, lro.CodeInternal: 500, lro.CodeUnavailable: 503, lro.CodeDataLoss: 500,
		lro.Code(-1): 500, lro.Code(99): 500,
	}
	for code, want := range statuses {
		if got := code.HTTPStatus(); got != want {
			t.Errorf("%s has HTTP %d, want %d", code, got, want)
		}
	}
	codes := map[int]struct {
		reason string
		want   lro.Code
	}{
		200: {"an error with 200 names no code", lro.CodeUnknown},
		302: {"nor does a redirect", lro.CodeUnknown},
		400: {"it may be FAILED_PRECONDITION as well", lro.CodeInvalidArgument},
		401: {"the only one", lro.CodeUnauthenticated},
		403: {"the only one", lro.CodePermissionDenied},
		404: {"the only one", lro.CodeNotFound},
		408: {"a proxy's", lro.CodeDeadlineExceeded},
		409: {"ALREADY_EXISTS promises more", lro.CodeAborted},
		416: {"a proxy's", lro.CodeOutOfRange},
		418: {"unlisted", lro.CodeUnknown},
		429: {"the only one", lro.CodeResourceExhausted},
		499: {"nginx's", lro.CodeCanceled},
		500: {"DATA_LOSS promises more", lro.CodeInternal},
		501: {"the only one", lro.CodeUnimplemented},
		502: {"a proxy's", lro.CodeUnavailable},
		503: {"the only one", lro.CodeUnavailable},
		504: {"the only one", lro.CodeDeadlineExceeded},
		599: {"unlisted", lro.CodeUnknown},
	}
	for status, row := range codes {
		if got := lro.CodeOfHTTP(status); got != row.want {
			t.Errorf("HTTP %d is %s, want %s: %s", status, got, row.want, row.reason)
		}
	}
}
