package google_test

import (
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// The operation of Compute Engine has no response: the result is the network itself. The reply to the call is lost, and
// one operation is started all the same.
func ExampleStart() {
	const insert, name = "compute.networks.insert", "projects/p/global/networks/orders"
	provision := func(ctx workflow.Context) (Network, error) {
		body := map[string]any{"autoCreateSubnetworks": false}
		return workflows.Run(ctx, nil, google.Start[Network](insert, name, body))
	}
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{
			Service: "compute.googleapis.com",
			Plans:   map[testsuite.Method][]testsuite.Script{insert: {{RunsFor: 5 * time.Minute}}},
			Faults:  []testsuite.Fault{testsuite.LostReply().On(insert).Times(1)},
		})
		env.ExecuteWorkflow(provision)
		var made Network
		if err := env.GetWorkflowResult(&made); err != nil {
			t.Fatal(err)
		}
		fmt.Println(made.SelfLink)
		fmt.Println("operations:", len(env.Started(insert, name)))
	})
	// Output:
	// https://www.googleapis.com/compute/v1/projects/p/global/networks/orders
	// operations: 1
}

// An update names what it changes. In a saga it needs to say that it has no undo.
func ExampleStartRequest() {
	const patch, cache = "redis.projects.locations.instances.patch", "projects/p/locations/l/instances/orders"
	grow := func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			step := google.StartRequest[struct{}](patch, cache, google.Request{
				Body: map[string]any{"memorySizeGb": 4}, UpdateMask: []string{"memorySizeGb"},
			})
			step.Undo = ""
			_, err := workflows.Run(ctx, saga, step)
			return err
		})
	}
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Service: "redis.googleapis.com"})
		env.Put(cache, map[string]any{"memorySizeGb": 1})
		env.ExecuteWorkflow(grow)
		fmt.Println(env.GetWorkflowError(), len(env.Started(patch, cache)))
	})
	// Output: <nil> 1
}
