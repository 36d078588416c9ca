package rest_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/testsuite/conformance"
)

// The client is held to the same with the operations of each service that has a form of its own.
func TestConformanceOfForms(t *testing.T) {
	t.Parallel()
	const compute, container, dns, sql, storage = "compute.googleapis.com", "container.googleapis.com", "dns.googleapis.com", "sqladmin.googleapis.com", "storage.googleapis.com"
	tests := map[string]conformance.Form{
		"zone":         {Service: compute, Operation: "projects/p/zones/us-east4-a/operations/o", NoCancel: true},
		"region":       {Service: compute, Operation: "projects/p/regions/us-east4/operations/o", NoCancel: true},
		"global":       {Service: compute, Operation: "projects/p/global/operations/o", NoCancel: true},
		"cluster":      {Service: container, Operation: "projects/p/locations/us-east4/operations/o", NoDelete: true, NoFilter: true, NoPages: true},
		"cluster zone": {Service: container, Operation: "projects/p/zones/us-east4-a/operations/o", NoDelete: true, NoFilter: true, NoPages: true},
		"sql":          {Service: sql, Operation: "projects/p/operations/o", NoDelete: true, NoFilter: true},
		"managed zone": {Service: dns, Operation: "projects/p/managedZones/z/operations/o", NoCancel: true, NoDelete: true, NoFilter: true, NoError: true},
		"bucket":       {Service: storage, Operation: "b/bucket/operations/o", NoDelete: true},
	}
	for name, form := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conformance.TestForm(t, form, func(t *testing.T, service *testsuite.Service) lro.Client {
				return formClient(t, form.Service, service.Serve(t))
			})
		})
	}
}

func formClient(t *testing.T, service, endpoint string) lro.Client {
	t.Helper()
	client, err := rest.New(t.Context(), rest.Options{Services: []rest.Service{{Name: service, Endpoint: endpoint}}, WithoutAuthentication: true, Clock: quickClock()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
