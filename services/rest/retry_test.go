package rest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
)

// halfReply promises more than it sends.
func halfReply(w http.ResponseWriter, _ *http.Request) { cutOff(w, 200) }

func halfError(w http.ResponseWriter, _ *http.Request) { cutOff(w, 404) }

func cutOff(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Length", "100")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"name":`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// never answers; it returns when the client has hung up, which the server sees
// once it has read the request's body.
func never(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// neverEnds begins a reply.
func neverEnds(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestTries(t *testing.T) {
	t.Parallel()
	ok := answer(200, `{"done":true}`)
	down := answer(503, `{"error":{"code":503,"status":"UNAVAILABLE"}}`)
	rows := []struct {
		reason   string
		handlers []http.HandlerFunc
		want     lro.Code
		tries    int
	}{
		{"success needs one", []http.HandlerFunc{ok}, lro.CodeOK, 1},
		{"a restarted frontend", []http.HandlerFunc{down, ok}, lro.CodeOK, 2},
		{"a dropped connection", []http.HandlerFunc{hangUp, ok}, lro.CodeOK, 2},
		{"a reply cut off", []http.HandlerFunc{halfReply, ok}, lro.CodeOK, 2},
		{"an undecodable 200", []http.HandlerFunc{answer(200, page), ok}, lro.CodeOK, 2},
		{"success at the last try", []http.HandlerFunc{down, hangUp, ok}, lro.CodeOK, 3},
		{"three and no more", []http.HandlerFunc{down, down, down, ok}, lro.CodeUnavailable, 3},
		{"the last error counts", []http.HandlerFunc{down, answer(404, `{"code":5}`)}, lro.CodeNotFound, 2},
		{"what is permanent is not tried again", []http.HandlerFunc{answer(400, `{"code":3}`), ok}, lro.CodeInvalidArgument, 1},
		{"a front end's 400", []http.HandlerFunc{answer(400, page), ok}, lro.CodeOK, 2},
		{"advice ends the tries", []http.HandlerFunc{down, answer(503, "", "Retry-After", "1"), ok}, lro.CodeUnavailable, 2},
	}
	for _, row := range rows {
		for _, method := range calls(operationRef) {
			if method.name == "ListOperations" {
				continue // its success has another body; see TestRequests
			}
			t.Run(method.name+" "+row.reason, func(t *testing.T) {
				t.Parallel()
				s := serve(t, row.handlers...)
				err := method.do(t, s.client(t))
				if diff := cmp.Diff(row.want, codeOf(err)); diff != "" {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
				if got := len(s.received()); got != row.tries {
					t.Errorf("got %d tries, want %d", got, row.tries)
				}
			})
		}
	}
}

func TestWaitsBetweenTries(t *testing.T) {
	t.Parallel()
	clock := quickClock()
	var waits []time.Duration
	last := clock.Now()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		waits, last = append(waits, clock.Now().Sub(last)), clock.Now()
		answer(503, "")(w, r)
	})
	client := s.client(t, func(o *rest.Options) { o.Clock = clock })
	if err := client.CancelOperation(t.Context(), operationRef); codeOf(err) != lro.CodeUnavailable {
		t.Fatal(err)
	}
	if len(waits) != 3 {
		t.Fatalf("got waits %v before each try, want three", waits)
	}
	for i, middle := range []time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond} {
		if waits[i] < middle/2 || waits[i] > middle*3/2 {
			t.Errorf("wait %d is %v, want half to one and a half of %v", i, waits[i], middle)
		}
	}
}

func TestNoTryBeginsAfterRequestTimeout(t *testing.T) {
	t.Parallel()
	clock := quickClock()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		clock.Advance(20 * time.Second)
		answer(503, "")(w, r)
	})
	client := s.client(t, func(o *rest.Options) { o.Clock = clock }) // RequestTimeout is 30 s
	if _, err := client.GetOperation(t.Context(), operationRef); codeOf(err) != lro.CodeUnavailable {
		t.Fatal(err)
	}
	if got := len(s.received()); got != 2 {
		t.Errorf("got %d tries of 20 s each, want 2", got)
	}
}

func TestNoReply(t *testing.T) {
	t.Parallel()
	hurry := func(o *rest.Options) { o.RequestTimeout = 50 * time.Millisecond }
	rows := []struct {
		reason  string
		handler http.HandlerFunc
		change  func(*rest.Options)
		want    lro.Error
	}{
		{"a connection closed", hangUp, func(*rest.Options) {}, lro.Error{Status: lro.Status{Code: lro.CodeUnavailable, Message: "no reply: EOF"}}},
		{"a reply cut off", halfReply, func(*rest.Options) {}, lro.Error{HTTP: 200, Status: lro.Status{Code: lro.CodeUnavailable, Message: "the reply was cut off: unexpected EOF"}}},
		{"no reply in time", never, hurry, lro.Error{Status: lro.Status{Code: lro.CodeDeadlineExceeded, Message: "no reply: context deadline exceeded"}}},
		{"no TLS", answer(200, "{}"), func(o *rest.Options) {
			o.Services[0].Endpoint = strings.Replace(o.Services[0].Endpoint, "http://", "https://", 1)
		}, lro.Error{Status: lro.Status{Code: lro.CodeUnavailable, Message: "no reply: http: server gave HTTP response to HTTPS client; for a service without TLS, such as an emulator, write http:// in its endpoint"}}},
		{"half a reply in time", neverEnds, hurry, lro.Error{HTTP: 200, Status: lro.Status{Code: lro.CodeDeadlineExceeded, Message: "the reply was cut off: context deadline exceeded"}}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			_, err := serve(t, row.handler).client(t, row.change).GetOperation(t.Context(), operationRef)
			got := *failureOf(t, err)
			if got.Cause == nil {
				t.Error("the cause is lost")
			}
			row.want.Method, row.want.NoStatus, got.Cause = "GetOperation", true, nil
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(lro.ClassTransient, classOf(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Without a connection nothing has reached the service.
func TestNoConnection(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	s := &server{url: gone.URL}
	err := s.client(t).CancelOperation(t.Context(), operationRef)
	if failed := failureOf(t, err); !failed.Unsent || failed.Status.Code != lro.CodeUnavailable || failed.Cause == nil {
		t.Errorf("%+v", failed)
	}
}

// TestErrorCutOff sees that a 404 whose body was lost is not the API's word.
func TestErrorCutOff(t *testing.T) {
	t.Parallel()
	_, err := serve(t, halfError).client(t).GetOperation(t.Context(), operationRef)
	got := *failureOf(t, err)
	if got.Cause == nil {
		t.Error("the cause is lost")
	}
	got.Cause = nil
	want := lro.Error{Method: "GetOperation", HTTP: 404, NoStatus: true, Status: lro.Status{Code: lro.CodeUnknown, Message: "HTTP 404 Not Found without a google.rpc.Status; the body was cut off"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := &server{url: "http://" + listener.Addr().String()}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = gone.client(t).GetOperation(t.Context(), operationRef)
	failed := failureOf(t, err)
	if failed.Status.Code != lro.CodeUnavailable || failed.HTTP != 0 {
		t.Errorf("got %v, want UNAVAILABLE without an HTTP status", err)
	}
	if !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "/v1/") {
		t.Errorf("the message %q should say what failed, without the URL", err)
	}
}

// TestContextEnds sees that the end of the caller's context is told as it is,
// and not as an error of the service.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	for _, method := range calls(operationRef) {
		t.Run(method.name, func(t *testing.T) {
			t.Parallel()
			t.Run("before the call", func(t *testing.T) {
				t.Parallel()
				s := serve(t, answer(200, `{}`))
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				wantErr(t, callWith(ctx, s.client(t), method.name), context.Canceled)
				if got := len(s.received()); got != 0 {
					t.Errorf("%d requests were sent", got)
				}
			})
			t.Run("during a request", func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				s := serve(t, func(w http.ResponseWriter, r *http.Request) {
					cancel()
					never(w, r)
				})
				wantErr(t, callWith(ctx, s.client(t), method.name), context.Canceled)
				if got := len(s.received()); got != 1 {
					t.Errorf("got %d requests, want 1", got)
				}
			})
			t.Run("between tries", func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				s := serve(t, answer(503, ""))
				client := s.client(t, func(o *rest.Options) {
					o.Clock = stuckClock{manualclock.New(time.Now()), cancel}
				})
				wantErr(t, callWith(ctx, client, method.name), context.Canceled)
				if got := len(s.received()); got != 1 {
					t.Errorf("got %d requests, want 1", got)
				}
			})
			t.Run("by its deadline", func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
				defer cancel()
				wantErr(t, callWith(ctx, serve(t, never).client(t), method.name), context.DeadlineExceeded)
			})
		})
	}
}

// stuckClock stands still. A sleep on it cancels the call.
type stuckClock struct {
	poller.Clock
	cancel context.CancelFunc
}

func (s stuckClock) Sleep(ctx context.Context, d time.Duration) error {
	s.cancel()
	return s.Clock.Sleep(ctx, d)
}

func callWith(ctx context.Context, client *rest.Client, method string) error {
	var err error
	switch method {
	case "GetOperation":
		_, err = client.GetOperation(ctx, operationRef)
	case "CancelOperation":
		err = client.CancelOperation(ctx, operationRef)
	case "DeleteOperation":
		err = client.DeleteOperation(ctx, operationRef)
	default:
		_, err = client.ListOperations(ctx, lro.ListRequest{Collection: operationRef.Collection()})
	}
	return err
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	var failed *lro.Error
	if !errors.Is(got, want) || errors.As(got, &failed) {
		t.Errorf("got %v, want %v and no *lro.Error", got, want)
	}
}

// TestTriesWithinBudget sees each try after the first wait for its turn under a
// Poller, so that a service in trouble is asked no more often than any other.
func TestTriesWithinBudget(t *testing.T) {
	t.Parallel()
	methods := map[string]func(context.Context, *poller.Poller) error{
		"get": func(ctx context.Context, p *poller.Poller) error {
			_, err := p.GetOperation(ctx, operationRef)
			return err
		},
		"cancel": func(ctx context.Context, p *poller.Poller) error { return p.CancelOperation(ctx, operationRef) },
		"delete": func(ctx context.Context, p *poller.Poller) error { return p.DeleteOperation(ctx, operationRef) },
		"list": func(ctx context.Context, p *poller.Poller) error {
			_, err := p.ListOperations(ctx, lro.ListRequest{Collection: operationRef.Collection()})
			return err
		},
	}
	for trouble, handler := range map[string]http.HandlerFunc{"503": answer(503, ""), "cut": hangUp} {
		for name, call := range methods {
			t.Run(name+" "+trouble, func(t *testing.T) {
				t.Parallel()
				s := serve(t, handler)
				clock := manualclock.New(time.Unix(0, 0))
				poller, err := poller.New(s.client(t), poller.Options{
					Clock: clock, Budgets: map[string]poller.Budget{lro.SpannerService: {RequestsPerSecond: 1, Burst: 1}},
				})
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				running, stop := context.WithCancel(t.Context())
				go func() {
					defer stop()
					ended <- call(t.Context(), poller)
				}()
				for tries := 1; tries < 3; tries++ {
					if err := clock.BlockUntil(running, 1); err != nil {
						t.Fatalf("try %d did not wait for its turn", tries+1)
					}
					if got := len(s.received()); got != tries {
						t.Errorf("got %d tries after %d turns", got, tries)
					}
					clock.Advance(time.Second)
				}
				if err := <-ended; codeOf(err) != lro.CodeUnavailable {
					t.Errorf("%v, want the last try's error", err)
				}
				if sent, counted := len(s.received()), poller.Stats(lro.SpannerService).Requests; sent != 3 || counted != 3 {
					t.Errorf("%d tries were made and %d counted, want 3", sent, counted)
				}
			})
		}
	}
}

// TestContextEndsWhileItWaits sees a call given up on between two tries end with
// the context's own error.
func TestContextEndsWhileItWaits(t *testing.T) {
	t.Parallel()
	s := serve(t, answer(503, ""))
	clock := manualclock.New(time.Unix(0, 0))
	poller, err := poller.New(s.client(t), poller.Options{
		Clock: clock, Budgets: map[string]poller.Budget{lro.SpannerService: {RequestsPerSecond: 1, Burst: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- poller.CancelOperation(ctx, operationRef) }()
	if err := clock.BlockUntil(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	wantErr(t, <-ended, context.Canceled)
	if got := len(s.received()); got != 1 {
		t.Errorf("got %d requests, want 1", got)
	}
}
