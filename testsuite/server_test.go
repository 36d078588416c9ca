package testsuite_test

import (
	"context"
	"errors"
	"io"
	"net"
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
	server  *testsuite.Server
}

func serve(t *testing.T, options testsuite.Options) served {
	t.Helper()
	clock := manualclock.New(epoch)
	options.Clock = clock
	service := testsuite.ForTest(t, options)
	return served{t, service, clock, testsuite.ServeForTest(t, service, testsuite.ServerOptions{})}
}

// do sends a request and returns the status and body of the reply, or "broken".
func (s served) do(verb, path, body string) string {
	s.t.Helper()
	return do(s.t, s.server, verb, path, body)
}

func do(t *testing.T, server *testsuite.Server, verb, path, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), verb, server.URL+"/v1/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
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

func TestErrorFormats(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		format testsuite.ErrorFormat
		want   string
	}{
		{"google", testsuite.ErrorsGoogle, `409 {"error":{"code":409,"details":[{"@type":"T","n":1.10}],"message":"no","status":"ALREADY_EXISTS"}}`},
		{"gateway", testsuite.ErrorsGateway, `409 {"code":6,"details":[{"@type":"T","n":1.10}],"message":"no"}`},
		{"legacy", testsuite.ErrorsLegacy, `409 {"error":{"code":409,"errors":[{"domain":"global","message":"no","reason":"alreadyExists"}],"message":"no"}}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			service := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{
				testsuite.FailWith(lro.CodeAlreadyExists, "no", `{"@type":"T","n":1.10}`),
			}})
			server := testsuite.ServeForTest(t, service, testsuite.ServerOptions{Errors: row.format})
			if diff := cmp.Diff(row.want, do(t, server, "GET", opName, "")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFaultsOverHTTP(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, reason string
		fault        testsuite.Fault
		want         string
	}{
		{"page", "no status in it", testsuite.HTMLPage(503), "503 <!DOCTYPE html>\n<html><title>Error 503 (Service Unavailable)</title><p>That's an error.</html>\n"},
		{"garbage", "as it is", testsuite.MalformedJSON(), `200 {"name": "projects/`},
		{"something else", "as it is", testsuite.NotAnOperation(), `200 {"kind": "something#else"}`},
		{"dropped", "no reply", testsuite.DropConnection(), "broken"},
		{"cut", "half a reply", testsuite.CutReply(), "broken"},
		{"lost", "no reply", testsuite.LoseReply(), "broken"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, testsuite.Options{Faults: []testsuite.Fault{row.fault.Calls(2, 2)}})
			s.service.MustStart(opName, testsuite.Script{RunsFor: time.Hour, Metadata: testsuite.NoMetadata()})
			fine := `200 {"name":"` + opName + `"}`
			got := []string{s.do("GET", opName, ""), s.do("GET", opName, ""), s.do("GET", opName, "")}
			if diff := cmp.Diff([]string{fine, row.want, fine}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			// Go's transport repeats a GET whose reused connection closed
			// without a byte: then there would be four.
			testsuite.AssertCalls(t, s.service, testsuite.MethodGet, 3)
		})
	}
}

func TestRetryAfterHeader(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.Unavailable().WithRetryAfter(1500 * time.Millisecond)}})
	response, err := http.Get(s.server.URL + "/v1/" + opName)
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
		s.service.MustStart(name, testsuite.Script{})
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
	testsuite.AssertCalls(t, s.service, testsuite.MethodUnknown, 1)
}

func TestServerCloses(t *testing.T) {
	t.Parallel()
	server, err := testsuite.NewServer(testsuite.ForTest(t, testsuite.Options{}), testsuite.ServerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(server.Close(), server.Close()); err != nil {
		t.Errorf("Close: %v", err)
	}
	if got := do(t, server, "GET", opName, ""); got != "broken" {
		t.Errorf("a closed server answers %s", got)
	}
}

func TestServerAddress(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	options := testsuite.ServerOptions{Address: listener.Addr().String()}
	if _, err := testsuite.NewServer(testsuite.ForTest(t, testsuite.Options{}), options); err == nil {
		t.Error("it listens where somebody else does")
	}
}

// A client that gives up takes its request with it.
func TestGivenUpOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(time.Hour)}})
	ref := s.service.MustStart(opName, testsuite.Script{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- httpClient{s.server.URL + "/v1/"}.CancelOperation(ctx, ref) }()
	if err := s.clock.BlockUntil(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}
