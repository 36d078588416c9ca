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
	// checkTimeout bounds a request to the Temporal server. Its answer serves all requests of the next checkEvery.
	checkTimeout = 3 * time.Second
	checkEvery   = 5 * time.Second
	// requestTimeout bounds the reading of a request, replyTimeout the writing of its reply, and idleTimeout the
	// time between two requests of a connection.
	requestTimeout = 5 * time.Second
	replyTimeout   = 30 * time.Second
	idleTimeout    = time.Minute
	// maxHeader bounds the header of a request, in bytes.
	maxHeader = 16 << 10
)

// health serves /healthz and /readyz. /healthz is 200 while the process lives. /readyz is 200 while the process serves:
// the Temporal server answers for the namespace and takes the polls of each task queue, and the process does not end.
type health struct {
	metrics http.Handler
	// askServer asks the Temporal server for the namespace.
	askServer func(context.Context) error
	polls     *polls
	targets   []pollTarget

	mu      sync.Mutex
	ending  error // why the process ends, nil while it serves
	started bool

	checking sync.Mutex // held during a request to the server
	last     check
}

// check is an answer of the Temporal server.
type check struct {
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

// begin notes that the workers have started.
func (h *health) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.started = true
}

// end notes that the process ends, and why.
func (h *health) end(why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ending = why
}

// ready returns why the process does not serve, nil if it serves.
func (h *health) ready(ctx context.Context) error {
	if err := h.phase(); err != nil {
		return err
	}
	if err := h.polls.problem(time.Now(), h.targets); err != nil {
		return err
	}
	return h.serverAnswers(ctx)
}

// phase returns why the process does not serve yet, or does not serve any more.
func (h *health) phase() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ending == nil && !h.started {
		return errStarting
	}
	return h.ending
}

// serverAnswers returns why the Temporal server does not answer for the namespace. It sends a request at most each
// checkEvery.
func (h *health) serverAnswers(ctx context.Context) error {
	h.checking.Lock()
	defer h.checking.Unlock()
	if time.Since(h.last.at) >= checkEvery {
		// A client that gives up must not spoil the answer for the others.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
		defer cancel()
		h.last = check{err: h.askServer(ctx), at: time.Now()}
	}
	return h.last.err
}

// askFor returns a function that asks the Temporal server for a namespace.
func askFor(temporal client.Client, namespace string) func(context.Context) error {
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

// server is the HTTP server. Its timeouts end idle and slow connections.
func (h *health) server() *http.Server {
	return &http.Server{
		Handler: h.handler(), MaxHeaderBytes: maxHeader,
		ReadTimeout: requestTimeout, WriteTimeout: replyTimeout, IdleTimeout: idleTimeout,
	}
}

// serve serves until the caller calls stop. The address may have port 0: the log has the port.
func (h *health) serve(address Address, log *slog.Logger) (stop func(context.Context), err error) {
	if address == Off {
		return func(context.Context) {}, nil
	}
	listener, err := net.Listen("tcp", string(address))
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
