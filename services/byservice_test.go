package services_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// What starters ask for has to be here, or a worker with a client for each service starts nothing.
var (
	_ lro.ResourceClient = (*services.Router)(nil)
)

const library = "library.example.com"

// bare is a client with the methods of an lro.Client and no others.
type bare struct{ lro.Client }

// overHTTP is a client of a service and the project "projects/p".
func overHTTP(t *testing.T, service, endpoint string) *rest.Client {
	t.Helper()
	client, err := rest.New(t.Context(), rest.Options{
		Services: []rest.Service{{Name: service, Endpoint: endpoint}}, WithoutAuthentication: true, AllowedPrefixes: []string{"projects/p"}, QuotaProject: "payer",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func route(t *testing.T, clients map[string]lro.Client, others lro.Client) *services.Router {
	t.Helper()
	router, err := services.ByService(clients, others)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// Each method goes to the client of its service, and to no other.
func TestRoutes(t *testing.T) {
	t.Parallel()
	books := testsuite.ForTest(t, testsuite.Options{Service: library, Waits: true})
	others := testsuite.ForTest(t, testsuite.Options{})
	for service, at := range map[*testsuite.Service]string{books: "operations/o", others: "projects/p/instances/i/operations/o"} {
		service.Start(at, testsuite.Script{})
	}
	router := route(t, map[string]lro.Client{library: books}, others)
	for _, row := range []struct {
		reason      string
		to, silent  *testsuite.Service
		ref         lro.Ref
		waits       bool
		unsupported bool
	}{
		{"its own client", books, others, lro.Ref{Service: library, Name: "operations/o"}, true, false},
		{"the client of all others", others, books, lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}, false, true},
	} {
		_, read := router.GetOperation(t.Context(), row.ref)
		_, listed := router.ListOperations(t.Context(), lro.ListRequest{Collection: row.ref.Collection()})
		_, waited := router.WaitOperation(t.Context(), row.ref, time.Second)
		canceled, deleted := router.CancelOperation(t.Context(), row.ref), router.DeleteOperation(t.Context(), row.ref)
		if err := errors.Join(read, listed, canceled, deleted); err != nil || (waited != nil) != row.unsupported || router.Waits(row.ref) != row.waits {
			t.Errorf("%s: %v, wait %v, waits %t", row.reason, err, waited, router.Waits(row.ref))
		}
		for _, method := range []testsuite.Method{testsuite.MethodGet, testsuite.MethodList, testsuite.MethodCancel, testsuite.MethodDelete} {
			row.to.AssertCalls(t, method, 1)
			row.silent.AssertCalls(t, method, 0)
		}
		row.to.ForgetCalls()
	}
}

func TestNoClient(t *testing.T) {
	t.Parallel()
	router := route(t, map[string]lro.Client{library: bare{testsuite.ForTest(t, testsuite.Options{Service: library})}}, nil)
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	_, read := router.GetOperation(t.Context(), ref)
	_, listed := router.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
	_, waited := router.WaitOperation(t.Context(), ref, time.Second)
	for _, row := range []struct {
		field string
		err   error
	}{
		{"ref.service", read}, {"collection.service", listed}, {"ref.service", waited},
		{"ref.service", router.CancelOperation(t.Context(), ref)}, {"ref.service", router.DeleteOperation(t.Context(), ref)},
	} {
		var invalid *lro.InvalidError
		if !errors.As(row.err, &invalid) || invalid.Field != row.field {
			t.Errorf("%v, want one for %s", row.err, row.field)
		}
	}
	if router.Waits(ref) || router.Serves(lro.SpannerService) || !router.Serves(library) || router.QuotaProject(library) != "" {
		t.Error("it serves what it has no client for")
	}
	_, err := router.WaitOperation(t.Context(), lro.Ref{Service: library, Name: "operations/o"}, time.Second)
	if lro.Classify(err) != lro.ClassUnsupported {
		t.Errorf("the wait of a client without one: %v", err)
	}
}

// A refusal says what is the matter: the service is there, but not over HTTP; or it is not, and those are that are.
func TestRefusals(t *testing.T) {
	t.Parallel()
	books, others := testsuite.ForTest(t, testsuite.Options{Service: library}), testsuite.ForTest(t, testsuite.Options{})
	router := route(t, map[string]lro.Client{library: bare{books}}, overHTTP(t, lro.SpannerService, others.Serve(t)))
	ref := lro.Ref{Service: "run.googleapis.com", Name: "projects/p/locations/l/operations/o"}
	_, read := router.GetOperation(t.Context(), ref)
	_, listed := router.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
	const all = "want a service registered with this worker: spanner.googleapis.com, library.example.com"
	const awaited = `"library.example.com" is awaited only, by a client that starts nothing; want a service that is named over HTTP, too`
	_, requested := router.RequestResource(t.Context(), lro.ResourceRequest{Service: library, Resource: "projects/p/shelves/s"})
	for _, row := range []struct {
		reason string
		err    error
		says   string
	}{
		{"a read", read, all}, {"a list", listed, all}, {"a cancel", router.CancelOperation(t.Context(), ref), all},
		{"a delete", router.DeleteOperation(t.Context(), ref), all},
		{"a start", router.Allow("target", library, "projects/p/shelves/s"), "target.service: " + awaited},
		{"a request", requested, awaited},
	} {
		if row.err == nil || !strings.Contains(row.err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", row.reason, row.err, row.says)
		}
	}
}

// Starts of a service go to its own client if that can start, else to the one of all others. So they are
// allowed by the client that sends them.
func TestStarts(t *testing.T) {
	t.Parallel()
	spannerAt, libraryAt := testsuite.ForTest(t, testsuite.Options{}), testsuite.ForTest(t, testsuite.Options{Service: library})
	endpoint := spannerAt.Serve(t)
	viaHTTP := overHTTP(t, lro.SpannerService, endpoint)
	rows := map[string]struct {
		reason  string
		router  *services.Router
		service string
		name    string
		refused string // what an error is about; "" for none
	}{
		"own":        {"a client that can", route(t, map[string]lro.Client{lro.SpannerService: viaHTTP}, nil), lro.SpannerService, "projects/p/instances/i", ""},
		"others":     {"where its own only awaits", route(t, map[string]lro.Client{lro.SpannerService: bare{spannerAt}}, viaHTTP), lro.SpannerService, "projects/p/instances/i", ""},
		"prefix":     {"the prefixes are those of the client that sends", route(t, map[string]lro.Client{lro.SpannerService: bare{spannerAt}}, viaHTTP), lro.SpannerService, "projects/q/instances/i", "below.name"},
		"none":       {"nothing can start", route(t, map[string]lro.Client{lro.SpannerService: bare{spannerAt}}, nil), lro.SpannerService, "projects/p/instances/i", "service"},
		"not served": {"the other client does not reach it", route(t, map[string]lro.Client{library: bare{libraryAt}}, viaHTTP), library, "projects/p/shelves/s", "below.service"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := row.router.Allow("below", row.service, row.name)
			if invalid := (*lro.InvalidError)(nil); (err == nil) != (row.refused == "") || err != nil && (!errors.As(err, &invalid) || invalid.Field != row.refused) {
				t.Fatalf("%s: %v, want one for %q", row.reason, err, row.refused)
			}
			if _, err := row.router.RequestResource(t.Context(), lro.ResourceRequest{Service: row.service, Resource: row.name}); row.refused != "" && lro.Classify(err) != lro.ClassInvalid {
				t.Errorf("%s: a raw request: %v", row.reason, err)
			}
			want := ""
			if strings.HasPrefix(row.reason, "the prefixes") || row.refused == "" {
				want = endpoint + "/v1/" + row.name
			}
			at, authenticates := row.router.ResourceURL(lro.ResourceRequest{Service: row.service, Resource: row.name, Line: catalog.RequestLine{Path: "v1/" + row.name}})
			if at != want || authenticates {
				t.Errorf("%s: the request goes to %q, want %q", row.reason, at, want)
			}
		})
	}
}

func TestRouterConfig(t *testing.T) {
	t.Parallel()
	viaHTTP := overHTTP(t, lro.SpannerService, "http://127.0.0.1:1")
	unsaid := bare{testsuite.ForTest(t, testsuite.Options{Service: library})}
	rows := []struct {
		reason  string
		router  *services.Router
		service string
		serves  bool
		project string
	}{
		{"as its client says", route(t, map[string]lro.Client{lro.SpannerService: viaHTTP}, nil), lro.SpannerService, true, "payer"},
		{"as the client of others says", route(t, nil, viaHTTP), lro.SpannerService, true, "payer"},
		{"so does its no", route(t, nil, viaHTTP), library, false, "payer"},
		{"a client that does not say", route(t, map[string]lro.Client{library: unsaid}, nil), library, true, ""},
		{"for others, as a Poller takes it", route(t, nil, unsaid), lro.SpannerService, true, ""},
		{"for others, as a Poller takes it", route(t, nil, unsaid), library, false, ""},
	}
	for _, row := range rows {
		if got, project := row.router.Serves(row.service), row.router.QuotaProject(row.service); got != row.serves || project != row.project {
			t.Errorf("%s: serves %s: %t, for %q", row.reason, row.service, got, project)
		}
	}
}
