package rest_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// hostSeen is a transport that remembers the URL of a request, and sends none.
type hostSeen struct{ url string }

func (h *hostSeen) RoundTrip(r *http.Request) (*http.Response, error) {
	h.url = r.URL.Scheme + "://" + r.URL.Host
	return nil, errors.New("sent nowhere")
}

// hostsOf are the base URLs of a Get and a List about a ref.
func hostsOf(t *testing.T, options rest.Options, ref lro.Ref) (get, list string) {
	t.Helper()
	seen := &hostSeen{}
	options.Transport, options.Clock, options.WithoutAuthentication = seen, quickClock(), true
	client, err := rest.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = client.GetOperation(t.Context(), ref) // it fails
	get, seen.url = seen.url, ""
	_, _ = client.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()}) // it fails
	return get, seen.url
}

func TestHostsOfLocations(t *testing.T) {
	t.Parallel()
	const (
		alloydb, compute, aiplatform = "alloydb.googleapis.com", "compute.googleapis.com", "aiplatform.googleapis.com"
		inRegion                     = "projects/p/locations/us-central1/operations/o"
	)
	universe := rest.Options{UniverseDomain: "cloud.example"}
	rows := []struct {
		reason  string
		options rest.Options
		service rest.Service
		name    string
		want    string
	}{
		{"global by default", rest.Options{}, rest.Service{Name: alloydb}, inRegion, "https://alloydb.googleapis.com"},
		{"the region's", rest.Options{}, rest.Service{Name: alloydb, Regional: true}, inRegion, "https://alloydb.us-central1.rep.googleapis.com"},
		{"a zone's region", rest.Options{}, rest.Service{Name: compute, Regional: true}, "projects/p/zones/us-east4-b/operations/o", "https://compute.us-east4.rep.googleapis.com"},
		{"a region of Compute Engine", rest.Options{}, rest.Service{Name: compute, Regional: true}, "projects/p/regions/us-east4/operations/o", "https://compute.us-east4.rep.googleapis.com"},
		{"no region", rest.Options{}, rest.Service{Name: compute, Regional: true}, "projects/p/global/operations/o", "https://compute.googleapis.com"},
		{"a region that is not listed", rest.Options{}, rest.Service{Name: alloydb, Regional: true}, "projects/p/locations/mars-north1/operations/o", "https://alloydb.googleapis.com"},
		{"a service without regional hosts", rest.Options{}, rest.Service{Name: "servicenetworking.googleapis.com", Regional: true}, "operations/o", "https://servicenetworking.googleapis.com"},
		{"always regional", rest.Options{}, rest.Service{Name: aiplatform}, inRegion, "https://us-central1-aiplatform.googleapis.com"},
		{"always regional, in the listed form", rest.Options{}, rest.Service{Name: aiplatform}, "projects/p/locations/eu/operations/o", "https://aiplatform.eu.rep.googleapis.com"},
		{"always regional, and global", rest.Options{}, rest.Service{Name: aiplatform}, "projects/p/locations/global/operations/o", "https://aiplatform.googleapis.com"},
		{"a zone of Pub/Sub Lite", rest.Options{}, rest.Service{Name: "pubsublite.googleapis.com"}, "projects/p/locations/us-central1-a/operations/o", "https://us-central1-pubsublite.googleapis.com"},
		{"the name is a regional host", rest.Options{}, rest.Service{Name: "us-east4-aiplatform.googleapis.com"}, inRegion, "https://us-east4-aiplatform.googleapis.com"},
		{"an endpoint", rest.Options{}, rest.Service{Name: aiplatform, Regional: true, Endpoint: "https://proxy.example"}, inRegion, "https://proxy.example"},
		{"another cloud", universe, rest.Service{Name: alloydb}, inRegion, "https://alloydb.cloud.example"},
		{"a region of another cloud", universe, rest.Service{Name: alloydb, Regional: true}, inRegion, "https://alloydb.us-central1.rep.cloud.example"},
		{"always regional in another cloud", universe, rest.Service{Name: aiplatform}, inRegion, "https://us-central1-aiplatform.cloud.example"},
		{"no service of Google's", universe, rest.Service{Name: "ops.example.com", Regional: true}, inRegion, "https://ops.example.com"},
		{"a pattern", rest.Options{}, rest.Service{Name: "*.googleapis.com", Regional: true}, inRegion, "https://alloydb.us-central1.rep.googleapis.com"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			row.options.Services = []rest.Service{row.service}
			ref := lro.Ref{Service: row.service.Name, Name: row.name}
			if row.service.Name == "*.googleapis.com" {
				ref.Service = alloydb
			}
			if get, list := hostsOf(t, row.options, ref); get != row.want || list != row.want {
				t.Errorf("Get at %q, List at %q, want %q", get, list, row.want)
			}
		})
	}
}

// A name of a workflow never reaches a host that the configuration does not name.
func TestNamesDoNotLocate(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"evil.example", "us-west2.evil.example", "evil", "us-west2@evil", "US", "a-b1:80", "x--y1"} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			ref := lro.Ref{Service: "aiplatform.googleapis.com", Name: "projects/p/locations/" + location + "/operations/o"}
			get, list := hostsOf(t, rest.Options{Services: []rest.Service{{Name: ref.Service}}}, ref)
			for _, host := range []string{get, list} {
				if host != "" && host != "https://aiplatform.googleapis.com" {
					t.Errorf("%s is sent to %q", ref.Name, host)
				}
			}
		})
	}
}
