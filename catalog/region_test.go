package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestRegionOf(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, name, want string }{
		{"a location", "projects/p/locations/europe-west1/operations/o", "europe-west1"},
		{"a region", "projects/p/regions/us-east4/operations/o", "us-east4"},
		{"a zone's region", "projects/p/zones/us-central1-a/operations/o", "us-central1"},
		{"a zone as a location", "projects/p/locations/europe-west12-b/clusters/c", "europe-west12"},
		{"a zone for accelerators", "projects/p/zones/us-central1-ai1a/operations/o", "us-central1"},
		{"a multi-region", "projects/p/locations/eu/operations/o", "eu"},
		{"one of Chronicle", "projects/p/locations/europe/instances/i/operations/o", "europe"},
		{"with an operation's name in front", "operations/projects/p/locations/us-west2/operations/o", "us-west2"},
		{"a project's id", "projects/locations/locations/us-west2/operations/o", "us-west2"},
		{"global", "projects/p/locations/global/operations/o", ""},
		{"any", "projects/p/locations/-/operations/o", ""},
		{"no location", "projects/p/global/operations/o", ""},
		{"no region", "projects/p/locations/my-place/operations/o", ""},
		{"no multi-region has zones", "projects/p/zones/us-a/operations/o", ""},
		{"another host", "projects/p/locations/evil.example:1/operations/o", ""},
		{"a path", "projects/p/locations/us-west2%2F/operations/o", ""},
		{"a domain", "projects/p/locations/us-west2.example/operations/o", ""},
		{"a list's parent", "projects/p/locations", ""},
	}
	for _, row := range rows {
		if got := RegionOf(row.name); got != row.want {
			t.Errorf("%s: %s: %q, want %q", row.reason, row.name, got, row.want)
		}
	}
}

func TestHostAt(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, host, region, want string }{
		{"listed", "spanner.googleapis.com", "us-central1", "spanner.us-central1.rep.googleapis.com"},
		{"not listed", "spanner.googleapis.com", "asia-east1", ""},
		{"listed in both forms", "run.googleapis.com", "us-central1", "run.us-central1.rep.googleapis.com"},
		{"listed in the older form", "aiplatform.googleapis.com", "us-central1", "us-central1-aiplatform.googleapis.com"},
		{"listed in the newer one", "aiplatform.googleapis.com", "eu", "aiplatform.eu.rep.googleapis.com"},
		{"always at a location, in the form by hand", "dialogflow.googleapis.com", "europe-west2", "europe-west2-dialogflow.googleapis.com"},
		{"a region that is newer than the document", "aiplatform.googleapis.com", "mars-north1", "mars-north1-aiplatform.googleapis.com"},
		{"a service without a document", "gkemulticloud.googleapis.com", "us-east4", "us-east4-gkemulticloud.googleapis.com"},
		{"another without", "chronicle.googleapis.com", "eu", "eu-chronicle.googleapis.com"},
		{"no region", "aiplatform.googleapis.com", "", ""},
		{"no region's form", "aiplatform.googleapis.com", "evil.example/", ""},
	}
	for _, row := range rows {
		got, ok := ServicesAt(row.host)[0].HostAt(row.region)
		if got != row.want || ok != (row.want != "") {
			t.Errorf("%s: %s in %q: %q, %t, want %q", row.reason, row.host, row.region, got, ok, row.want)
		}
	}
}

// Every region that a document lists has a host, so that no form of a region is missed.
func TestHostsOfRegions(t *testing.T) {
	t.Parallel()
	for _, s := range Services() {
		hosts := s.RegionalHosts()
		for region := range strings.FieldsFuncSeq(s.rep+","+s.loc, isComma) {
			if host, ok := s.HostAt(region); !ok || !slices.Contains(hosts, host) {
				t.Errorf("%s in %s: %q, %t", s, region, host, ok)
			}
		}
	}
}
