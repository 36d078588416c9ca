package lro

import (
	"testing"

	"github.com/awaitop/awaitop/catalog"
)

func TestKnownService(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, host, want string }{
		{"a service of Google's", "spanner.googleapis.com", "spanner.googleapis.com"},
		{"its regional endpoint", "spanner.us-central1.rep.googleapis.com", "spanner.googleapis.com"},
		{"an older regional host", "us-central1-aiplatform.googleapis.com", "aiplatform.googleapis.com"},
		{"whatever the region is said to be", "a-b-c-d-spanner.googleapis.com", "spanner.googleapis.com"},
		{"one that does not exist", "s1.googleapis.com", ""},
		{"another's", "spanner.example.com", ""},
		{"another's that looks like one", "spanner.googleapis.com.example.com", ""},
		{"no host", "", ""},
		{"nothing before the domain", ".googleapis.com", ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			got, known := KnownService(row.host)
			if got != row.want || known != (row.want != "") {
				t.Errorf("%q: %q, %t, want %q", row.host, got, known, row.want)
			}
		})
	}
	hosts := map[string]bool{}
	for _, s := range catalog.Services() {
		if service, known := KnownService(s.Host); known {
			hosts[service] = true
		}
	}
	if n := len(hosts); n < 100 || n > 200 {
		t.Errorf("%d services are known: the documentation says less than 200", n)
	}
}
