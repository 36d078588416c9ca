package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

const operationName = "projects/p/instances/i/operations/o"

var operationRef = lro.Ref{Service: lro.SpannerService, Name: operationName}

// server answers with handlers in turn, the last one for ever, and remembers
// what it was asked.
type server struct {
	url      string
	mu       sync.Mutex
	requests []*http.Request
}

// serve starts a server on a free loopback port.
func serve(t testing.TB, handlers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		turn := min(len(s.requests), len(handlers)-1)
		s.requests = append(s.requests, r)
		s.mu.Unlock()
		handlers[turn](w, r)
	}))
	t.Cleanup(listening.Close)
	s.url = listening.URL
	return s
}

func (s *server) received() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// client returns a Client of s without authentication, whose waits between
// tries take no time.
func (s *server) client(t testing.TB, changes ...func(*rest.Options)) *rest.Client {
	t.Helper()
	options := rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: s.url}},
		WithoutAuthentication: true,
		Clock:                 quickClock(),
	}
	for _, change := range changes {
		change(&options)
	}
	client, err := rest.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// quickClock is a clock whose sleeps take no time: it moves itself.
func quickClock() *manualclock.Clock {
	clock := manualclock.New(time.Now())
	clock.AutoAdvance()
	return clock
}

// answer replies with a status, a body and pairs of header names and values.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have hung up
	}
}

// hangUp closes the connection without a reply.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
