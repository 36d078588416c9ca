package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const (
	orders    = "projects/p/instances/shop/databases/orders"
	customers = "projects/p/instances/shop/databases/customers"
)

// onSpanner runs a workflow in a test, on a scripted Spanner that has an instance. It
// prints how the workflow ended, and which of the databases exist then.
func onSpanner(function func(workflow.Context) (string, error), faults ...testsuite.Fault) {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{
			Plans:  map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{RunsFor: 10 * time.Minute}}},
			Faults: faults,
		})
		env.Put("projects/p/instances/shop", nil)
		ref := env.Start("projects/p/instances/shop/operations/own", testsuite.Script{RunsFor: time.Hour})
		env.RegisterActivityWithOptions(func(context.Context, string) (lro.Ref, error) { return ref, nil }, activity.RegisterOptions{Name: "CreateThing"})
		for _, name := range []string{"DeleteThing", "CreateRecord", "DeleteRecord"} {
			env.RegisterActivityWithOptions(func(_ context.Context, what string) error {
				fmt.Println(name, what)
				return nil
			}, activity.RegisterOptions{Name: name})
		}
		env.ExecuteWorkflow(function)
		var result string
		var failure *temporal.ApplicationError
		if err := env.GetWorkflowError(); errors.As(err, &failure) {
			result = failure.Message()
		} else if err := env.GetWorkflowResult(&result); err != nil {
			t.Fatal(err)
		}
		fmt.Println("ended:", result)
		fmt.Println("orders exists:", env.Exists(orders))
	})
}

// withTimeout has the options of an Example's activities.
func withTimeout(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
}

// One step: Run starts the operation, awaits it, and returns its result.
func ExampleRun() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		database, err := workflows.Run(ctx, nil, spanner.CreateDatabase(orders, spanner.DatabaseOptions{}))
		return database.State, err
	})
	// Output:
	// ended: READY
	// orders exists: true
}

// A step with options of its own. Outcome says more than the result.
func ExampleStep() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		var outcome workflows.StepOutcome
		step := spanner.CreateDatabase(orders, spanner.DatabaseOptions{})
		step.Await.Timeout = 5 * time.Minute
		step.Await.DeadlinePolicy = workflows.CancelOnDeadline
		step.Outcome = &outcome
		if _, err := workflows.Run(ctx, nil, step); lro.CodeOf(err) != lro.CodeDeadlineExceeded {
			return "", err
		}
		return fmt.Sprint("its cancel: ", outcome.Cancellation), nil
	})
	// Output:
	// ended: its cancel: canceled
	// orders exists: false
}

// Results of other types: the caller's own struct, by a conversion.
func ExampleStep_conversion() {
	type created struct {
		CreateTime time.Time `json:"createTime"`
	}
	onSpanner(func(ctx workflow.Context) (string, error) {
		step := workflows.Step[created](spanner.CreateDatabase(orders, spanner.DatabaseOptions{}))
		database, err := workflows.Run(ctx, nil, step)
		return fmt.Sprint("known: ", !database.CreateTime.IsZero()), err
	})
	// Output:
	// ended: known: true
	// orders exists: true
}

// What fails, or is canceled, leaves nothing behind.
func ExampleWithSaga() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		var database spanner.Database
		err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			database, err = workflows.Run(ctx, saga, spanner.CreateDatabase(orders, spanner.DatabaseOptions{}))
			if err != nil {
				return err
			}
			_, err = workflows.Run(ctx, saga, spanner.CreateDatabase(customers, spanner.DatabaseOptions{}))
			return err
		})
		return database.State, err
	}, testsuite.FailWith(lro.CodeResourceExhausted, "too many databases").On("CreateDatabase").For(customers))
	// Output:
	// ended: could not start an operation on projects/p/instances/shop/databases/customers: RESOURCE_EXHAUSTED: too many databases
	// orders exists: false
}

// What could not be undone is named, with the first error as data.
func ExampleWithSaga_compensationFailed() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		err := workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: time.Hour}, func(ctx workflow.Context, saga *workflows.Saga) error {
			if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(orders, spanner.DatabaseOptions{})); err != nil {
				return err
			}
			return errors.New("the rows could not be loaded")
		})
		if f, ok := lro.AsFailure(err); ok && f.Type == lro.TypeCompensationFailed {
			fmt.Println("left:", f.Resources)
			fmt.Println("because:", f.UndoErrors[0])
			fmt.Println("it began with:", f.Cause.Message)
		}
		return "something is left", nil
	}, testsuite.PermissionDenied().On("DropDatabase"))
	// Output:
	// left: [projects/p/instances/shop/databases/orders]
	// because: projects/p/instances/shop/databases/orders was not deleted: PERMISSION_DENIED: the caller does not have permission
	// it began with: the rows could not be loaded
	// ended: something is left
	// orders exists: true
}

// The saga has the options of its steps. A step that is more patient has its own.
func ExampleWithSaga_options() {
	options := workflows.SagaOptions{
		Steps: workflows.StepOptions{
			Await:      workflows.AwaitOptions{Timeout: time.Minute, DeadlinePolicy: workflows.CancelOnDeadline},
			Quarantine: 2 * time.Minute,
		},
		UndoWindow: 30 * time.Minute,
	}
	onSpanner(func(ctx workflow.Context) (state string, err error) {
		err = workflows.WithSaga(ctx, options, func(ctx workflow.Context, saga *workflows.Saga) error {
			step := spanner.CreateDatabase(orders, spanner.DatabaseOptions{})
			step.Await.Timeout = time.Hour
			database, err := workflows.Run(ctx, saga, step)
			state = database.State
			return err
		})
		return state, err
	})
	// Output:
	// ended: READY
	// orders exists: true
}

// Anything else that has to be undone takes its place among the steps.
func ExampleSaga_Add() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		return "", workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			err := saga.Add("dns record orders.example.com", func(ctx workflow.Context) error {
				return workflow.ExecuteActivity(ctx, "DeleteRecord", "orders.example.com").Get(ctx, nil)
			})
			if err != nil { // the history has no room for another undo
				return err
			}
			if err := workflow.ExecuteActivity(withTimeout(ctx), "CreateRecord", "orders.example.com").Get(ctx, nil); err != nil {
				return err
			}
			return errors.New("the name is taken")
		})
	})
	// Output:
	// CreateRecord orders.example.com
	// DeleteRecord orders.example.com
	// ended: the name is taken
	// orders exists: false
}

// Steps side by side, each with its result: the first that fails cancels the others.
func ExampleRunAll() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		if _, err := workflows.Run(ctx, nil, spanner.CreateDatabase(orders, spanner.DatabaseOptions{})); err != nil {
			return "", err
		}
		var database spanner.Database
		var index spanner.SchemaCommits
		err := workflows.RunAll(ctx, nil,
			spanner.CreateDatabase(customers, spanner.DatabaseOptions{}).Into(&database),
			spanner.UpdateDatabaseDdl(orders, spanner.SchemaChange{
				Name: "by-name", Statements: []string{"CREATE INDEX ByName ON Orders (Name)"},
			}).Into(&index))
		return fmt.Sprintf("%s, %d statement committed", database.State, len(index.CommitTimestamps)), err
	})
	// Output:
	// ended: READY, 1 statement committed
	// orders exists: true
}

// One of the steps may fail: the others are awaited, and Outcome says how each ended.
func ExampleRunAllWithOptions() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		var outcomes [2]workflows.StepOutcome
		var steps []workflows.AnyStep
		for i, name := range []string{orders, customers} {
			step := spanner.CreateDatabase(name, spanner.DatabaseOptions{})
			step.Outcome = &outcomes[i]
			steps = append(steps, step)
		}
		options := workflows.RunAllOptions{OnFailure: workflows.AwaitRest, Window: 10}
		if err := workflows.RunAllWithOptions(ctx, nil, options, steps...); err != nil {
			fmt.Println(lro.CodeOf(err))
		}
		return fmt.Sprint(outcomes[0].State(), ", ", outcomes[1].State()), nil
	}, testsuite.FailWith(lro.CodeFailedPrecondition, "no more databases").On("CreateDatabase").For(customers))
	// Output:
	// FAILED_PRECONDITION
	// ended: succeeded, running
	// orders exists: true
}

// Any number of steps with results of one type.
func ExampleRunEach() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		var steps []workflows.Step[spanner.Database]
		for _, name := range []string{orders, customers} {
			steps = append(steps, spanner.CreateDatabase(name, spanner.DatabaseOptions{}))
		}
		databases, err := workflows.RunEach(ctx, nil, steps...)
		return fmt.Sprint(databases[0].State, ", ", databases[1].State), err
	})
	// Output:
	// ended: READY, READY
	// orders exists: true
}

// Functions of several steps each, side by side.
func ExampleParallel() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		return "done", workflows.WithSaga(ctx, workflows.SagaOptions{Parallel: true}, func(ctx workflow.Context, saga *workflows.Saga) error {
			var functions []func(workflow.Context) error
			for _, name := range []string{orders, customers} {
				functions = append(functions, func(ctx workflow.Context) error {
					if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(name, spanner.DatabaseOptions{})); err != nil {
						return err
					}
					change := spanner.SchemaChange{Name: "table", Statements: []string{"CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"}}
					_, err := workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(name, change))
					return err
				})
			}
			return workflows.Parallel(ctx, functions...)
		})
	})
	// Output:
	// ended: done
	// orders exists: true
}

// The workflow's own activity starts the operation. The saga cancels and undoes it all the
// same.
func ExampleAdopt() {
	onSpanner(func(ctx workflow.Context) (string, error) {
		return "", workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			var ref lro.Ref
			if err := workflow.ExecuteActivity(withTimeout(ctx), "CreateThing", "t").Get(ctx, &ref); err != nil {
				return err
			}
			step := workflows.Adopt[struct{}](ref, "projects/p/things/t")
			step.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
				return workflow.ExecuteActivity(ctx, "DeleteThing", "t").Get(ctx, nil)
			}
			if _, err := workflows.Run(ctx, saga, step); err != nil {
				return err
			}
			return errors.New("a later step fails")
		})
	})
	// Output:
	// DeleteThing t
	// ended: a later step fails
	// orders exists: false
}
