package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
)

const (
	// checkTimeout bounds the question to the Temporal server, and checkEvery is for
	// how long its answer does for all who ask.
	checkTimeout = 3 * time.Second
	checkEvery   = 5 * time.Second
	// requestTimeout bounds how long a client may take for a request, replyTimeout for
	// its reply, and idleTimeout between two requests.
	requestTimeout = 5 * time.Second
	replyTimeout   = 30 * time.Second
	idleTimeout    = time.Minute
	// maxHeader bounds a request's header, in bytes.
	maxHeader = 16 << 10
)

// health serves /healthz, which says that the process lives, and /readyz, which says
// that it serves: the Temporal server answers for the namespace, each of the workers'
// task queues is polled, and the process is not about to end.
type health struct {
	metrics http.Handler
	// answers asks the Temporal server for the namespace.
	answers func(context.Context) error
	polls   *polls
	targets []pollTarget

	mu      sync.Mutex
	ending  error // why it is not ready for good
	started bool

	checking sync.Mutex // held while the server is asked
	last     checked
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
			http.Error(w, printable.Line(err.Error(), printable.MaxCell), http.StatusServiceUnavailable)
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

// begin says that the workers have started.
func (h *health) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.started = true
}

// end says why the process is about to end.
func (h *health) end(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ending = why
}

// ready is why the process does not serve, nil if it does.
func (h *health) ready(ctx context.Context) error {
	if err := h.phase(); err != nil {
		return err
	}
	if err := h.polls.problem(time.Now(), h.targets); err != nil {
		return err
	}
	return h.check(ctx)
}

// phase is why the process does not serve yet, or not any more.
func (h *health) phase() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ending == nil && !h.started {
		return errStarting
	}
	return h.ending
}

// check asks the Temporal server, unless it has answered lately.
func (h *health) check(ctx context.Context) error {
	h.checking.Lock()
	defer h.checking.Unlock()
	if time.Since(h.last.at) >= checkEvery {
		// Not the request's: who asks may give up, and others take the answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
		defer cancel()
		err := h.answers(ctx)
		h.last = checked{time.Now(), err}
	}
	return h.last.err
}

// answersFor returns what asks the Temporal server for a namespace.
func answersFor(temporal client.Client, namespace string) func(context.Context) error {
	return func(ctx context.Context) error {
		described, err := temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		if err != nil {
			return fmt.Errorf("the Temporal server does not answer for namespace %q: %w", namespace, err)
		}
		if state := described.GetNamespaceInfo().GetState(); state == enumspb.NAMESPACE_STATE_DELETED {
			return fmt.Errorf("namespace %q is being deleted", namespace)
		}
		return nil
	}
}

// server is the HTTP server, which keeps no connection that does nothing.
func (h *health) server() *http.Server {
	return &http.Server{
		Handler: h.handler(), MaxHeaderBytes: maxHeader,
		ReadTimeout: requestTimeout, WriteTimeout: replyTimeout, IdleTimeout: idleTimeout,
	}
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
	server := h.server()
	go func() { _ = server.Serve(listener) }() // it ends with Shutdown
	log.Info("serving /healthz, /readyz and /metrics", "address", listener.Addr().String())
	return func(ctx context.Context) { _ = server.Shutdown(ctx) }, nil
}
