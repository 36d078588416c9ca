package e2e

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

const (
	patchCache = "redis.projects.locations.instances.patch"
	cache      = "projects/p/locations/l/instances/i"
)

// resizeThrice changes a cache in each of three runs: it continues as new.
func resizeThrice(ctx workflow.Context, gigabytes int) error {
	step := google.StartRequest[struct{}](patchCache, cache, google.Request{
		Body: map[string]any{"memorySizeGb": gigabytes}, UpdateMask: []string{"memorySizeGb"},
	})
	step.Await.Policy = brisk
	if _, err := workflows.Run(ctx, nil, step); err != nil || gigabytes == 3 {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, resizeThrice, gigabytes+1)
}

// Each run of a workflow that continues as new makes its change, though the step's key is one.
func TestChangesContinuedAsNew(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	redis := testsuite.ForTest(t, testsuite.Options{Service: "redis.googleapis.com", OwnForm: true})
	redis.Put(cache, map[string]any{"memorySizeGb": 0})
	plugin, err := worker.Plugin(b.ctx, worker.Options{Rest: rest.Options{
		WithoutAuthentication: true, Services: []rest.Service{{Name: "redis.googleapis.com", Endpoint: redis.Serve(t)}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := sdk.New(b.client, b.queue, sdk.Options{Plugins: []sdk.Plugin{plugin}})
	w.RegisterWorkflow(resizeThrice)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue, WorkflowRunTimeout: time.Hour}, resizeThrice, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Get(b.ctx, nil); err != nil {
		t.Error(err)
	}
	redis.AssertStarted(t, patchCache, cache, 3)
	var got struct{ MemorySizeGb int }
	if redis.Resource(cache, &got); got.MemorySizeGb != 3 {
		t.Errorf("%d GiB, want 3", got.MemorySizeGb)
	}
}
