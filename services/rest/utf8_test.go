package rest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// refusal has a byte in a detail that is no UTF-8.
const refusal = `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"m","details":[{"@type":"t/x","y":"a` + "\xff" + `"}]}}`

// What a reply becomes is UTF-8, whatever the service sends: Temporal's SDKs for other languages refuse a payload
// that is not.
func TestRepliesAreUTF8(t *testing.T) {
	t.Parallel()
	const sql = "sqladmin.googleapis.com"
	tests := map[string]struct {
		reason string
		status int
		body   string
		read   func(t *testing.T, s *server) any
	}{
		"form": {"raw values of an operation with a form of its own", 200, `{"name":"o","status":"DONE","user":"a` + "\xff" + `"}`, func(t *testing.T, s *server) any {
			client := formClient(t, sql, s.url)
			op, err := client.GetOperation(t.Context(), lro.Ref{Service: sql, Name: "projects/p/operations/o"})
			if err != nil {
				t.Fatal(err)
			}
			return op
		}},
		"error": {"details of a refusal", 403, refusal, func(t *testing.T, s *server) any {
			_, err := s.client(t).GetOperation(t.Context(), operationRef)
			return failureOf(t, err).Status
		}},
		"generated": {"a generated client's", 403, refusal, func(t *testing.T, s *server) any {
			client := s.client(t)
			options, err := client.Generated(lro.SpannerService)
			if err != nil {
				t.Fatal(err)
			}
			api, err := spanner.NewService(t.Context(), options...)
			if err != nil {
				t.Fatal(err)
			}
			err = client.Call(t.Context(), lro.SpannerService, "GetInstance", func(ctx context.Context, options ...googleapi.CallOption) error {
				_, err := api.Projects.Instances.Get("projects/p/instances/i").Context(ctx).Do(options...)
				return err
			})
			return failureOf(t, err).Status
		}},
		"user's": {"a client of the user's own", 403, refusal, func(t *testing.T, _ *server) any {
			response := &http.Response{StatusCode: http.StatusForbidden, Body: io.NopCloser(strings.NewReader(refusal))}
			return failureOf(t, rest.ErrorOf("CreateThing", response)).Status
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := json.Marshal(tt.read(t, serve(t, answer(tt.status, tt.body))))
			if err != nil || !utf8.Valid(raw) || !strings.Contains(string(raw), "a\uFFFD") {
				t.Errorf("%s: %q, %v", tt.reason, raw, err)
			}
		})
	}
}
