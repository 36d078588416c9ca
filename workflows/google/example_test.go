package google_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
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
			_, err := workflows.Run(ctx, saga, step.WithoutUndo())
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

// Cloud SQL chooses the id of a backup. The operation names the backup, and the undo deletes it.
func ExampleMade() {
	const create, backups, instance = "sql.Backups.CreateBackup", "projects/p/backups", "projects/p/instances/orders"
	backUp := func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			step := google.Start[struct{}](create, backups, map[string]any{"instance": instance})
			_, err := workflows.Run(ctx, saga, step.UndoneBy(func(ctx workflow.Context, outcome lro.Outcome) error {
				name, err := google.Made(ctx, backups, outcome)
				if err != nil {
					return err
				}
				_, err = workflows.Run(ctx, nil, google.Start[struct{}]("sql.Backups.DeleteBackup", name, nil))
				return err
			}))
			if err != nil {
				return err
			}
			return errors.New("a later step fails")
		})
	}
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Service: "sqladmin.googleapis.com"})
		env.Put(instance, nil)
		env.ExecuteWorkflow(backUp)
		fmt.Println("deleted:", len(env.Started("sql.Backups.DeleteBackup", backups+"/1001")))
		env.AssertNothingLeft(t)
	})
	// Output: deleted: 1
}
