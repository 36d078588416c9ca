package testsuite

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// Handler returns an http.Handler that speaks for the service: the uniform mapping
// of google.longrunning.Operations for any service, and Spanner's admin methods for
// instances, databases, backups, instance configs and partitions. For a service of
// package catalog it has the start methods of all versions, and the gets, lists and
// deletes of what they make. It checks no
// credentials and ignores query parameters that it does not know. It is safe for
// concurrent use. A program serves it with http.Serve; a test calls
// [Service.Serve].
func (s *Service) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isGRPC(r) {
			s.serveGRPC(w, r)
			return
		}
		ask, err := s.routed(r)
		if err != nil {
			return // the client is gone
		}
		answer, err := s.serve(r.Context(), ask)
		if err != nil {
			panic(http.ErrAbortHandler) // the client has given up
		}
		answer.write(w)
	})
}

// Serve starts a server of [Service.Handler] on a free port of the loopback
// interface, until the test ends. It returns the server's address,
// "http://127.0.0.1:PORT", which is the endpoint of a client, over HTTP or gRPC. Requests
// under way when the test ends are broken off.
func (s *Service) Serve(t TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("testsuite: %v", err)
	}
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true) // of gRPC
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		err := server.Close()
		if end := <-served; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
		if err != nil {
			t.Errorf("testsuite: closing the server: %v", err)
		}
	})
	return "http://" + listener.Addr().String()
}
