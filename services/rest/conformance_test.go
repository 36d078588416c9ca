package rest_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// The client over real HTTP is held to what the in-memory service is held to.
func TestConformance(t *testing.T) {
	t.Parallel()
	testsuite.TestClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
		server := testsuite.ServeForTest(t, service, testsuite.ServerOptions{})
		client, err := rest.New(t.Context(), rest.Options{
			Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: server.URL}},
			WithoutAuthentication: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		return client
	})
}
