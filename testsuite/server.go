package testsuite

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ErrorFormat is how a [Server] writes its errors.
type ErrorFormat int

const (
	// ErrorsGoogle is {"error": {"code", "message", "status", "details"}} with
	// the HTTP status for a code: what Google's APIs answer now ($.xgafv=2).
	ErrorsGoogle ErrorFormat = iota
	// ErrorsGateway is {"code", "message", "details"} with the number of
	// google.rpc.Code: what the grpc-gateway, and with it Spanner's emulator,
	// answers.
	ErrorsGateway
	// ErrorsLegacy is Google's older {"error": {"code", "message", "errors":
	// [{"message", "domain", "reason"}]}}, which has neither status nor details
	// ($.xgafv=1).
	ErrorsLegacy
)

// ServerOptions say how a [Server] answers. The zero ServerOptions are an
// Google API on a free port of the loopback interface.
type ServerOptions struct {
	// Address is where it listens, as in net.Listen. Default "127.0.0.1:0", a
	// free port.
	Address string
	// Errors is the form of its errors. Default [ErrorsGoogle].
	Errors ErrorFormat
}

// Server speaks for a [Service] over HTTP: Spanner's admin methods for
// instances, databases and backups, and the uniform mapping of
// google.longrunning.Operations for any service. It checks no credentials and
// ignores query parameters it does not know. It is safe for concurrent use.
type Server struct {
	// URL is its base, "http://host:port", without a path: what a client's
	// endpoint is set to.
	URL string
	// Service is what it speaks for.
	Service *Service

	server *http.Server
	served chan error
}

// NewServer starts a server. The error is an [*lro.InvalidError], or that of
// net.Listen.
func NewServer(service *Service, options ServerOptions) (*Server, error) {
	if options.Errors < ErrorsGoogle || options.Errors > ErrorsLegacy {
		return nil, &lro.InvalidError{Field: "options.errors", Value: strconv.Itoa(int(options.Errors)), Want: "ErrorsGoogle, ErrorsGateway or ErrorsLegacy"}
	}
	if options.Address == "" {
		options.Address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", options.Address)
	if err != nil {
		return nil, err
	}
	server := &Server{URL: "http://" + listener.Addr().String(), Service: service, served: make(chan error, 1)}
	server.server = &http.Server{Handler: NewHandler(service, options.Errors), ReadHeaderTimeout: 10 * time.Second}
	go func() { server.served <- server.server.Serve(listener) }()
	return server, nil
}

// ServeForTest is NewServer for a test, which it fails if there is no server to
// be had. The server is closed when the test ends.
func ServeForTest(t testing.TB, service *Service, options ServerOptions) *Server {
	t.Helper()
	server, err := NewServer(service, options)
	if err != nil {
		t.Fatalf("testsuite: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("testsuite: closing the server: %v", err)
		}
	})
	return server
}

// Close ends the server and breaks the connections there are; the Service is
// left as it is. A second Close does nothing.
func (s *Server) Close() error {
	err := s.server.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	s.served <- http.ErrServerClosed // for a second Close
	return err
}

// NewHandler returns what a [Server] serves, for a server of one's own.
func NewHandler(service *Service, format ErrorFormat) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ask, err := service.routed(r)
		if err != nil {
			return // the client is gone
		}
		answer, err := service.serve(r.Context(), ask)
		if err != nil {
			panic(http.ErrAbortHandler) // given up: nobody reads a reply any more
		}
		answer.write(w, format)
	})
}
