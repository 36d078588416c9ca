package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// A version that the catalog does not have keeps the service's own form of operations, and the requests of the other
// versions. In the standard form it has the standard requests.
func TestUnlistedVersion(t *testing.T) {
	t.Parallel()
	const none = ""
	const own = `{"name":"o","id":"o","status":"RUNNING","nextPageToken":""}`
	const standard = `{"name":"n","metadata":{},"nextPageToken":""}`
	tests := map[string]struct {
		reason  string
		service rest.Service
		name    string
		reply   string
		get     string // the request lines, none for a method that is UNIMPLEMENTED
		cancel  string
		list    string
	}{
		"Kubernetes Engine": {"its form stays", rest.Service{Name: "container.googleapis.com", Version: "v1beta1"}, "projects/p/locations/l/operations/o", own,
			"GET /v1beta1/projects/p/locations/l/operations/o", "POST /v1beta1/projects/p/locations/l/operations/o:cancel", "GET /v1beta1/projects/p/locations/l/operations"},
		"Compute Engine": {"it has no cancel", rest.Service{Name: "compute.googleapis.com", Version: "compute/beta"}, "projects/p/zones/z/operations/o", own,
			"GET /compute/beta/projects/p/zones/z/operations/o", none, "GET /compute/beta/projects/p/zones/z/operations"},
		"version alone": {"the catalog has the path above", rest.Service{Name: "compute.googleapis.com", Version: "beta"}, "projects/p/global/operations/o", own,
			"GET /compute/beta/projects/p/global/operations/o", none, "GET /compute/beta/projects/p/global/operations"},
		"constant path": {"the form stays there, too", rest.Service{Name: "compute.googleapis.com", Version: "compute", Prefix: "beta"}, "projects/p/global/operations/o", own,
			"GET /compute/beta/projects/p/global/operations/o", none, "GET /compute/beta/projects/p/global/operations"},
		"Cloud SQL": {"its cancel is another", rest.Service{Name: "sqladmin.googleapis.com", Version: "sql/v1beta4"}, "projects/p/operations/o", own,
			"GET /sql/v1beta4/projects/p/operations/o", "POST /sql/v1beta4/projects/p/operations/o/cancel", "GET /sql/v1beta4/projects/p/operations"},
		"another listed": {"the version has no such name, another has", rest.Service{Name: "dns.googleapis.com", Version: "v1"}, "projects/p/locations/l/managedZones/z/operations/o", own,
			"GET /dns/v1/projects/p/locations/l/managedZones/z/operations/o", none, "GET /dns/v1/projects/p/locations/l/managedZones/z/operations"},
		"Vertex AI": {"the standard form", rest.Service{Name: "aiplatform.googleapis.com", Version: "v1beta1"}, "projects/p/locations/l/operations/o", standard,
			"GET /v1beta1/projects/p/locations/l/operations/o", "POST /v1beta1/projects/p/locations/l/operations/o:cancel", "GET /v1beta1/projects/p/locations/l/operations"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) { answer(200, tt.reply)(w, r) })
			tt.service.Endpoint = s.url
			client := s.client(t, func(o *rest.Options) { o.Services = []rest.Service{tt.service} })
			ref := lro.Ref{Service: tt.service.Name, Name: tt.name}
			for _, call := range []struct {
				want string
				do   func() error
			}{
				{tt.get, func() error { _, err := client.GetOperation(t.Context(), ref); return err }},
				{tt.cancel, func() error { return client.CancelOperation(t.Context(), ref) }},
				{tt.list, func() error {
					_, err := client.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
					return err
				}},
				{none, func() error { _, err := client.WaitOperation(t.Context(), ref, time.Second); return err }},
			} {
				before := len(s.received())
				err := call.do()
				got := ""
				for _, r := range s.received()[before:] {
					got += r.Method + " " + r.URL.Path
				}
				if got != call.want || call.want != none && err != nil || call.want == none && lro.Classify(err) != lro.ClassUnsupported {
					t.Errorf("%s: sent %q, want %q: %v", tt.reason, got, call.want, err)
				}
			}
		})
	}
}
