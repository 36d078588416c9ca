package resources_test

import (
	"fmt"
	"testing"

	"github.com/awaitop/awaitop/activities/internal/resources"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

const (
	host   = "alloydb.googleapis.com"
	parent = "projects/p/locations/l/operations"
)

// A list is read in the largest pages that the service has, to a bound.
func TestVisitOperations(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason     string
		operations int
		page       int // the service's largest
		maxBody    int64
		faults     []testsuite.Fault
		requests   int
		code       lro.Code
	}{
		{reason: "pages as large as services have", operations: 10_000, page: 1_000, requests: 10},
		{reason: "pages of a service that has less", operations: 10_000, page: 100, requests: 100},
		{reason: "as many pages as are read", operations: 10_000, page: 50, requests: 200},
		{reason: "more pages than are read", operations: 10_000, page: 49, requests: 200, code: lro.CodeFailedPrecondition},
		{reason: "none", page: 100, requests: 1},
		{reason: "a service that refuses the size chooses its own", operations: 250, page: 100, requests: 4, faults: []testsuite.Fault{
			testsuite.FailWith(lro.CodeInvalidArgument, "page size").On(testsuite.MethodList).Times(1),
		}},
		{reason: "a list that it refuses in any size", operations: 250, page: 100, requests: 2, code: lro.CodeInvalidArgument, faults: []testsuite.Fault{
			testsuite.FailWith(lro.CodeInvalidArgument, "parent").On(testsuite.MethodList),
		}},
		{reason: "pages that are too large to be read get smaller", operations: 1_000, page: 1_000, maxBody: 64 << 10, requests: 5},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			service := testsuite.ForTest(t, testsuite.Options{Service: host, PageSize: row.page, Faults: row.faults})
			for n := range row.operations {
				service.Start(fmt.Sprintf("%s/o%d", parent, n), testsuite.Script{Metadata: testsuite.NoMetadata()})
			}
			seen := map[string]int{}
			listed, err := over(t, service, row.maxBody).VisitOperations(t.Context(), lro.ListRequest{
				Collection: lro.Collection{Service: host, Name: parent},
			}, func(op lro.Operation) { seen[op.Name]++ })
			if !listed || err != nil != (row.code != 0) || err != nil && lro.StatusOf(err).Code != row.code {
				t.Errorf("%t, %v", listed, err)
			}
			if err == nil && len(seen) != row.operations {
				t.Errorf("%d operations are seen, want %d", len(seen), row.operations)
			}
			service.AssertCalls(t, testsuite.MethodList, row.requests)
		})
	}
}

// A service without the list has no operations to show, which is no error.
func TestVisitOperationsOfNoList(t *testing.T) {
	t.Parallel()
	for _, code := range []lro.Code{lro.CodeNotFound, lro.CodeUnimplemented} {
		service := testsuite.ForTest(t, testsuite.Options{Service: host, Faults: []testsuite.Fault{
			testsuite.FailWith(code, "no").On(testsuite.MethodList),
		}})
		listed, err := over(t, service, 0).VisitOperations(t.Context(), lro.ListRequest{
			Collection: lro.Collection{Service: host, Name: parent},
		}, func(op lro.Operation) { t.Error(op.Name) })
		if listed || err != nil {
			t.Errorf("%s: %t, %v", code, listed, err)
		}
	}
}

// over is a client of the service over HTTP.
func over(t *testing.T, service *testsuite.Service, maxBody int64) resources.Client {
	t.Helper()
	client, err := rest.New(t.Context(), rest.Options{
		Services: []rest.Service{{Name: host, Endpoint: service.Serve(t)}}, WithoutAuthentication: true, MaxBodySize: maxBody,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	paced, err := poller.New(client, poller.Options{})
	if err != nil {
		t.Fatal(err)
	}
	made, err := resources.New(paced)
	if err != nil {
		t.Fatal(err)
	}
	return made
}
