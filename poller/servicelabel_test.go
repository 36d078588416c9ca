package poller

import (
	"context"
	"fmt"
	"testing"

	"github.com/awaitop/awaitop/internal/telemetry"
	"github.com/awaitop/awaitop/lro"
)

// refusing refuses every service, as a client does that serves none of them.
type refusing struct{ err error }

func (c refusing) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return lro.Operation{Name: ref.Name}, c.err
}
func (c refusing) CancelOperation(context.Context, lro.Ref) error { return c.err }
func (c refusing) DeleteOperation(context.Context, lro.Ref) error { return c.err }
func (c refusing) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	return lro.Page{}, c.err
}

// telling is a client that tells its configuration.
type telling struct {
	refusing
	serves, quotaProject string
}

func (c telling) Serves(service string) bool { return service == c.serves }
func (c telling) QuotaProject(string) string { return c.quotaProject }

func TestServiceLabels(t *testing.T) {
	t.Parallel()
	const own, other = "lro.example.com", "another.example.com"
	budgets := map[string]Budget{other: {RequestsPerSecond: 1}}
	rows := []struct {
		reason  string
		client  lro.Client
		service string
		want    string
	}{
		{"a service that the client has", telling{serves: own}, own, own},
		{"one that it has not", telling{serves: own}, lro.SpannerService, telemetry.OtherService},
		{"one with a budget", telling{serves: own}, other, other},
		{"a client that does not tell: Google's", refusing{}, lro.SpannerService, lro.SpannerService},
		{"at a regional host", refusing{}, "spanner.us-central1.rep.googleapis.com", lro.SpannerService},
		{"one with a budget all the same", refusing{}, other, other},
		{"any other", refusing{}, own, telemetry.OtherService},
		{"no service", refusing{}, "", telemetry.OtherService},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			p, err := New(row.client, Options{Budgets: budgets})
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Label(row.service); got != row.want {
				t.Errorf("%s is called %s, want %s", row.service, got, row.want)
			}
		})
	}
}

// Whatever services inputs name, a process keeps no more for them, be the client one that
// tells what it serves or not.
func TestUnservedServicesBounded(t *testing.T) {
	t.Parallel()
	refusal := refusing{&lro.InvalidError{Field: "ref.service", Problem: "is not registered"}}
	for name, client := range map[string]lro.Client{"does not tell": refusal, "tells": telling{refusing: refusal, serves: lro.SpannerService}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := New(client, Options{})
			if err != nil {
				t.Fatal(err)
			}
			const services = 20_000
			for i := range services {
				ref := lro.Ref{Service: fmt.Sprintf("s%d.googleapis.com", i), Name: "operations/o"}
				_, _ = p.GetOperation(t.Context(), ref)
			}
			if pacers := len(p.pacers); pacers != 1 {
				t.Errorf("%d pacers are kept for %d services, want 1", pacers, services)
			}
			if buckets := len(p.pacer(telemetry.OtherService).buckets); buckets > maxBuckets+1 {
				t.Errorf("%d buckets are kept", buckets)
			}
		})
	}
}

// The quota project that a client is configured with pays for the requests of all
// projects.
func TestQuotaProjectHasOneBudget(t *testing.T) {
	t.Parallel()
	for quotaProject, want := range map[string]int{"": 3, "q": 1} {
		p, err := New(telling{serves: lro.SpannerService, quotaProject: quotaProject}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if _, err := p.GetOperation(t.Context(), lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/p%d/operations/o", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(p.pacer(lro.SpannerService).buckets); got != want {
			t.Errorf("quota project %q: %d budgets for 3 projects, want %d", quotaProject, got, want)
		}
	}
}
