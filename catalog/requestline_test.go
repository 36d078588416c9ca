package catalog

import "testing"

// TestLines has the lines that differ from the usual ones, and a usual collection.
func TestLines(t *testing.T) {
	t.Parallel()
	const location, operation = "projects/p/locations/l", "projects/p/locations/l/operations/o"
	rows := []struct {
		reason, service, name, verb string
		want                        string // "" for a request that there is not
	}{
		{"usual", "alloydb/v1", operation, "get", "GET v1/" + operation},
		{"usual", "alloydb/v1", operation, "cancel", "POST v1/" + operation + ":cancel"},
		{"usual", "alloydb/v1", operation, "delete", "DELETE v1/" + operation},
		{"the service has no wait", "alloydb/v1", operation, "wait", ""},
		{"a wait", "run/v2", operation, "wait", "POST v2/" + operation + ":wait"},
		{"the cancel is a GET", "datalabeling/v1beta1", "projects/p/operations/o", "cancel", "GET v1beta1/projects/p/operations/o:cancel"},
		{"a constant path", "pubsublite/v1", operation, "get", "GET v1/admin/" + operation},
		{"a constant path", "pubsublite/v1", operation, "cancel", "POST v1/admin/" + operation + ":cancel"},
		{"the service is part of the prefix", "dns/v1", operation, "delete", "DELETE dns/v1/" + operation},
		{"another version", "cloudresourcemanager/v2", "operations/o", "get", "GET v1/operations/o"},
		{"a bare id", "speech/v1", "o", "get", "GET v1/operations/o"},
		{"the same with its path", "speech/v1", "operations/o", "get", "GET v1/operations/o"},
		{"no cancel", "bigtableadmin/v2", "operations/projects/p/operations/o", "cancel", ""},
		{"compute waits at its own path", "compute/v1", "projects/p/zones/z/operations/o", "wait", "POST compute/v1/projects/p/zones/z/operations/o/wait"},
		{"compute has no cancel", "compute/v1", "projects/p/zones/z/operations/o", "cancel", ""},
		{"Cloud SQL cancels at its own path", "sqladmin/v1", "projects/p/operations/o", "cancel", "POST v1/projects/p/operations/o/cancel"},
		{"GKE cancels as usual", "container/v1", operation, "cancel", "POST v1/" + operation + ":cancel"},
		{"storage", "storage/v1", "b/x/operations/o", "cancel", "POST storage/v1/b/x/operations/o/cancel"},
	}
	for _, row := range rows {
		c := collectionOf(t, row.service, row.name)
		line, ok := map[string]func(string) (RequestLine, bool){"get": c.Get, "cancel": c.Cancel, "delete": c.Delete, "wait": c.Wait}[row.verb](row.name)
		if got := line.String(); ok != (row.want != "") || ok && got != row.want {
			t.Errorf("%s: %s %s: %q, %t, want %q", row.reason, row.service, row.verb, got, ok, row.want)
		}
	}
	if c := collectionOf(t, "alloydb/v1", operation); ok(c.Get(location)) || ok(c.List("")) {
		t.Error("a line for a name that is not the collection's")
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, service, name, parent, want string }{
		{"usual", "alloydb/v1", "projects/p/locations/l/operations/o", "projects/p/locations/l", "GET v1/projects/p/locations/l/operations"},
		{"no parent", "vault/v1", "operations/o", "", "GET v1/operations"},
		{"the parent is in the query", "cloudfunctions/v1", "operations/o", "projects/p/locations/l", "GET v1/operations?name=projects/p/locations/l"},
		{"a constant path", "pubsublite/v1", "projects/p/locations/l/operations/o", "projects/p/locations/l", "GET v1/admin/projects/p/locations/l/operations"},
		{"by instance", "bigtableadmin/v2", "operations/projects/p/operations/o", "operations/projects/p/instances/i", "GET v2/operations/projects/p/instances/i/operations"},
		{"under another word", "cloudsearch/v1", "operations/a/b", "operations/a", "GET v1/operations/a/lro"},
	}
	for _, row := range rows {
		if line, ok := collectionOf(t, row.service, row.name).List(row.parent); !ok || line.String() != row.want {
			t.Errorf("%s: %q, %t, want %q", row.reason, line, ok, row.want)
		}
	}
}

func TestTimeoutOfWait(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, service, name string
		want                  Where
	}{
		{"by the document", "aiplatform/v1", "operations/o", InQuery},
		{"by the document", "run/v2", "projects/p/locations/l/operations/o", InBody},
		{"compute decides itself", "compute/v1", "projects/p/global/operations/o", Nowhere},
	}
	for _, row := range rows {
		if line, ok := collectionOf(t, row.service, row.name).Wait(row.name); !ok || line.Timeout != row.want {
			t.Errorf("%s: %s: timeout %s, %t, want %s", row.reason, row.service, line.Timeout, ok, row.want)
		}
	}
}

func collectionOf(t *testing.T, service, name string) *Collection {
	t.Helper()
	for _, s := range Services() {
		if s.String() != service {
			continue
		}
		for _, c := range CollectionsAt(s.Host, name) {
			if c.Service == s {
				return c
			}
		}
	}
	t.Fatalf("%s has no collection for %s", service, name)
	return nil
}

// TestListNames has the names that a list takes over gRPC. TestRequestLines of internal/cataloggen
// compares all with the documents.
func TestListNames(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, service, collection, want string }{
		{"the parent", "alloydb/v1", "projects/p/locations/l/operations", "projects/p/locations/l"},
		{"the collection itself", "spanner/v1", "projects/p/instances/i/operations", "projects/p/instances/i/operations"},
		{"no parent", "vault/v1", "operations", "operations"},
		{"no parent, and a name in the query", "cloudfunctions/v1", "operations", ""},
	}
	for _, row := range rows {
		if got, ok := collectionOf(t, row.service, row.collection+"/o").ListName(row.collection); !ok || got != row.want {
			t.Errorf("%s: %q, %t, want %q", row.reason, got, ok, row.want)
		}
	}
	if name, ok := collectionOf(t, "agenciesandbrands/v1", "agencies/a/reports/r/operations/o").ListName("agencies/a/reports/r/operations"); ok {
		t.Errorf("a service without a list takes the name %q", name)
	}
}
