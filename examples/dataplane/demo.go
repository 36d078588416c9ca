package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/runs"
	show "github.com/awaitop/awaitop/examples/internal/steps"
	"github.com/awaitop/awaitop/examples/internal/trials"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// demo runs the workflow once.
type demo struct {
	flags  flags
	out    *console.Console
	client client.Client
	cloud  *cloud
}

// serve starts a worker for the workflow, with awaitop's plugin and the starters of connections.
func (d *demo) serve(ctx context.Context, api *rest.Client) (sdk.Worker, error) {
	connections, err := plane.NewConnections(ctx, api)
	if err != nil {
		return nil, err
	}
	plugin, err := worker.Plugin(ctx, worker.Options{Client: api, Starters: connections.Starters()})
	if err != nil {
		return nil, err
	}
	w := sdk.New(d.client, d.cloud.input.ID, sdk.Options{Plugins: []sdk.Plugin{plugin}})
	plane.Register(w)
	return w, w.Start()
}

func (d *demo) run(ctx context.Context) (report, error) {
	api, err := rest.New(ctx, d.cloud.rest)
	if err != nil {
		return report{}, err
	}
	defer func() { _ = api.Close() }() // the servers end too
	w, err := d.serve(ctx, api)
	if err != nil {
		return report{}, err
	}
	defer w.Stop()
	began := time.Now()
	id := d.cloud.input.ID // and the task queue, of the run's own
	started, err := d.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: id}, plane.Name, d.cloud.input)
	if err != nil {
		return report{}, fmt.Errorf("start the workflow: %w", err)
	}
	d.out.Line("workflow: %s", started.GetID())
	stop := show.Show(context.WithoutCancel(ctx), d.client, started, d.out) // an interrupt undoes first
	var summary plane.Summary
	canceled, err := runs.Run{Client: d.client, Run: started, Out: d.out}.Await(ctx, d.flags.CancelAfter, &summary)
	stop()
	return d.report(summary, canceled, err, time.Since(began)), nil
}

// report says how the workflow ended and what exists, and whether that is as the flags asked.
func (d *demo) report(summary plane.Summary, canceled bool, err error, took time.Duration) report {
	r := report{Report: trials.NewReport(err, took, d.cloud.existing()), Started: d.cloud.started()}
	switch r.Result {
	case trials.Succeeded:
		r.Summary = &summary
		r.OK = d.flags.WantSuccess() && len(r.Exists) == len(steps)
	case trials.Canceled:
		r.OK = canceled && len(r.Exists) == 0
	case trials.Failed:
		f, _ := lro.AsFailure(err)
		r.FailedAt = d.cloud.stepOf(f.Ref)
		r.OK = f.Type == lro.TypeOperationFailed && r.FailedAt == d.flags.FailAt && len(r.Exists) == 0
	}
	for _, count := range r.Started {
		r.OK = r.OK && count <= 1
	}
	return r
}
