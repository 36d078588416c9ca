package rest_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/testsuite/conformance"
)

// The client over real HTTP is held to what the in-memory service is held to.
func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.TestClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
		endpoint := service.Serve(t)
		client, err := rest.New(t.Context(), rest.Options{
			Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: endpoint}, {Name: "run.googleapis.com", Endpoint: endpoint}},
			WithoutAuthentication: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		return client
	})
}
