package spanner_test

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
	"github.com/awaitop/awaitop/workflows/spanner"
)

const (
	instance = "projects/p/instances/orders"
	database = instance + "/databases/orders"
)

// An instance and a database in it. What fails or is canceled leaves nothing behind.
func Example() {
	provision := func(ctx workflow.Context) (state string, err error) {
		err = workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			made, err := workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.Instance{
				Config:          "projects/p/instanceConfigs/regional-europe-west1",
				DisplayName:     "orders",
				ProcessingUnits: 100,
			}))
			if err != nil {
				return err
			}
			state = made.State
			_, err = workflows.Run(ctx, saga, spanner.CreateDatabase(database, spanner.DatabaseOptions{}))
			return err
		})
		return state, err
	}
	fmt.Println(inTest(provision))
	_, err := inTest(provision, "CreateDatabase")
	fmt.Println(lro.CodeOf(err))
	// Output:
	// READY <nil>
	// left: nothing
	// FAILED_PRECONDITION
}

// The result of a schema change is when its statements committed, that of a change that
// failed as well.
func ExampleUpdateDatabaseDdl() {
	provision := func(ctx workflow.Context) (string, error) {
		if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{})); err != nil {
			return "", err
		}
		if _, err := workflows.Run(ctx, nil, spanner.CreateDatabase(database, spanner.DatabaseOptions{})); err != nil {
			return "", err
		}
		commits, err := workflows.Run(ctx, nil, spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{
			Name: "tables",
			Statements: []string{
				"CREATE TABLE Orders (Id INT64) PRIMARY KEY (Id)",
				"CREATE UNIQUE INDEX ById ON Orders (Id)",
			},
		}))
		return fmt.Sprint("committed: ", len(commits.CommitTimestamps), ", ", lro.CodeOf(err)), nil
	}
	fmt.Println(inTest(provision))
	fmt.Println(inTest(provision, "UpdateDatabaseDdl"))
	// Output:
	// committed: 2, OK <nil>
	// committed: 1, FAILED_PRECONDITION <nil>
}

// A change has nothing to delete: say how it is taken back.
func ExampleUpdateInstance() {
	units := []string{"processingUnits"}
	scaleUp := func(ctx workflow.Context) (string, error) {
		if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{ProcessingUnits: 100})); err != nil {
			return "", err
		}
		err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			step := spanner.UpdateInstance(instance, units, spanner.Instance{ProcessingUnits: 500})
			step.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
				step := spanner.UpdateInstance(instance, units, spanner.Instance{ProcessingUnits: 100})
				step.Name = "back to 100 units" // a step of its own
				back, err := workflows.Run(ctx, nil, step)
				fmt.Println(back.ProcessingUnits, "units again")
				return err
			}
			scaled, err := workflows.Run(ctx, saga, step)
			if err != nil {
				return err
			}
			fmt.Println(scaled.ProcessingUnits, "units")
			return errors.New("the load did not come")
		})
		return err.Error(), nil
	}
	fmt.Println(inTest(scaleUp))
	// Output:
	// 500 units
	// 100 units again
	// the load did not come <nil>
}

// inTest runs a workflow in a test, on a scripted Spanner in which the given
// methods' operations fail. It prints what is left after a failure.
func inTest(function func(workflow.Context) (string, error), failing ...testsuite.Method) (result string, err error) {
	exampletest.Run(func(t testing.TB) {
		plans := map[testsuite.Method][]testsuite.Script{"CreateInstance": {{RunsFor: 10 * time.Minute}}}
		for _, method := range failing {
			plans[method] = []testsuite.Script{{RunsFor: time.Hour, EndPercent: 50, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}}
		}
		env := testsuite.NewEnv(t, testsuite.Options{Plans: plans})
		env.ExecuteWorkflow(function)
		if err = env.GetWorkflowResult(&result); err != nil && env.AssertNothingLeft(t) {
			fmt.Println("left: nothing")
		}
	})
	return result, err
}
