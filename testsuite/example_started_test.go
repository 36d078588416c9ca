package testsuite_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/testsuite"
)

// The reply to the first request is lost. A requestId keeps the second request from making another cluster.
func ExampleService_Started() {
	exampletest.Run(func(t testing.TB) {
		const create = "alloydb.projects.locations.clusters.create"
		alloydb := testsuite.ForTest(t, testsuite.Options{
			Service: "alloydb.googleapis.com",
			Faults:  []testsuite.Fault{testsuite.LostReply().On(create).Times(1)},
		})
		url := alloydb.Serve(t) + "/v1/projects/p/locations/l/clusters?clusterId=orders&requestId=5f0f3f8e-6c0e-4b6e-9d0a-1f2e3d4c5b6a"
		for range 2 {
			response, err := http.Post(url, "application/json", nil)
			if err != nil {
				fmt.Println("no reply")
				continue
			}
			fmt.Println(response.Status)
			_ = response.Body.Close()
		}
		fmt.Println("asked:", alloydb.Count(create), "started:", len(alloydb.Started(create, "projects/p/locations/l/clusters/orders")))
	})
	// Output:
	// no reply
	// 200 OK
	// asked: 2 started: 1
}
