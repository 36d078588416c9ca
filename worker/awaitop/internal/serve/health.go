package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
)

const (
	// checkTimeout bounds the question to the Temporal server, and checkEvery is for
	// how long its answer does for all who ask.
	checkTimeout = 3 * time.Second
	checkEvery   = 5 * time.Second
	// headerTimeout bounds how long a client may take for a request's header.
	headerTimeout = 5 * time.Second
)

// health serves /healthz, which says that the process lives, and /readyz, which says
// that it serves its task queue: it has begun, the Temporal server answers, and it is
// not about to end.
type health struct {
	temporal client.Client
	metrics  http.Handler
	started  atomic.Bool
	stopping atomic.Bool
	last     atomic.Pointer[checked]
}

// checked is what the Temporal server last said.
type checked struct {
	at  time.Time
	err error
}

func (h *health) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := h.ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", h.metrics)
	return mux
}

var (
	errStarting = errors.New("starting")
	errStopping = errors.New("stopping")
)

func (h *health) ready(ctx context.Context) error {
	switch {
	case h.stopping.Load():
		return errStopping
	case !h.started.Load():
		return errStarting
	}
	if last := h.last.Load(); last != nil && time.Since(last.at) < checkEvery {
		return last.err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	_, err := h.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	if err != nil {
		err = fmt.Errorf("the Temporal server does not answer: %w", err)
	}
	h.last.Store(&checked{at: time.Now(), err: err})
	return err
}

// serve serves until the returned function is called. Its address may have port 0; the
// real one is logged.
func (h *health) serve(address string, log *slog.Logger) (stop func(context.Context), err error) {
	if address == Off {
		return func(context.Context) {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%w; another worker may be there", err)
		}
		return nil, fmt.Errorf("listen: %w: set listen in the configuration, or --listen", err)
	}
	server := &http.Server{Handler: h.handler(), ReadHeaderTimeout: headerTimeout}
	go func() { _ = server.Serve(listener) }() // it ends with Shutdown
	log.Info("serving /healthz, /readyz and /metrics", "address", listener.Addr().String())
	return func(ctx context.Context) { _ = server.Shutdown(ctx) }, nil
}
