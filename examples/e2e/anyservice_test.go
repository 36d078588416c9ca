package e2e

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// serviceStep is a step of another service than Spanner, of one of the classes of exactness.
type serviceStep struct{ service, method, target string }

// serviceSteps are steps of each class that can be undone, in the order in which they run.
var serviceSteps = []serviceStep{
	{"alloydb.googleapis.com", "alloydb.projects.locations.clusters.create", "projects/p/locations/l/clusters/c"}, // requestId and label
	{"compute.googleapis.com", "compute.networks.insert", "projects/p/global/networks/n"},                         // requestId alone
	{"redis.googleapis.com", "redis.projects.locations.instances.create", "projects/p/locations/l/instances/i"},   // label
	{"sqladmin.googleapis.com", "sql.instances.insert", "projects/p/instances/i"},                                 // label, in settings
	{"container.googleapis.com", "container.projects.locations.clusters.create", "projects/p/locations/l/clusters/c"},
	{"container.googleapis.com", "container.projects.locations.clusters.nodePools.create", "projects/p/locations/l/clusters/c/nodePools/n"}, // own id and metadata
	{"firestore.googleapis.com", "firestore.projects.databases.create", "projects/p/databases/d"},                                           // own id and age
}

// step is the step, which notes whether it adopted its operation.
func (s serviceStep) step(adopted *workflows.StepOutcome) workflows.Step[struct{}] {
	step := google.Start[struct{}](s.method, s.target, map[string]any{"description": "d"})
	step.Outcome, step.Await.Policy = adopted, brisk
	return step
}

// runServiceSteps runs all steps. It fails in its first attempt, after the last of them.
func runServiceSteps(ctx workflow.Context, saga *workflows.Saga) ([]bool, error) {
	var adopted []bool
	for _, s := range serviceSteps {
		var outcome workflows.StepOutcome
		if _, err := workflows.Run(ctx, saga, s.step(&outcome)); err != nil {
			return nil, err
		}
		adopted = append(adopted, outcome.Adopted)
	}
	if workflow.GetInfo(ctx).Attempt == 1 {
		return nil, temporal.NewApplicationError("the first attempt fails", "test")
	}
	return adopted, nil
}

func servicesWithoutSaga(ctx workflow.Context) ([]bool, error) { return runServiceSteps(ctx, nil) }

func servicesWithSaga(ctx workflow.Context) (adopted []bool, err error) {
	err = workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: time.Minute}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		adopted, err = runServiceSteps(ctx, saga)
		return err
	})
	return adopted, err
}

// services are scripted services, by name, and a worker that serves them.
func (b *bench) services() map[string]*testsuite.Service {
	b.t.Helper()
	served := map[string]*testsuite.Service{}
	options := rest.Options{WithoutAuthentication: true}
	for _, s := range serviceSteps {
		if served[s.service] == nil {
			served[s.service] = testsuite.ForTest(b.t, testsuite.Options{Service: s.service})
			options.Services = append(options.Services, rest.Service{Name: s.service, Endpoint: served[s.service].Serve(b.t)})
		}
		served[s.service].Plan(testsuite.Method(s.method), testsuite.Script{RunsFor: time.Second}, testsuite.Script{RunsFor: time.Second})
	}
	plugin, err := worker.Plugin(b.ctx, worker.Options{Rest: options})
	if err != nil {
		b.t.Fatal(err)
	}
	w := sdk.New(b.client, b.queue, sdk.Options{Plugins: []sdk.Plugin{plugin}})
	w.RegisterWorkflow(servicesWithoutSaga)
	w.RegisterWorkflow(servicesWithSaga)
	if err := w.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(w.Stop)
	return served
}

// runServices runs a workflow that is retried once, and returns which steps its last run adopted.
func (b *bench) runServices(workflow any) (client.WorkflowRun, []bool) {
	b.t.Helper()
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{
		TaskQueue: b.queue, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumAttempts: 2},
	}, workflow)
	if err != nil {
		b.t.Fatal(err)
	}
	var adopted []bool
	if err := run.Get(b.ctx, &adopted); err != nil {
		b.t.Fatal(err)
	}
	return run, adopted
}

// A retry and a reset of the workflow adopt what it had started, in every class: one operation each.
func TestServicesRetriedAndReset(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	served := b.services()
	run, adopted := b.runServices(servicesWithoutSaga)
	check := func(what string, adopted []bool) {
		t.Helper()
		for i, s := range serviceSteps {
			// A request id is repeated: the service answers with the operation that it has, which is no adoption to it.
			if !adopted[i] && !slices.Contains([]string{"compute.networks.insert"}, s.method) {
				t.Errorf("%s: %s was not adopted", what, s.method)
			}
			served[s.service].AssertStarted(t, testsuite.Method(s.method), s.target, 1)
			served[s.service].AssertReady(t, s.target)
		}
	}
	check("retry", adopted)
	var again []bool
	if err := b.reset(run.GetID()).Get(b.ctx, &again); err != nil {
		t.Fatal(err)
	}
	check("reset", again)
}

// After an undo the workflow's retry makes all anew, within the hour in which a service answers a request
// id with its old success.
func TestServicesRetriedAfterUndo(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	served := b.services()
	_, adopted := b.runServices(servicesWithSaga)
	if slices.Contains(adopted, true) {
		t.Errorf("adopted %v, want nothing adopted", adopted)
	}
	for _, s := range serviceSteps {
		served[s.service].AssertStarted(t, testsuite.Method(s.method), s.target, 2)
		served[s.service].AssertReady(t, s.target)
	}
}
