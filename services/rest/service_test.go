package rest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// TestRefusedRefs sees each method refuse, name the field and the value, and
// send nothing.
func TestRefusedRefs(t *testing.T) {
	t.Parallel()
	spanner := func(name string) lro.Ref { return lro.Ref{Service: lro.SpannerService, Name: name} }
	rows := []struct {
		ref            lro.Ref
		prefixes       []string
		field, problem string
		reason         string
	}{
		{lro.Ref{}, nil, "ref", "is missing", "nothing is named"},
		{lro.Ref{Service: "https://evil.example", Name: "operations/o"}, nil, "ref.service", "", "a URL in place of a service"},
		{lro.Ref{Service: "127.0.0.1:80", Name: "operations/o"}, nil, "ref.service", "", "an address in place of a service"},
		{lro.Ref{Service: "pubsub.googleapis.com", Name: "operations/o"}, nil, "ref.service", "is not registered", "a service that nobody registered"},
		{lro.Ref{Service: "Spanner.googleapis.com", Name: "operations/o"}, nil, "ref.service", "", "another case"},
		{spanner(""), nil, "ref.name", "is empty", "no name"},
		{spanner("projects/p/instances/prod"), nil, "ref.name", "names no operation of spanner.googleapis.com", "a resource"},
		{spanner("operations/../o"), nil, "ref.name", `has the segment ".."`, "another resource"},
		{spanner("operations/o:delete"), nil, "ref.name", "ends in a :verb", "another method"},
		{spanner("operations/o?alt=media"), nil, "ref.name", "has the forbidden character '?'", "another query"},
		{spanner("operations/%2e%2e/o"), nil, "ref.name", "has the forbidden character '%'", "an escaped name"},
		{spanner("/operations/o"), nil, "ref.name", "has an empty segment, or starts or ends with a slash", "an absolute path"},
		{spanner("projects/p2/instances/i/operations/o"), []string{"projects/p"}, "ref.name", "is not allowed", "whole segments count"},
		{spanner("projects/p/instances/i/operations/o"), []string{"projects/p/instances/i/databases"}, "ref.name", "is not allowed", "a parent of what is allowed"},
		{spanner("projects/x/instances/p/operations/o"), []string{"instances/p"}, "ref.name", "is not allowed", "from the start"},
		{spanner("projects/-/instances/i/operations/o"), []string{"projects/p", "projects/q/instances/i/"}, "ref.name", "is not allowed", "the wildcard of AIP-159 is wider"},
		{spanner("projects/q/instances/j/operations/o"), []string{"projects/p", "projects/q/instances/i/"}, "ref.name", "is not allowed", "a sibling"},
	}
	for _, row := range rows {
		for _, method := range calls(row.ref)[:3] { // a List has a collection: TestRefusedCollections
			t.Run(method.name+" "+row.reason, func(t *testing.T) {
				t.Parallel()
				s := serve(t, answer(200, `{}`))
				err := method.do(t, s.client(t, func(o *rest.Options) { o.AllowedPrefixes = row.prefixes }))
				want := lro.InvalidError{Field: row.field, Value: row.ref.Name, Problem: row.problem}
				if strings.HasSuffix(row.field, "service") {
					want.Value = row.ref.Service
				}
				got := invalidOf(t, err)
				got.Want = ""
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if got := len(s.received()); got != 0 {
					t.Errorf("%d requests were sent", got)
				}
			})
		}
	}
}

func TestRefusedCollections(t *testing.T) {
	t.Parallel()
	rows := []struct {
		collection     lro.Collection
		field, problem string
		reason         string
	}{
		{lro.Collection{}, "collection", "is missing", "nothing is named"},
		{lro.Collection{Service: "pubsub.googleapis.com", Name: "operations"}, "collection.service", "is not registered", "a service that nobody registered"},
		{lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances"}, "collection.name", "names no collection of operations of spanner.googleapis.com", "a collection of resources"},
		{lro.Collection{Service: lro.SpannerService, Name: "projects/q/instances/i/operations"}, "collection.name", "is not allowed", "another project"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{}`))
			client := s.client(t, func(o *rest.Options) { o.AllowedPrefixes = []string{"projects/p"} })
			_, err := client.ListOperations(t.Context(), lro.ListRequest{Collection: row.collection})
			if got := invalidOf(t, err); got.Field != row.field || got.Problem != row.problem {
				t.Errorf("got %v", err)
			}
			if got := len(s.received()); got != 0 {
				t.Errorf("%d requests were sent", got)
			}
		})
	}
}

func invalidOf(t *testing.T, err error) lro.InvalidError {
	t.Helper()
	var invalid *lro.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want an *lro.InvalidError", err)
	}
	return *invalid
}

func TestAllowedRefs(t *testing.T) {
	t.Parallel()
	for name, service := range map[string]string{
		"projects/p/instances/i/operations/o":             lro.SpannerService,
		"projects/q/instances/i/operations/o":             lro.SpannerService,
		"projects/example.com:p/instances/i/operations/o": lro.SpannerService,
		"operations/projects/p/instances/i/operations/o":  "bigtableadmin.googleapis.com",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{"done":true}`))
			client := s.client(t, func(o *rest.Options) {
				o.Services = []rest.Service{{Name: service, Endpoint: s.url}}
				o.AllowedPrefixes = []string{"projects/p", "projects/q/instances/i/", "projects/example.com:p"}
			})
			if _, err := client.GetOperation(t.Context(), lro.Ref{Service: service, Name: name}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestServicesAreKeptApart(t *testing.T) {
	t.Parallel()
	global, regional := serve(t, answer(200, `{"name":"global"}`)), serve(t, answer(200, `{"name":"regional"}`))
	client := global.client(t, func(o *rest.Options) {
		o.Services = append(o.Services, rest.Service{Name: "spanner.me-central2.rep.googleapis.com", Endpoint: regional.url})
	})
	for service, want := range map[string]string{lro.SpannerService: "global", "spanner.me-central2.rep.googleapis.com": "regional"} {
		op, err := client.GetOperation(t.Context(), lro.Ref{Service: service, Name: operationName})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, op.Name); diff != "" {
			t.Errorf("%s (-want +got):\n%s", service, diff)
		}
	}
}

// A pattern stands for the services of the catalog that fit and have no Service of their own.
func TestServicePatterns(t *testing.T) {
	t.Parallel()
	own, all := serve(t, answer(200, `{"name":"own"}`)), serve(t, answer(200, `{"name":"all"}`))
	client := own.client(t, func(o *rest.Options) {
		o.Services = []rest.Service{{Name: "*spanner.googleapis.com", Endpoint: all.url}, {Name: lro.SpannerService, Endpoint: own.url}, {Name: "a*.googleapis.com", Endpoint: all.url}}
	})
	tests := map[string]struct {
		reason, service, name, want string
	}{
		"own":     {"a Service of its own name has precedence, wherever it stands", lro.SpannerService, operationName, "own"},
		"pattern": {"it fits", "alloydb.googleapis.com", "projects/p/locations/l/operations/o", "all"},
		"no fit":  {"another service", "redis.googleapis.com", "projects/p/locations/l/operations/o", ""},
		"unknown": {"it fits, and the catalog does not have it", "another.googleapis.com", "operations/o", ""},
	}
	for key, tt := range tests {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			op, err := client.GetOperation(t.Context(), lro.Ref{Service: tt.service, Name: tt.name})
			if op.Name != tt.want || (err == nil) != (tt.want != "") || client.Serves(tt.service) != (tt.want != "") {
				t.Errorf("%s: %q, %v, want %q", tt.reason, op.Name, err, tt.want)
			}
		})
	}
}

// A service of its own form answers in google.longrunning's.
func TestOtherShapes(t *testing.T) {
	t.Parallel()
	s := serve(t, answer(200, `{"kind":"compute#operation","name":"o1","status":"DONE","error":{"errors":[{"code":"QUOTA_EXCEEDED","message":"no"}]},"httpErrorStatusCode":403}`),
		answer(200, `{"kind":"compute#operationList","items":[{"name":"o1","status":"RUNNING"}],"nextPageToken":"t"}`))
	client := s.client(t, func(o *rest.Options) { o.Services = []rest.Service{{Name: "compute.googleapis.com", Endpoint: s.url}} })
	ref := lro.Ref{Service: "compute.googleapis.com", Name: "projects/p/zones/z/operations/o1"}
	op, err := client.GetOperation(t.Context(), ref)
	if err != nil || op.Name != ref.Name || op.Error == nil || op.Error.Code != lro.CodeResourceExhausted {
		t.Errorf("%+v, %v", op, err)
	}
	page, err := client.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
	if err != nil || len(page.Operations) != 1 || page.Operations[0].Name != ref.Name || page.NextPageToken != "t" {
		t.Errorf("%+v, %v", page, err)
	}
	if class := lro.Classify(client.CancelOperation(t.Context(), ref)); class != lro.ClassUnsupported || len(s.received()) != 2 {
		t.Errorf("a cancel that Compute Engine does not have: %s after %d requests", class, len(s.received()))
	}
}

func TestNegativePageSize(t *testing.T) {
	t.Parallel()
	s := serve(t, answer(200, `{}`))
	_, err := s.client(t).ListOperations(t.Context(), lro.ListRequest{Collection: operationRef.Collection(), PageSize: -1})
	got := invalidOf(t, err)
	if got.Field != "pageSize" || got.Value != "-1" || len(s.received()) != 0 {
		t.Errorf("got %v and %d requests", err, len(s.received()))
	}
}

func TestRefusedOptions(t *testing.T) {
	t.Parallel()
	some := fromSource(nil)
	endpoint := func(text string) []rest.Service {
		return []rest.Service{{Name: lro.SpannerService, Endpoint: text}}
	}
	rows := []struct {
		options      rest.Options
		field, value string
		reason       string
	}{
		{rest.Options{Services: []rest.Service{{}}}, "services[0].name", "", "a service needs a name"},
		{rest.Options{Services: []rest.Service{{Name: "https://spanner.googleapis.com"}}}, "services[0].name", "https://spanner.googleapis.com", "a URL is no name"},
		{rest.Options{Services: []rest.Service{{Name: "a.b"}, {Name: "a.b"}}}, "services[1].name", "a.b", "which one would it be"},
		{rest.Options{Services: endpoint("http://spanner.googleapis.com")}, "services[0].endpoint", "http://spanner.googleapis.com", "credentials over plain http"},
		{rest.Options{Services: endpoint("http://127.0.0.1.example.com")}, "services[0].endpoint", "http://127.0.0.1.example.com", "not loopback"},
		{rest.Options{Services: endpoint("http://10.0.0.1")}, "services[0].endpoint", "http://10.0.0.1", "a private network is a network"},
		{rest.Options{Services: endpoint("ftp://h")}, "services[0].endpoint", "ftp://h", "no HTTP"},
		{rest.Options{Services: endpoint("https://")}, "services[0].endpoint", "https:", "no host"},
		{rest.Options{Services: endpoint("https://u:secret@h")}, "services[0].endpoint", "https://...@h", "a password, which the error does not show"},
		{rest.Options{Services: endpoint("https://token@h")}, "services[0].endpoint", "https://...@h", "nor a token for a user"},
		{rest.Options{Services: endpoint("https://h?x=y")}, "services[0].endpoint", "https://h?...", "a query, which may hold a key"},
		{rest.Options{Services: endpoint("https://h:port?key=k")}, "services[0].endpoint", "...", "no URL, with a key"},
		{rest.Options{Services: endpoint("https://h/#x")}, "services[0].endpoint", "https://h/#...", "a fragment, as well"},
		{rest.Options{Services: endpoint("https://h:port")}, "services[0].endpoint", "https://h:port", "no URL"},
		{rest.Options{Services: []rest.Service{{Name: "a.b", Version: "../v1"}}}, "services[0].version", "../v1", "another API"},
		{rest.Options{Services: []rest.Service{{Name: "a.b", Prefix: "a?b"}}}, "services[0].prefix", "a?b", "a query"},
		{rest.Options{AllowedPrefixes: []string{"projects/p", ""}}, "allowedPrefixes[1]", "", "an empty prefix would allow everything"},
		{rest.Options{AllowedPrefixes: []string{"/projects/p"}}, "allowedPrefixes[0]", "/projects/p", "would allow nothing"},
		{rest.Options{MaxBodySize: -1}, "maxBodySize", "-1", "negative"},
		{rest.Options{RequestTimeout: -time.Second}, "requestTimeout", "-1s", "negative"},
		{rest.Options{ErrorFormat: "3"}, "errorFormat", "3", "no such form"},
		{rest.Options{UserAgent: "a\r\nb"}, "userAgent", "a\r\nb", "two headers"},
		{rest.Options{QuotaProject: "a\nb"}, "quotaProject", "a\nb", "two headers"},
		{rest.Options{UniverseDomain: "a/b"}, "universeDomain", "a/b", "a path becomes part of a host"},
		{rest.Options{APIKey: "k", WithoutAuthentication: true}, "apiKey", "...", "the key would be ignored"},
		{rest.Options{Credentials: some, WithoutAuthentication: true}, "credentials", "", "the credentials would be ignored"},
		{rest.Options{Credentials: some, APIKey: "k"}, "apiKey", "...", "the credentials would be ignored"},
	}
	for _, row := range rows {
		t.Run(row.field+" "+row.reason, func(t *testing.T) {
			t.Parallel()
			client, err := rest.New(t.Context(), row.options)
			if client != nil {
				t.Error("got a client")
			}
			got := invalidOf(t, err)
			if diff := cmp.Diff(lro.InvalidError{Field: row.field, Value: row.value}, lro.InvalidError{Field: got.Field, Value: got.Value}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the message %q shows a password", err)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	rows := []struct {
		options rest.Options
		reason  string
	}{
		{rest.Options{APIKey: "k"}, "Spanner's global endpoint"},
		{rest.Options{APIKey: "k", Services: []rest.Service{{Name: lro.SpannerService, Endpoint: "https://spanner.me-central2.rep.googleapis.com"}}}, "a regional one"},
		{rest.Options{APIKey: "k", Services: []rest.Service{{Name: lro.SpannerService, Endpoint: "proxy.example:8443/path"}}}, "a bare host is https"},
		{rest.Options{APIKey: "k", Services: []rest.Service{{Name: lro.SpannerService, Endpoint: "http://[::1]:1"}}}, "plain http to loopback, by IPv6"},
		{rest.Options{APIKey: "k", Services: []rest.Service{{Name: lro.SpannerService, Endpoint: "http://LOCALHOST:1"}}}, "plain http to loopback, by name"},
		{rest.Options{WithoutAuthentication: true, Services: []rest.Service{{Name: lro.SpannerService, Endpoint: "http://emulator:9020"}}}, "plain http without credentials"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			client, err := rest.New(t.Context(), row.options)
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
