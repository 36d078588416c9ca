package testsuite_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// served is a service behind a server.
type served struct {
	t       *testing.T
	service *testsuite.Service
	clock   *manualclock.Clock
	url     string
}

func serve(t *testing.T, options testsuite.Options) served {
	t.Helper()
	clock := manualclock.New(epoch)
	options.Clock = clock
	service := testsuite.ForTest(t, options)
	return served{t, service, clock, service.Serve(t)}
}

// do sends a request and returns the status and body of the reply, or "broken".
func (s served) do(verb, path, body string) string {
	s.t.Helper()
	return do(s.t, s.url, verb, path, body)
}

func do(t *testing.T, url, verb, path, body string) string {
	t.Helper()
	return request(t, url+"/v1/"+path, verb, body)
}

func request(t *testing.T, url, verb, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), verb, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "broken"
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return "broken"
	}
	return response.Status[:3] + " " + string(text)
}

// exchange is a request and its reply; advance is what passes before it.
type exchange struct {
	advance    time.Duration
	verb, path string
	body       string
	want       string
}

func (s served) run(exchanges []exchange) {
	s.t.Helper()
	for i, e := range exchanges {
		s.clock.Advance(e.advance)
		if diff := cmp.Diff(e.want, s.do(e.verb, e.path, e.body)); diff != "" {
			s.t.Errorf("%d: %s %s (-want +got):\n%s", i, e.verb, e.path, diff)
		}
	}
}

func TestErrorBody(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.FailWith(lro.CodeAlreadyExists, "no", `{"@type":"T","n":1.10}`)}})
	want := `409 {"error":{"code":409,"details":[{"@type":"T","n":1.10}],"message":"no","status":"ALREADY_EXISTS"}}`
	if diff := cmp.Diff(want, s.do("GET", opName, "")); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestFaultsOverHTTP(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, reason string
		fault        testsuite.Fault
		want         string
	}{
		{"older", "as Compute Engine and Cloud SQL write it", testsuite.OlderError(409, "operationInProgress", "m"), `409 {"error":{"code":409,"errors":[{"domain":"global","message":"m","reason":"operationInProgress"}],"message":"m"}}`},
		{"page", "no status in it", testsuite.HTMLPage(503), "503 <!DOCTYPE html>\n<html><title>Error 503 (Service Unavailable)</title><p>That's an error.</html>\n"},
		{"garbage", "as it is", testsuite.Body(200, "application/json", `{"name": "projects/`), `200 {"name": "projects/`},
		{"something else", "as it is", testsuite.Body(200, "application/json", `{"kind": "something#else"}`), `200 {"kind": "something#else"}`},
		{"dropped", "no reply", testsuite.DroppedConnection(), "broken"},
		{"cut", "half a reply", testsuite.CutReply(), "broken"},
		{"lost", "no reply", testsuite.LostReply(), "broken"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, testsuite.Options{Faults: []testsuite.Fault{row.fault.Calls(2, 2)}})
			s.service.Start(opName, testsuite.Script{RunsFor: time.Hour, Metadata: testsuite.NoMetadata()})
			fine := `200 {"name":"` + opName + `"}`
			got := []string{s.do("GET", opName, ""), s.do("GET", opName, ""), s.do("GET", opName, "")}
			if diff := cmp.Diff([]string{fine, row.want, fine}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			// Go's transport repeats a GET whose reused connection closed
			// without a byte: then there would be four.
			s.service.AssertCalls(t, testsuite.MethodGet, 3)
		})
	}
}

func TestRetryAfterHeader(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.Unavailable().WithRetryAfter(1500 * time.Millisecond)}})
	response, err := http.Get(s.url + "/v1/" + opName)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if got := response.Header.Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q, want whole seconds, rounded up", got)
	}
}

func TestUniformMappingOfAnyService(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Service: "cloudbuild.googleapis.com"})
	for _, name := range []string{"operations/a+b=", "operations/x", "projects/p/locations/l/operations/y"} {
		s.service.Start(name, testsuite.Script{})
	}
	const notThere = `404 {"error":{"code":404,"message":"Operation not found: operations/z","status":"NOT_FOUND"}}`
	s.run([]exchange{
		{0, "GET", "operations/a+b=", "", `200 {"name":"operations/a+b=","done":true,"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}}`},
		{0, "GET", "operations", "", `200 {"operations":[{"name":"operations/x","done":true,"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}},{"name":"operations/a+b=","done":true,"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}}]}`},
		{0, "POST", "operations/x:cancel", "", `200 {}`},
		{0, "DELETE", "operations/a+b=", "", `200 {}`},
		{0, "GET", "operations/z", "", notThere},
		{0, "POST", "operations/z:cancel", "{}", notThere},
		{0, "DELETE", "operations/z", "", notThere},
		{0, "PUT", "operations/x", "", `404 {"error":{"code":404,"message":"method not found: operations/x","status":"NOT_FOUND"}}`},
	})
	s.service.AssertCalls(t, "Unknown", 1)
}

// The server ends with its test.
func TestServeCloses(t *testing.T) {
	t.Parallel()
	fake := &fakeT{}
	url := testsuite.ForTest(t, testsuite.Options{}).Serve(fake)
	if got := do(t, url, "GET", opName, ""); got[:3] != "404" {
		t.Errorf("the server answers %s", got)
	}
	for _, cleanup := range fake.cleanups {
		cleanup()
	}
	if got := do(t, url, "GET", opName, ""); got != "broken" || fake.failures != nil {
		t.Errorf("after its cleanup the server answers %s (failures: %q)", got, fake.failures)
	}
}

// A client that gives up takes its request with it.
func TestGivenUpOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(time.Hour)}})
	ref := s.service.Start(opName, testsuite.Script{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/"+ref.Name+":cancel", nil)
		if err == nil {
			_, err = http.DefaultClient.Do(request)
		}
		done <- err
	}()
	if err := s.clock.BlockUntil(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}
