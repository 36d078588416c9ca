package main

import (
	"context"
	"net/http/httptest"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
)

const (
	// taskQueue is that of awaitop's worker.
	taskQueue = "awaitop"
	alloydb   = "alloydb.googleapis.com"
	// collection holds the operations that others have started.
	collection = "projects/p/locations/us-central1/operations/"
	// clusters holds what the sagas make.
	clusters       = "projects/p/locations/us-central1/clusters/"
	createCluster  = "alloydb.projects.locations.clusters.create"
	createInstance = "alloydb.projects.locations.clusters.instances.create"
)

// cloud is an AlloyDB.
type cloud struct {
	endpoint   string
	server     *httptest.Server // of a scripted one, else nil
	operations operations
}

// operations are operations that others have started on the service.
type operations struct {
	Succeeds lro.Ref `json:"succeeds"`
	Fails    lro.Ref `json:"fails"`
	Cancels  lro.Ref `json:"cancels"`  // runs for long, and honors a cancel
	Insists  lro.Ref `json:"insists"`  // runs for long, and cannot be canceled
	Surveyed lro.Ref `json:"surveyed"` // runs for long
}

// openCloud returns the AlloyDB at an endpoint, a scripted one for "".
func openCloud(endpoint string) (*cloud, error) {
	if endpoint != "" {
		return &cloud{endpoint: endpoint}, nil
	}
	service, err := testsuite.NewService(testsuite.Options{Service: alloydb})
	if err != nil {
		return nil, err
	}
	start := func(id string, script testsuite.Script) lro.Ref { return service.Start(collection+id, script) }
	long := testsuite.Script{RunsFor: time.Hour}
	insists := long
	insists.OnCancel = testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")
	service.Plan(createInstance, testsuite.Script{RunsFor: time.Second})
	service.PlanFor(createInstance, clusters+"stock/instances/pool", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeResourceExhausted, "no capacity")})
	service.PlanFor(createInstance, clusters+"customers/instances/primary", long)
	server := httptest.NewServer(service.Handler())
	return &cloud{server.URL, server, operations{
		Succeeds: start("restore", testsuite.Script{Polls: 2, End: testsuite.Succeed(`{"name":"projects/p/locations/us-central1/clusters/orders"}`)}),
		Fails:    start("upgrade", testsuite.Script{Polls: 1, End: testsuite.Fail(lro.CodeFailedPrecondition, "the cluster is being maintained")}),
		Cancels:  start("import", long),
		Insists:  start("switchover", insists),
		Surveyed: start("export", long),
	}}, nil
}

func (c *cloud) close() {
	if c.server != nil {
		c.server.Close()
	}
}

// serve starts the worker of awaitop. It runs no workflow of the TypeScript program's.
func serve(ctx context.Context, c client.Client, endpoint string) (sdk.Worker, error) {
	plugin, err := worker.Plugin(ctx, worker.Options{
		Rest: rest.Options{
			Services:              []rest.Service{{Name: alloydb, Endpoint: endpoint}},
			WithoutAuthentication: true,
		},
		Nexus: &nexusservice.Options{Allow: nexusservice.Rule{
			Resources: []string{"//alloydb.googleapis.com/projects/p"},
			Methods:   []string{"alloydb"},
		}},
	})
	if err != nil {
		return nil, err
	}
	w := sdk.New(c, taskQueue, sdk.Options{Plugins: []sdk.Plugin{plugin}})
	return w, w.Start()
}
