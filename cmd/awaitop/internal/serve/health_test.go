package serve

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// newHealth is the health of a process that polls its one task queue.
func newHealth() *health {
	target := pollTarget{"q", activityTasks}
	h := &health{metrics: http.NotFoundHandler(), askServer: func(context.Context) error { return nil }, polls: newPolls(), targets: []pollTarget{target}}
	h.polls.start(target, time.Now())(nil)
	h.begin()
	return h
}

func TestReady(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		change func(h *health)
		want   string // "" for ready
	}{
		"serves":       {"it has begun, the server answers, the queue is polled", func(*health) {}, ""},
		"not begun":    {"the workers are starting", func(h *health) { h.started = false }, "starting"},
		"drains":       {"polls are being handed over", func(h *health) { h.end(errStopping) }, "stopping"},
		"fatal":        {"the SDK has stopped a worker", func(h *health) { h.end(&FatalError{errors.New("namespace gone")}) }, "namespace gone"},
		"no answer":    {"the server is down, or the namespace is gone", func(h *health) { h.askServer = func(context.Context) error { return errors.New("no such namespace") } }, "no such namespace"},
		"hangs":        {"no answer is one, after a while", func(h *health) { h.askServer = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() } }, "deadline exceeded"},
		"not polled":   {"one of the task queues", func(h *health) { h.targets = append(h.targets, pollTarget{"q-control", activityTasks}) }, `"q-control" is not polled for activity tasks`},
		"poll refused": {"the server takes no polls", func(h *health) { h.polls.start(h.targets[0], time.Now())(errors.New("denied")) }, "denied"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHealth()
				tt.change(h)
				reply := httptest.NewRecorder()
				h.handler().ServeHTTP(reply, httptest.NewRequest(http.MethodGet, "/readyz", nil))
				if tt.want == "" && reply.Code != http.StatusOK {
					t.Errorf("%s: %d %s, want 200", tt.reason, reply.Code, reply.Body)
				}
				if tt.want != "" && (reply.Code != http.StatusServiceUnavailable || !strings.Contains(reply.Body.String(), tt.want)) {
					t.Errorf("%s: %d %s, want 503 and %q", tt.reason, reply.Code, reply.Body, tt.want)
				}
			})
		})
	}
}

// One answer of the server serves all requests of the next 5 s, and no later one. A client that gives up does not spoil it
// for the others.
func TestReadyAsksSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, asked := newHealth(), 0
		h.askServer = func(ctx context.Context) error { asked++; return ctx.Err() }
		gone, giveUp := context.WithCancel(t.Context())
		giveUp()
		for i := range 3 {
			if err := h.ready(gone); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		time.Sleep(checkEvery)
		if err := h.ready(t.Context()); err != nil || asked != 2 {
			t.Errorf("%v, asked %d times, want 2", err, asked)
		}
	})
}

// pipeListener accepts one connection, in memory.
type pipeListener struct {
	conns chan net.Conn
	ended chan struct{}
}

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error   { close(l.ended); return nil }
func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// An idle connection is closed, also after requests.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason, sends string
		within        time.Duration
	}{
		"nothing":       {"a request takes 5 s at most", "", requestTimeout},
		"half a header": {"from its first byte", "GET /healthz HTTP/1.1\r\nHost:", requestTimeout},
		"between two":   {"a client may keep its connection for a minute", "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", idleTimeout},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ours, its := net.Pipe()
				listener := pipeListener{make(chan net.Conn, 1), make(chan struct{})}
				listener.conns <- its
				server := newHealth().server()
				go func() { _ = server.Serve(listener) }()
				defer server.Close()
				if _, err := io.WriteString(ours, tt.sends); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				_, _ = io.Copy(io.Discard, bufio.NewReader(ours)) // to the connection's end
				if took := time.Since(began); took > tt.within+time.Second {
					t.Errorf("%s: closed after %v, want %v", tt.reason, took, tt.within)
				}
			})
		})
	}
}
