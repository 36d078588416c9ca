package rest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// A request about a resource is sent as it is, once, and its reply is a JSON object.
func TestRequestResource(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reason string
		status int
		reply  string
		want   string
		code   lro.Code // of the error; OK for none
	}{
		{"a resource", 200, `{"name":"n"}`, `{"name":"n"}`, lro.CodeOK},
		{"an empty message may have no body", 200, ``, `{}`, lro.CodeOK},
		{"a proxy's page says nothing of the request", 200, `<html>`, ``, lro.CodeUnknown},
		{"a list is no resource", 200, `[]`, ``, lro.CodeUnknown},
		{"a refusal", 404, `{"error":{"code":404,"status":"NOT_FOUND","message":"no"}}`, ``, lro.CodeNotFound},
		{"an answer that may pass is not asked for again", 503, `{"error":{"code":503,"status":"UNAVAILABLE","message":"no"}}`, ``, lro.CodeUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			var body []byte
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ = io.ReadAll(r.Body)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.reply)
			})
			got, err := s.client(t).RequestResource(t.Context(), lro.ResourceRequest{
				Service: lro.SpannerService, Method: "things.create", Resource: "projects/p/things/t",
				Line:  catalog.RequestLine{Verb: "POST", Path: "v1/projects/p/things", Parameter: "parent", Value: "a/b"},
				Query: url.Values{"thingId": {"t"}}, Body: json.RawMessage(`{"a":1}`),
			})
			var failed *lro.Error
			_ = errors.As(err, &failed)
			if (err != nil) != (tt.code != lro.CodeOK) || failed != nil && (failed.Status.Code != tt.code || failed.Method != "things.create") || string(got) != tt.want {
				t.Errorf("%s, %v", got, err)
			}
			requests := s.received()
			if len(requests) != 1 {
				t.Fatalf("%d requests", len(requests))
			}
			r := requests[0]
			if r.Method != http.MethodPost || r.URL.Path != "/v1/projects/p/things" || r.URL.Query().Get("thingId") != "t" || r.URL.Query().Get("parent") != "a/b" || string(body) != `{"a":1}` {
				t.Errorf("%s %s with %s", r.Method, r.URL, body)
			}
		})
	}
}

// A request about a resource that is not allowed is not sent.
func TestResourceNotAllowed(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	client := s.client(t, func(o *rest.Options) { o.AllowedPrefixes = []string{"projects/p"} })
	for reason, r := range map[string]lro.ResourceRequest{
		"another service": {Service: "acme.example.com", Resource: "projects/p/things/t"},
		"another project": {Service: lro.SpannerService, Resource: "projects/q/things/t"},
		"a path upwards":  {Service: lro.SpannerService, Resource: "projects/p/../q"},
	} {
		var invalid *lro.InvalidError
		if _, err := client.RequestResource(t.Context(), r); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
