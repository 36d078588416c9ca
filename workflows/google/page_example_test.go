package google_test

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// The code of docs/any-service.md, word for word. TestPage holds the page to it, and the tests beside it run it.

func Serve(ctx context.Context, c client.Client) (sdkworker.Worker, error) {
	plugin, err := worker.Plugin(ctx, worker.Options{Rest: rest.Options{
		Services: []rest.Service{{Name: "*.googleapis.com"}},
	}})
	if err != nil {
		return nil, err
	}
	w := sdkworker.New(c, "provisioning", sdkworker.Options{Plugins: []sdkworker.Plugin{plugin}})
	w.RegisterWorkflow(AwaitCluster) // and all others of yours
	return w, nil
}

// Cluster has the fields of an AlloyDB cluster that the workflow needs.
type Cluster struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

func AwaitCluster(ctx workflow.Context, operation string) (Cluster, error) {
	ref, err := lro.ParseRef(operation) // "//alloydb.googleapis.com/projects/p/locations/l/operations/o"
	if err != nil {
		return Cluster{}, err
	}
	outcome, err := workflows.Await(ctx, ref, workflows.AwaitOptions{Timeout: 2 * time.Hour})
	if err != nil {
		return Cluster{}, err
	}
	return lro.Decode[Cluster](outcome.Operation.Response)
}

// Made is what an operation of Compute Engine, Kubernetes Engine or Cloud SQL says of its resource.
type Made struct {
	TargetLink string `json:"targetLink"`
}

func AwaitNetwork(ctx workflow.Context, operation string) (Made, error) {
	ref, err := lro.ParseRef(operation) // "//compute.googleapis.com/projects/p/global/operations/o"
	if err != nil {
		return Made{}, err
	}
	outcome, err := workflows.Await(ctx, ref, workflows.AwaitOptions{Timeout: 2 * time.Hour})
	if err != nil {
		return Made{}, err // such as OperationFailed.RESOURCE_EXHAUSTED, for Compute's QUOTA_EXCEEDED
	}
	return lro.Decode[Made](outcome.Operation.Metadata)
}

// Network has the fields of a network that the workflow needs.
type Network struct {
	SelfLink string `json:"selfLink"`
}

func CreateNetwork(ctx workflow.Context, name string) (Network, error) { // "projects/p/global/networks/n"
	body := map[string]any{"autoCreateSubnetworks": false}
	return workflows.Run(ctx, nil, google.Start[Network]("compute.networks.insert", name, body))
}

func resize(cache string, gigabytes int) workflows.Step[struct{}] {
	step := google.StartRequest[struct{}]("redis.projects.locations.instances.patch", cache, google.Request{
		Body: map[string]any{"memorySizeGb": gigabytes}, UpdateMask: []string{"memorySizeGb"},
	})
	step.Name = fmt.Sprintf("%d GiB for %s", gigabytes, cache) // two changes of one field need a name each
	return step
}

func network(name string) workflows.Step[Network] {
	return google.Start[Network]("compute.networks.insert", name, map[string]any{"autoCreateSubnetworks": false})
}

func cluster(name string, in Network) workflows.Step[Cluster] {
	return google.Start[Cluster]("alloydb.projects.locations.clusters.create", name, map[string]any{
		"networkConfig": map[string]any{"network": in.SelfLink},
	})
}

func primary(cluster string) workflows.Step[struct{}] {
	return google.Start[struct{}]("alloydb.projects.locations.clusters.instances.create",
		cluster+"/instances/primary", map[string]any{"instanceType": "PRIMARY"})
}

func ledger(project string) workflows.Step[spanner.Instance] {
	return spanner.CreateInstance(project+"/instances/ledger", spanner.Instance{
		Config: project + "/instanceConfigs/regional-europe-west1", ProcessingUnits: 100,
	})
}

func ProvisionPlane(ctx workflow.Context, project string) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		vpc, err := workflows.Run(ctx, saga, network(project+"/global/networks/orders"))
		if err != nil {
			return err
		}
		name := project + "/locations/europe-west1/clusters/orders"
		if err := workflows.RunAll(ctx, saga, cluster(name, vpc), ledger(project)); err != nil {
			return err
		}
		_, err = workflows.Run(ctx, saga, primary(name))
		return err
	})
}

func PlanPlane(ctx workflow.Context, project string) (workflows.Plan, error) {
	name := project + "/locations/europe-west1/clusters/orders"
	return workflows.PlanSteps(ctx, true,
		network(project+"/global/networks/orders"), cluster(name, Network{SelfLink: "of the first step"}),
		ledger(project), primary(name))
}

func GrowCache(ctx workflow.Context, saga *workflows.Saga, cache string) error {
	grow := resize(cache, 4).UndoneBy(func(ctx workflow.Context, _ lro.Outcome) error {
		_, err := workflows.Run(ctx, nil, resize(cache, 1))
		return err
	})
	_, err := workflows.Run(ctx, saga, grow)
	return err
}

func RunJob(ctx workflow.Context, job string) error { // its executions do no harm to each other
	step := google.StartRequest[struct{}]("run.projects.locations.jobs.run", job, google.Request{MayStartTwice: true})
	_, err := workflows.Run(ctx, nil, step)
	return err
}

func CreateDatabases(ctx workflow.Context, saga *workflows.Saga, instance string) error {
	const create = "sql.databases.insert"
	return workflows.RunAll(ctx, saga,
		google.Start[struct{}](create, instance+"/databases/orders", nil),
		google.Start[struct{}](create, instance+"/databases/customers", nil))
}
