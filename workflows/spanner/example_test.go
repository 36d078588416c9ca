package spanner_test

import (
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

// One step: start, await and decode, in one call.
func Example_step() {
	makeInstance := func(ctx workflow.Context) (string, error) {
		made, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{
			Config:          "projects/p/instanceConfigs/regional-europe-west1",
			DisplayName:     "orders",
			ProcessingUnits: 100,
		}))
		return made.State, err
	}
	state, err := inTest(makeInstance)
	fmt.Println(state, err)
	// Output: READY <nil>
}

// A saga: what fails or is canceled leaves nothing behind.
func Example_saga() {
	provision := func(ctx workflow.Context) (string, error) {
		var made spanner.Instance
		err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			made, err = workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.Instance{ProcessingUnits: 100}))
			if err != nil {
				return err
			}
			if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(database, spanner.DatabaseOptions{})); err != nil {
				return err
			}
			_, err = workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{
				Name: "by-name", Statements: []string{"CREATE UNIQUE INDEX ByName ON Orders (Name)"},
			}))
			return err
		})
		return made.State, err
	}
	_, err := inTest(provision, testsuite.MethodUpdateDatabaseDdl)
	fmt.Println(lro.CodeOf(err))
	// Output:
	// left: nothing
	// FAILED_PRECONDITION
}

// Steps side by side, each with its result: the first that fails cancels the others, and
// the saga undoes them all.
func Example_sideBySide() {
	const reports = instance + "/databases/reports"
	provision := func(ctx workflow.Context) (string, error) {
		var made spanner.Database
		var index spanner.SchemaCommits
		err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.Instance{})); err != nil {
				return err
			}
			if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(database, spanner.DatabaseOptions{})); err != nil {
				return err
			}
			return workflows.RunAll(ctx, saga,
				spanner.CreateDatabase(reports, spanner.DatabaseOptions{}).Into(&made),
				spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{
					Name: "by-name", Statements: []string{"CREATE INDEX ByName ON Orders (Name)"},
				}).Into(&index))
		})
		return fmt.Sprintf("%s, %d statement committed", made.State, len(index.CommitTimestamps)), err
	}
	fmt.Println(inTest(provision))
	_, err := inTest(provision, testsuite.MethodUpdateDatabaseDdl)
	fmt.Println(lro.CodeOf(err))
	// Output:
	// READY, 1 statement committed <nil>
	// left: nothing
	// FAILED_PRECONDITION
}

// Many steps with results of one type.
func Example_each() {
	provision := func(ctx workflow.Context) (states string, err error) {
		if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{})); err != nil {
			return "", err
		}
		var steps []workflows.Step[spanner.Database]
		for _, id := range []string{"orders", "customers", "stock"} {
			steps = append(steps, spanner.CreateDatabase(instance+"/databases/"+id, spanner.DatabaseOptions{}))
		}
		made, err := workflows.RunEach(ctx, nil, steps...)
		for _, database := range made {
			states += database.State + " "
		}
		return states, err
	}
	fmt.Println(inTest(provision))
	// Output: READY READY READY  <nil>
}

// Several steps each, side by side: the first failure cancels what the others have in
// flight.
func Example_parallel() {
	_ = func(ctx workflow.Context, saga *workflows.Saga, names []string) error {
		var each []func(workflow.Context) error
		for _, name := range names {
			each = append(each, func(ctx workflow.Context) error {
				if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(name, spanner.DatabaseOptions{})); err != nil {
					return err
				}
				return workflow.ExecuteActivity(ctx, "LoadRows", name).Get(ctx, nil)
			})
		}
		return workflows.Parallel(ctx, each...)
	}
}

// What the steps of a saga share, and a step that is more patient than the others. Outcome
// tells how the step ended.
func Example_options() {
	_ = func(ctx workflow.Context) error {
		options := workflows.SagaOptions{
			Steps: workflows.StepOptions{
				Await: workflows.AwaitOptions{Timeout: time.Hour, TaskQueue: "awaitop"},
			},
			UndoWindow: 30 * time.Minute,
		}
		return workflows.WithSaga(ctx, options, func(ctx workflow.Context, saga *workflows.Saga) error {
			var outcome workflows.StepOutcome
			restore := spanner.RestoreDatabase(database, spanner.RestoreOptions{Backup: instance + "/backups/daily"})
			restore.Await.Timeout = 24 * time.Hour
			restore.Outcome = &outcome
			_, err := workflows.Run(ctx, saga, restore)
			workflow.GetLogger(ctx).Info("restored", "took", outcome.Duration(), "polls", outcome.Polls)
			return err
		})
	}
}

// A change has nothing to delete: say how it is taken back.
func Example_compensate() {
	_ = func(ctx workflow.Context, saga *workflows.Saga) error {
		units := []string{"processingUnits"}
		step := spanner.UpdateInstance(instance, units, spanner.Instance{ProcessingUnits: 500})
		step.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
			back := spanner.UpdateInstance(instance, units, spanner.Instance{ProcessingUnits: 100})
			back.Name = "back to 100" // a step of its own
			_, err := workflows.Run(ctx, nil, back)
			return err
		}
		_, err := workflows.Run(ctx, saga, step)
		return err
	}
}

// Anything else that has to be undone takes its place among the steps.
func Example_add() {
	_ = func(ctx workflow.Context, saga *workflows.Saga) error {
		err := saga.Add("dns record orders.example.com", func(ctx workflow.Context) error {
			return workflow.ExecuteActivity(ctx, "DeleteRecord", "orders.example.com").Get(ctx, nil)
		})
		if err != nil { // the history has no room for another undo
			return err
		}
		return workflow.ExecuteActivity(ctx, "CreateRecord", "orders.example.com").Get(ctx, nil)
	}
}

// A resource that is somebody else's, and an undo that could not be done.
func Example_failures() {
	_ = func(err error) string {
		f, ok := lro.AsFailure(err)
		switch {
		case ok && f.Type == lro.TypeStartFailed && f.Code() == lro.CodeAlreadyExists:
			return "somebody else has " + f.Resources[0]
		case ok && f.Type == lro.TypeCompensationFailed:
			return fmt.Sprintf("left: %v, because %v; it began with: %s", f.Resources, f.UndoErrors, f.Cause.Message)
		default:
			return "undone"
		}
	}
}

// inTest runs a workflow in a test, on a scripted Spanner in which the given
// methods' operations fail. It prints what is left after a failure.
func inTest(function func(workflow.Context) (string, error), failing ...testsuite.Method) (result string, err error) {
	exampletest.Run(func(t testing.TB) {
		plans := map[testsuite.Method][]testsuite.Script{testsuite.MethodCreateInstance: {{RunsFor: 10 * time.Minute}}}
		for _, method := range failing {
			plans[method] = []testsuite.Script{{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}}
		}
		env := testsuite.NewEnv(t, testsuite.Options{Plans: plans})
		env.ExecuteWorkflow(function)
		if err = env.GetWorkflowResult(&result); err != nil && env.AssertNothingLeft(t) {
			fmt.Println("left: nothing")
		}
	})
	return result, err
}
