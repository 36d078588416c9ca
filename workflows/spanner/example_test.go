package spanner_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
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
		made, err := workflows.Run[spanner.Instance](ctx, nil, spanner.CreateInstance(instance, spanner.Instance{
			Config:          "projects/p/instanceConfigs/regional-europe-west1",
			DisplayName:     "orders",
			ProcessingUnits: 100,
		}))
		return made.Response.State, err
	}
	state, err := inTest(makeInstance)
	fmt.Println(state, err)
	// Output: READY <nil>
}

// A saga: what fails or is canceled leaves nothing behind.
func Example_saga() {
	provision := func(ctx workflow.Context) (state string, err error) {
		saga := workflows.NewSaga(ctx, workflows.SagaOptions{})
		defer saga.Close(&err)

		made, err := workflows.Run[spanner.Instance](ctx, saga, spanner.CreateInstance(instance, spanner.Instance{ProcessingUnits: 100}))
		if err != nil {
			return "", err
		}
		if _, err := workflows.Run[spanner.Database](ctx, saga, spanner.CreateDatabase(database, nil)); err != nil {
			return "", err
		}
		_, err = workflows.Run[struct{}](ctx, saga, spanner.UpdateDatabaseDdl(database, "by-name", "CREATE UNIQUE INDEX ByName ON Orders (Name)"))
		return made.Response.State, err
	}
	_, err := inTest(provision, testsuite.MethodUpdateDatabaseDdl)
	fmt.Println(lro.CodeOf(err))
	// Output:
	// left: nothing
	// FAILED_PRECONDITION
}

// Steps side by side: the first failure cancels what the others have in flight.
func Example_parallel() {
	_ = func(ctx workflow.Context, saga *workflows.Saga, names []string) error {
		var each []func(workflow.Context) error
		for _, name := range names {
			each = append(each, func(ctx workflow.Context) error {
				_, err := workflows.Run[spanner.Database](ctx, saga, spanner.CreateDatabase(name, nil))
				return err
			})
		}
		return workflows.Parallel(ctx, each...)
	}
}

// A change has nothing to delete: say how it is taken back.
func Example_compensate() {
	_ = func(ctx workflow.Context, saga *workflows.Saga) error {
		step := spanner.UpdateInstance(instance, "processingUnits", spanner.Instance{ProcessingUnits: 500})
		step.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
			back := spanner.UpdateInstance(instance, "processingUnits", spanner.Instance{ProcessingUnits: 100})
			back.Name = "back to 100" // a step of its own
			_, err := workflows.Run[struct{}](ctx, nil, back)
			return err
		}
		_, err := workflows.Run[spanner.Instance](ctx, saga, step)
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

// inTest runs a workflow in the SDK's test environment, on a scripted Spanner in
// which the given methods' operations fail. It prints what is left after a
// failure.
func inTest(function func(workflow.Context) (string, error), failing ...testsuite.Method) (string, error) {
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	clock := testsuite.EnvClock(env.Now)

	plans := map[testsuite.Method][]testsuite.Script{testsuite.MethodCreateInstance: {{RunsFor: 10 * time.Minute}}}
	for _, method := range failing {
		plans[method] = []testsuite.Script{{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}}
	}
	service, err := testsuite.NewService(testsuite.Options{Clock: clock, Plans: plans})
	if err != nil {
		return "", err
	}
	server, err := testsuite.NewServer(service, testsuite.ServerOptions{})
	if err != nil {
		return "", err
	}
	defer func() { _ = server.Close() }()
	client, err := rest.New(context.Background(), rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: server.URL}},
		WithoutAuthentication: true,
	})
	if err != nil {
		return "", err
	}
	// Never held, each wait is the environment's, which skips it.
	worker.Register(env, client, activities.Options{Clock: clock, MaxHeld: activities.NeverHold})
	env.ExecuteWorkflow(function)
	if err := env.GetWorkflowError(); err != nil {
		if !service.Exists(instance) && !service.Exists(database) {
			fmt.Println("left: nothing")
		}
		return "", err
	}
	var result string
	err = env.GetWorkflowResult(&result)
	return result, err
}

// Steps side by side, awaited as one: the first that fails cancels the others, and
// the saga undoes them all.
func Example_sideBySide() {
	provision := func(ctx workflow.Context) (states string, err error) {
		saga := workflows.NewSaga(ctx, workflows.SagaOptions{})
		defer saga.Close(&err)
		if _, err := workflows.Run[spanner.Instance](ctx, saga, spanner.CreateInstance(instance, nil)); err != nil {
			return "", err
		}
		made, err := workflows.RunAll[spanner.Database](ctx, saga, workflows.AwaitAllOptions{},
			spanner.CreateDatabase(instance+"/databases/orders", nil),
			spanner.CreateDatabase(instance+"/databases/customers", nil),
		)
		for _, result := range made {
			states += result.Response.State + " "
		}
		return states, err
	}
	fmt.Println(inTest(provision))
	_, err := inTest(provision, testsuite.MethodCreateDatabase)
	fmt.Println(lro.CodeOf(err))
	// Output:
	// READY READY  <nil>
	// left: nothing
	// FAILED_PRECONDITION
}
