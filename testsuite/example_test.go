package testsuite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// ProvisionOrders is the workflow that the Examples test: a saga of an instance, a
// database and its schema.
func ProvisionOrders(ctx workflow.Context) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		if _, err := workflows.Run(ctx, saga, spanner.CreateInstance("projects/p/instances/orders", spanner.Instance{ProcessingUnits: 100})); err != nil {
			return err
		}
		if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase("projects/p/instances/orders/databases/orders", spanner.DatabaseOptions{})); err != nil {
			return err
		}
		_, err := workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl("projects/p/instances/orders/databases/orders", spanner.SchemaChange{
			Name: "orders", Statements: []string{"CREATE TABLE Orders (Id INT64) PRIMARY KEY (Id)"},
		}))
		return err
	})
}

// A test of a saga whose last step fails: what the steps before it made is gone.
// Hours of waiting pass at once.
func Example() {
	exampletest.Run(func(t testing.TB) { // func TestProvisionOrders(t *testing.T) {
		env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
			"CreateInstance":    {{RunsFor: 20 * time.Minute}},
			"UpdateDatabaseDdl": {{RunsFor: 6 * time.Hour, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}},
		}})
		env.ExecuteWorkflow(ProvisionOrders)
		testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationFailed, lro.CodeFailedPrecondition)
		env.AssertNothingLeft(t)
		fmt.Println(lro.CodeOf(env.GetWorkflowError()))
	})
	// Output: FAILED_PRECONDITION
}

// All goes well, through the faults that every cloud has.
func ExampleNewEnv() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{
			Plans: map[testsuite.Method][]testsuite.Script{"CreateInstance": {{RunsFor: 20 * time.Minute}}},
			Faults: []testsuite.Fault{
				testsuite.LostReply().On("CreateDatabase").Times(1),
				testsuite.Unavailable().On(testsuite.MethodGet).During(5*time.Minute, 15*time.Minute),
				testsuite.RateLimited(30 * time.Second).On("UpdateDatabaseDdl").Times(2),
			},
		})
		env.ExecuteWorkflow(ProvisionOrders)
		fmt.Println(env.GetWorkflowError())
		env.AssertReady(t, "projects/p/instances/orders", "projects/p/instances/orders/databases/orders")
		env.AssertNoneRunning(t)
	})
	// Output: <nil>
}

// A cancel ten minutes after the start, while the instance is being made: the
// operation is canceled, and nothing is left.
func ExampleEnv_cancel() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
			"CreateInstance": {{RunsFor: 20 * time.Minute, OnCancel: testsuite.HonorCancel(time.Minute)}},
		}})
		env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Minute)
		env.ExecuteWorkflow(ProvisionOrders)
		env.AssertCanceled(t, env.Refs()[0])
		env.AssertNothingLeft(t)
		fmt.Println(len(env.Refs()), "operation was started")
	})
	// Output: 1 operation was started
}

// A wait for an operation that another program started.
func ExampleService_Start() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Service: "alloydb.googleapis.com"})
		ref := env.Start("projects/p/locations/l/operations/o", testsuite.Script{
			RunsFor: 20 * time.Minute, End: testsuite.Succeed(`{"name":"projects/p/locations/l/clusters/c"}`),
		})
		env.ExecuteWorkflow(workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref})
		var outcome lro.Outcome
		if err := env.GetWorkflowResult(&outcome); err != nil {
			t.Fatal(err)
		}
		fmt.Println(outcome.State(), string(outcome.Operation.Response))
	})
	// Output: succeeded {"name":"projects/p/locations/l/clusters/c"}
}

// One of several databases fails.
func ExampleService_PlanFor() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{})
		env.Put("projects/p/instances/orders", nil)
		env.PlanFor("CreateDatabase", "projects/p/instances/orders/databases/stock", testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")})
		env.ExecuteWorkflow(func(ctx workflow.Context) error {
			_, err := workflows.RunEach(ctx, nil,
				spanner.CreateDatabase("projects/p/instances/orders/databases/orders", spanner.DatabaseOptions{}),
				spanner.CreateDatabase("projects/p/instances/orders/databases/stock", spanner.DatabaseOptions{}))
			return err
		})
		fmt.Println(lro.CodeOf(env.GetWorkflowError()))
		env.AssertNothingLeft(t, "projects/p/instances/orders/databases/stock")
	})
	// Output: INTERNAL
}

// A failed assertion names what is left.
func ExampleService_AssertNothingLeft() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
			"CreateBackup": {{RunsFor: time.Hour, OnCancel: testsuite.IgnoreCancel()}},
		}})
		env.Put("projects/p/instances/orders/databases/orders", nil)
		env.Put("projects/p/instances/orders", nil)
		env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)
		env.ExecuteWorkflow(func(ctx workflow.Context) error { // without a saga
			step := spanner.CreateBackup("projects/p/instances/orders/backups/nightly", spanner.Backup{
				Database: "projects/p/instances/orders/databases/orders", ExpireTime: workflow.Now(ctx).Add(24 * time.Hour),
			})
			_, err := workflows.Run(ctx, nil, step)
			return err
		})
		env.AssertNothingLeft(t)
	})
	// Output: left: projects/p/instances/orders/backups/nightly (CREATING); projects/p/instances/orders/backups/nightly/operations/_auto_op_1 (CreateBackup is running)
}

// The second statement of a schema change fails; the first has committed.
func ExampleScript() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
			"UpdateDatabaseDdl": {{RunsFor: time.Hour, EndPercent: 50, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}},
		}})
		env.Put("projects/p/instances/orders/databases/orders", nil)
		env.ExecuteWorkflow(func(ctx workflow.Context) error {
			_, err := workflows.Run(ctx, nil, spanner.UpdateDatabaseDdl("projects/p/instances/orders/databases/orders", spanner.SchemaChange{
				Name: "by-name", Statements: []string{"CREATE TABLE Orders (Id INT64) PRIMARY KEY (Id)", "CREATE UNIQUE INDEX ByName ON Orders (Name)"},
			}))
			return err
		})
		failure := testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationFailed, lro.CodeFailedPrecondition)
		progress := lro.ProgressOf(failure.Operation.Metadata)
		fmt.Println(progress.Committed, "of", progress.Statements, "statements committed")
	})
	// Output: 1 of 2 statements committed
}

// A cancel that wins, one that loses the race, and one that is refused.
func ExampleCancel() {
	exampletest.Run(func(t testing.TB) {
		service := testsuite.ForTest(t, testsuite.Options{})
		for i, cancel := range []testsuite.Cancel{
			testsuite.HonorCancel(0),
			testsuite.CompleteOnCancel(0),
			testsuite.RefuseCancel(lro.CodePermissionDenied, "not yours"),
		} {
			ref := service.Start(fmt.Sprintf("projects/p/instances/i/operations/%d", i), testsuite.Script{RunsFor: time.Hour, OnCancel: cancel})
			err := service.CancelOperation(context.Background(), ref)
			op, _ := service.Peek(ref)
			fmt.Println(op.State(), err)
		}
	})
	// Output:
	// canceled <nil>
	// succeeded <nil>
	// running CancelOperation: PERMISSION_DENIED (HTTP 403): not yours
}

// The service refuses the second call for want of quota, and a proxy answers the
// third.
func ExampleFault() {
	exampletest.Run(func(t testing.TB) {
		service := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{
			testsuite.RateLimited(30*time.Second).On(testsuite.MethodGet).Calls(2, 2),
			testsuite.HTMLPage(502).Calls(3, 3),
		}})
		ref := service.Start("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: time.Hour})
		for range 3 {
			_, err := service.GetOperation(context.Background(), ref)
			fmt.Println(err)
		}
	})
	// Output:
	// <nil>
	// GetOperation: RESOURCE_EXHAUSTED (HTTP 429): quota exceeded for AdminMethodQuotaPerMinutePerProject
	// GetOperation: UNAVAILABLE: HTTP 502 Bad Gateway without a google.rpc.Status
}

// CreateInstance over HTTP, with Spanner's paths and bodies.
func ExampleService_Serve() {
	exampletest.Run(func(t testing.TB) {
		service := testsuite.ForTest(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
			"CreateInstance": {{RunsFor: time.Hour, Metadata: testsuite.NoMetadata()}},
		}})
		response, err := http.Post(service.Serve(t)+"/v1/projects/p/instances", "application/json",
			strings.NewReader(`{"instanceId": "i", "instance": {"displayName": "one"}}`))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		fmt.Println(response.StatusCode, string(body), err)
		fmt.Println(service.Running())
	})
	// Output:
	// 200 {"name":"projects/p/instances/i/operations/_auto_op_1"} <nil>
	// [//spanner.googleapis.com/projects/p/instances/i/operations/_auto_op_1]
}

// A Compute Engine whose operations have their own form over HTTP: a status and a progress, at Compute Engine's path.
func ExampleOptions_ownForm() {
	exampletest.Run(func(t testing.TB) {
		service := testsuite.ForTest(t, testsuite.Options{Service: "compute.googleapis.com", OwnForm: true})
		service.Start("projects/p/zones/z/operations/o", testsuite.Script{End: testsuite.RunForever()})
		response, err := http.Get(service.Serve(t) + "/compute/v1/projects/p/zones/z/operations/o")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		var operation struct{ Name, Status string }
		err = json.NewDecoder(response.Body).Decode(&operation)
		fmt.Println(operation.Name, operation.Status, err)
	})
	// Output: o RUNNING <nil>
}

// A program without a test: a demonstration, or a server for another process.
func ExampleNewService() {
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(service.Handler())
	defer server.Close()
	service.Start("projects/p/instances/i/operations/o", testsuite.Script{Metadata: testsuite.NoMetadata(), End: testsuite.Succeed(nil)})
	response, err := http.Get(server.URL + "/v1/projects/p/instances/i/operations/o")
	if err != nil {
		panic(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	fmt.Println(string(body), err)
	// Output: {"name":"projects/p/instances/i/operations/o","done":true} <nil>
}

// A canceled wait says what became of the operation: here the cancel came too late.
func ExampleAssertCancellation() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{})
		ref := env.Start("projects/p/instances/i/operations/o", testsuite.Script{
			RunsFor: time.Hour, OnCancel: testsuite.FailOnCancel(time.Minute, lro.CodeInternal, "no"),
		})
		env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Minute)
		env.ExecuteWorkflow(workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref})
		outcome := testsuite.AssertCancellation(t, env.GetWorkflowError(), lro.CancellationFailed)
		fmt.Println(outcome.Operation.Error.Code)
	})
	// Output: INTERNAL
}

// How often the service was asked, and how it answered.
func ExampleService_Calls() {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance").Times(1)}})
		env.ExecuteWorkflow(func(ctx workflow.Context) error {
			_, err := workflows.Run(ctx, nil, spanner.CreateInstance("projects/p/instances/orders", spanner.Instance{}))
			return err
		})
		for _, call := range env.Calls("CreateInstance") {
			fmt.Println(call.Method, call.Name, call.Code)
		}
	})
	// Output: CreateInstance projects/p/instances/orders UNAVAILABLE
}
