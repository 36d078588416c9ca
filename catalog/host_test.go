package catalog

import (
	"strings"
	"testing"
)

func TestServicesAt(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, host, want string }{
		{"a service", "alloydb.googleapis.com", "alloydb/v1"},
		{"its versions, the newest first", "notebooks.googleapis.com", "notebooks/v2 notebooks/v1"},
		{"a regional host", "alloydb.us-east7.rep.googleapis.com", "alloydb/v1"},
		{"one in the older form", "us-central1-aiplatform.googleapis.com", "aiplatform/v1"},
		{"one that the document does not list", "x-y-alloydb.googleapis.com", "alloydb/v1"},
		{"a batch host", "batch-datastore.europe-west3.rep.googleapis.com", "datastore/v1"},
		{"mTLS", "alloydb.mtls.googleapis.com", "alloydb/v1"},
		{"a service without a stable version", "firebase.googleapis.com", "firebase/v1beta1"},
		{"no service", "nothing.googleapis.com", ""},
		{"not Google's", "alloydb.example.com", ""},
		{"no host", "", ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, s := range ServicesAt(row.host) {
				got = append(got, s.String())
			}
			if names := strings.Join(got, " "); names != row.want {
				t.Errorf("%s: %q, want %q", row.host, names, row.want)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, host, service string }{
		{"standard operations", "us-central1-aiplatform.googleapis.com", "aiplatform.googleapis.com"},
		{"operations of another shape", "compute.googleapis.com", "compute.googleapis.com"},
		{"operations that nothing reads", "cloudidentity.googleapis.com", ""},
		{"taken out by hand", "www.googleapis.com", ""},
	}
	for _, row := range rows {
		service, patterns, known := Patterns(row.host)
		if service != row.service || known != (row.service != "") || known != (len(patterns) > 0) {
			t.Errorf("%s: %q, %d patterns, %t", row.reason, service, len(patterns), known)
		}
	}
}
