package testsuite_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// Every code arrives with the HTTP status google/rpc/code.proto gives it, and
// with the reason of Google's older error format.
func TestCodesOverHTTP(t *testing.T) {
	t.Parallel()
	rows := []struct {
		code         lro.Code
		http, reason string
	}{
		{lro.CodeCanceled, "499", "backendError"},
		{lro.CodeUnknown, "500", "backendError"},
		{lro.CodeInvalidArgument, "400", "badRequest"},
		{lro.CodeDeadlineExceeded, "504", "backendError"},
		{lro.CodeNotFound, "404", "notFound"},
		{lro.CodeAlreadyExists, "409", "alreadyExists"},
		{lro.CodePermissionDenied, "403", "forbidden"},
		{lro.CodeUnauthenticated, "401", "authError"},
		{lro.CodeResourceExhausted, "429", "rateLimitExceeded"},
		{lro.CodeFailedPrecondition, "400", "badRequest"},
		{lro.CodeAborted, "409", "backendError"},
		{lro.CodeOutOfRange, "400", "badRequest"},
		{lro.CodeUnimplemented, "501", "backendError"},
		{lro.CodeInternal, "500", "backendError"},
		{lro.CodeUnavailable, "503", "backendError"},
		{lro.CodeDataLoss, "500", "backendError"},
	}
	for _, row := range rows {
		t.Run(row.code.String(), func(t *testing.T) {
			t.Parallel()
			service := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.FailWith(row.code, "no")}})
			server := testsuite.ServeForTest(t, service, testsuite.ServerOptions{Errors: testsuite.ErrorsLegacy})
			got := do(t, server, "GET", opName, "")
			if !strings.HasPrefix(got, row.http) || !strings.Contains(got, `"reason":"`+row.reason+`"`) {
				t.Errorf("answered with %s, want HTTP %s and the reason %s", got, row.http, row.reason)
			}
			if got := service.Calls()[0]; got.Code != row.code {
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
