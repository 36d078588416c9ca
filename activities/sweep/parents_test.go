package sweep

import (
	"errors"
	"testing"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// A parent that the worker cannot look below is refused by its place in the input, before anything is sent.
func TestRefuse(t *testing.T) {
	t.Parallel()
	client, err := rest.New(t.Context(), rest.Options{
		WithoutAuthentication: true, AllowedPrefixes: []string{"projects/p", "projects/q/instances"},
		Services: []rest.Service{{Name: lro.SpannerService, Endpoint: "http://127.0.0.1:1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	silent := struct{ lro.Client }{}
	const alloydb = "alloydb.googleapis.com"
	rows := []struct {
		reason        string
		client        lro.Client
		service, name string
		want          string // what is wanted, "" if it is taken
	}{
		{"a project", client, lro.SpannerService, "projects/p", ""},
		{"a resource with operations", client, lro.SpannerService, "projects/p/instances/i", ""},
		{"some of its collections are allowed", client, lro.SpannerService, "projects/q", ""},
		{"a service that is not served", client, alloydb, "projects/p/locations/l", "a service registered with this worker: spanner.googleapis.com"},
		{"none of its collections is allowed", client, lro.SpannerService, "projects/r", "a name below one of the worker's allowed prefixes"},
		{"nothing is below it", client, lro.SpannerService, "projects/p/instances/i/databases/d/databaseRoles/r", "a parent such as //spanner.googleapis.com/projects/p or //alloydb.googleapis.com/projects/p/locations/l"},
		{"a client that does not tell", silent, alloydb, "projects/p/locations/l", ""},
		{"a client that only tells its services", served{}, alloydb, "projects/p/locations/l", "a service that the worker serves"},
	}
	for _, row := range rows {
		first := orphans.Place{Kind: orphans.Parent, Service: lro.SpannerService, Name: "projects/p"}
		err := refuse(row.client, []orphans.Place{first, {Kind: orphans.Parent, Service: row.service, Name: row.name}})
		var invalid *lro.InvalidError
		_ = errors.As(err, &invalid)
		if (err == nil) != (row.want == "") || invalid != nil && (invalid.Field != "parents[1]" || invalid.Want != row.want) {
			t.Errorf("%s: %v, want %q", row.reason, err, row.want)
		}
	}
	for _, name := range []string{"", "projects//x", "projects/../x"} {
		if err := refuse(silent, []orphans.Place{{Kind: orphans.Parent, Service: lro.SpannerService, Name: name}}); lro.Classify(err) != lro.ClassInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := refuse(silent, []orphans.Place{{Kind: orphans.Parent, Service: "localhost", Name: "projects/p"}}); lro.Classify(err) != lro.ClassInvalid {
		t.Errorf("a host that is none: %v", err)
	}
}

// served is a client of Spanner that starts nothing.
type served struct{ lro.Client }

func (served) Serves(service string) bool { return service == lro.SpannerService }

func (served) QuotaProject(string) string { return "" }
