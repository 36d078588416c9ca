package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// Each service gets the timeout where it takes it, and no service without a wait gets one.
func TestWaitRequest(t *testing.T) {
	t.Parallel()
	everywhere := func(o *rest.Options) {}
	rows := map[string]struct {
		reason string
		ref    lro.Ref
		change func(*rest.Options)
		want   string // the request; "" for none
	}{
		"in the query": {"Vertex AI has a parameter", lro.Ref{Service: "aiplatform.googleapis.com", Name: "projects/p/locations/l/operations/o"}, everywhere,
			"POST /v1/projects/p/locations/l/operations/o:wait?1.5s "},
		"in the body": {"Cloud Run has a field", lro.Ref{Service: "run.googleapis.com", Name: "projects/p/locations/l/operations/o"}, everywhere,
			`POST /v2/projects/p/locations/l/operations/o:wait? {"timeout":"1.5s"}`},
		"none": {"Compute Engine takes no timeout", lro.Ref{Service: "compute.googleapis.com", Name: "projects/p/zones/z/operations/o"}, everywhere,
			"POST /compute/v1/projects/p/zones/z/operations/o/wait? "},
		"no wait":                {"Spanner has no wait", lro.Ref{Service: lro.SpannerService, Name: operationName}, everywhere, ""},
		"outside of the catalog": {"nothing says that there is a wait", lro.Ref{Service: "x.example.com", Name: "operations/o"}, everywhere, ""},
		"off": {"the configuration says so", lro.Ref{Service: "run.googleapis.com", Name: "projects/p/locations/l/operations/o"}, func(o *rest.Options) {
			for i := range o.Services {
				o.Services[i].WithoutWait = true
			}
		}, ""},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = r.Method + " " + r.URL.Path + "?" + r.URL.Query().Get("timeout") + " " + string(body)
				answer(200, `{"name":"`+row.ref.Name+`","id":"o","status":"RUNNING","metadata":{"a":1}}`)(w, r)
			})
			client := s.client(t, func(o *rest.Options) {
				o.Services = []rest.Service{{Name: "*.googleapis.com", Endpoint: s.url}, {Name: "x.example.com", Endpoint: s.url}}
				row.change(o)
			})
			_, err := client.WaitOperation(t.Context(), row.ref, 1500*time.Millisecond)
			if got != row.want || client.Waits(row.ref) != (row.want != "") {
				t.Errorf("%s: sent %q, want %q; waits: %t", row.reason, got, row.want, client.Waits(row.ref))
			}
			if failed := lro.Classify(err); row.want == "" && failed != lro.ClassUnsupported || row.want != "" && err != nil {
				t.Errorf("%s: %v", row.reason, err)
			}
		})
	}
}

// stalled is a transport that never answers.
type stalled struct{}

func (stalled) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A wait is bounded by its own timeout, not by RequestTimeout, and by its caller.
func TestWaitTimeout(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason, service, name string
		timeout, giveUp, want time.Duration
	}{
		"timeout":           {"and 10 s for the way", "run.googleapis.com", "projects/p/locations/l/operations/o", time.Minute, time.Hour, 70 * time.Second},
		"without a timeout": {"Compute Engine answers within 2 min", "compute.googleapis.com", "projects/p/zones/z/operations/o", time.Second, time.Hour, 130 * time.Second},
		"given up":          {"the caller ends it at once", "run.googleapis.com", "projects/p/locations/l/operations/o", time.Minute, 3 * time.Second, 3 * time.Second},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, err := rest.New(t.Context(), rest.Options{
					Services: []rest.Service{{Name: "*.googleapis.com"}}, WithoutAuthentication: true, RequestTimeout: 5 * time.Second, Transport: stalled{},
				})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), row.giveUp)
				defer cancel()
				began := time.Now()
				_, err = client.WaitOperation(ctx, lro.Ref{Service: row.service, Name: row.name}, row.timeout)
				if took := time.Since(began); took != row.want || err == nil {
					t.Errorf("%s: %v after %v, want %v", row.reason, err, took, row.want)
				}
				if errors.Is(err, ctx.Err()) != (row.giveUp == row.want) {
					t.Errorf("%s: %v", row.reason, err)
				}
			})
		})
	}
}

// A timeout that no service takes is refused before anything is sent.
func TestWaitTimeoutRefused(t *testing.T) {
	t.Parallel()
	client := serve(t, hangUp).client(t)
	for _, timeout := range []time.Duration{-time.Second, 0, lro.MaxWaitTimeout + 1} {
		if _, err := client.WaitOperation(t.Context(), operationRef, timeout); lro.Classify(err) != lro.ClassInvalid {
			t.Errorf("%v: %v", timeout, err)
		}
	}
}

// A service that has the catalog's request lines alone takes the wait of each form, and its timeout.
func TestWaitInForms(t *testing.T) {
	t.Parallel()
	rows := map[string]struct{ reason, service, name string }{
		"in the query": {"a parameter", "aiplatform.googleapis.com", "projects/p/locations/us-central1/operations/o"},
		"in the body":  {"a field", "run.googleapis.com", "projects/p/locations/us-central1/operations/o"},
		"none":         {"a form of its own", "compute.googleapis.com", "projects/p/zones/us-east4-a/operations/o"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := quickClock()
			service := testsuite.ForTest(t, testsuite.Options{Service: row.service, OwnForm: true, Waits: true, Clock: clock})
			ref := service.Start(row.name, testsuite.Script{RunsFor: 30 * time.Second})
			waiter, ok := lro.ClientAs[lro.OperationWaiter](formClient(t, row.service, service.Serve(t)))
			if !ok {
				t.Fatal("the client does not wait")
			}
			before := clock.Now()
			op, err := waiter.WaitOperation(t.Context(), ref, time.Minute)
			if took := clock.Now().Sub(before); err != nil || op.State() != lro.StateSucceeded || op.Name != row.name || took != 30*time.Second {
				t.Errorf("%s: %s of %q, %v after %v", row.reason, op.State(), op.Name, err, took)
			}
		})
	}
}
