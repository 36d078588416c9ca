package testsuite_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A code arrives with its HTTP status, and is recorded as it is.
func TestCodesOverHTTP(t *testing.T) {
	t.Parallel()
	for code, want := range map[lro.Code]string{
		lro.CodeCanceled: "499", lro.CodeFailedPrecondition: "400", lro.CodeAlreadyExists: "409", lro.CodeDataLoss: "500",
	} {
		t.Run(code.String(), func(t *testing.T) {
			t.Parallel()
			s := serve(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.FailWith(code, "no")}})
			if got := s.do("GET", opName, ""); !strings.HasPrefix(got, want) || !strings.Contains(got, `"status":"`+code.String()+`"`) {
				t.Errorf("answered with %s, want HTTP %s", got, want)
			}
			if got := s.service.Calls()[0]; got.Code != code {
				t.Errorf("recorded as %s", got.Code)
			}
		})
	}
}

// A reply without a status has what a front end can know for its code, and is marked.
func TestCodesOfPages(t *testing.T) {
	t.Parallel()
	rows := map[int]lro.Code{
		http.StatusBadRequest: lro.CodeUnknown, http.StatusUnauthorized: lro.CodeUnauthenticated, http.StatusForbidden: lro.CodePermissionDenied,
		http.StatusNotFound: lro.CodeUnknown, http.StatusConflict: lro.CodeUnknown, http.StatusTooManyRequests: lro.CodeResourceExhausted,
		499: lro.CodeCanceled, http.StatusInternalServerError: lro.CodeInternal, http.StatusNotImplemented: lro.CodeUnavailable,
		http.StatusRequestTimeout: lro.CodeDeadlineExceeded, http.StatusBadGateway: lro.CodeUnavailable, http.StatusServiceUnavailable: lro.CodeUnavailable,
		http.StatusGatewayTimeout: lro.CodeDeadlineExceeded, http.StatusTeapot: lro.CodeUnknown,
	}
	for status, want := range rows {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			s := setup(t, testsuite.Script{}, testsuite.Options{Faults: []testsuite.Fault{testsuite.HTMLPage(status)}})
			_, err := s.service.GetOperation(t.Context(), s.ref)
			var failed *lro.Error
			if !errors.As(err, &failed) || failed.Status.Code != want || !failed.NoStatus || failed.HTTP != status {
				t.Errorf("HTTP %d gives %v, want %s", status, err, want)
			}
		})
	}
}
