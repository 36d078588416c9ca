package grpc_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/testsuite/conformance"
)

// The client over real gRPC is held to what the client over HTTP is held to.
func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.TestGRPCClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
		endpoint := service.Serve(t)
		clients := map[string]lro.Client{}
		for _, name := range []string{lro.SpannerService, "run.googleapis.com"} {
			clients[name] = connect(t, operations.Options{Service: name, Endpoint: endpoint})
		}
		router, err := services.ByService(clients, nil)
		if err != nil {
			t.Fatal(err)
		}
		return router
	})
}

// connect returns a client without authentication that is closed with the test.
func connect(t *testing.T, options operations.Options) *operations.Client {
	t.Helper()
	options.WithoutAuthentication = true
	client, err := operations.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
