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

// A person who sends a request by hand needs the URL that the client would send it to.
func TestResourceURL(t *testing.T) {
	t.Parallel()
	services := []rest.Service{
		{Name: lro.SpannerService},
		{Name: "alloydb.googleapis.com", Endpoint: "http://127.0.0.1:9020/", WithoutAuthentication: true},
		{Name: "dataplex.googleapis.com", Endpoint: "proxy.example.com"},
	}
	client, err := rest.New(t.Context(), rest.Options{Services: services, APIKey: "k"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	const name = "projects/p/things/t 1"
	rows := []struct {
		reason, service, parameter, want string
		authenticates                    bool
	}{
		{"the service's own host", lro.SpannerService, "", "https://spanner.googleapis.com/v1/projects/p/things/t%201", true},
		{"with a parameter", lro.SpannerService, "force", "https://spanner.googleapis.com/v1/projects/p/things/t%201?force=a+b", true},
		{"an emulator", "alloydb.googleapis.com", "", "http://127.0.0.1:9020/v1/projects/p/things/t%201", false},
		{"an endpoint with credentials", "dataplex.googleapis.com", "", "https://proxy.example.com/v1/projects/p/things/t%201", true},
		{"not served", "acme.example.com", "", "", false},
	}
	for _, row := range rows {
		line := catalog.RequestLine{Verb: "DELETE", Path: "v1/" + name, Parameter: row.parameter}
		if row.parameter != "" {
			line.Value = "a b"
		}
		got, authenticates := client.ResourceURL(lro.ResourceRequest{Service: row.service, Resource: name, Line: line})
		if got != row.want || authenticates != row.authenticates {
			t.Errorf("%s: %q, %t, want %q, %t", row.reason, got, authenticates, row.want, row.authenticates)
		}
	}
}
