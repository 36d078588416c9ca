package rest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// A client over net/http tells awaitop what a service answered.
func TestErrorOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		status   int
		body     string
		code     lro.Code
		noStatus bool
	}{
		"status":   {"the service's own", 409, `{"error":{"code":409,"status":"ALREADY_EXISTS","message":"there"}}`, lro.CodeAlreadyExists, false},
		"no JSON":  {"a proxy's page stands for its HTTP status", 503, "<html>", lro.CodeUnavailable, true},
		"too long": {"what does not fit is not read", 403, `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"` + strings.Repeat("x", 20<<20) + `"}}`, lro.CodePermissionDenied, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := &http.Response{StatusCode: tt.status, Header: http.Header{"Retry-After": {"7"}}, Body: io.NopCloser(strings.NewReader(tt.body))}
			var failed *lro.Error
			if err := rest.ErrorOf("CreateThing", response); !errors.As(err, &failed) {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			if failed.Status.Code != tt.code || failed.NoStatus != tt.noStatus || failed.RetryAfter != 7*time.Second || failed.Method != "CreateThing" {
				t.Errorf("%s: %+v", tt.reason, failed)
			}
		})
	}
	if err := rest.ErrorOf("CreateThing", &http.Response{StatusCode: http.StatusCreated}); err != nil {
		t.Errorf("a success: %v", err)
	}
}
