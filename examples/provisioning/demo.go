package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/runs"
	"github.com/awaitop/awaitop/examples/internal/steps"
	"github.com/awaitop/awaitop/examples/internal/trials"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/worker"
)

// demo runs the workflow once.
type demo struct {
	flags  flags
	out    *console.Console
	client client.Client
	cloud  *cloud

	canceled bool // whether a cancel was asked for before the end
}

// serve starts a worker for the workflow, with awaitop's plugin.
func (d *demo) serve(ctx context.Context, queue string) (sdk.Worker, error) {
	plugin, err := worker.Plugin(ctx, worker.Options{Rest: d.cloud.rest})
	if err != nil {
		return nil, err
	}
	w := sdk.New(d.client, queue, sdk.Options{Plugins: []sdk.Plugin{plugin}})
	provision.Register(w, d.cloud.api)
	return w, w.Start()
}

func (d *demo) run(ctx context.Context) (report, error) {
	// Of the run's own: a server that was there before may run this example elsewhere, with another Spanner.
	queue := d.cloud.input.Instance
	w, err := d.serve(ctx, queue)
	if err != nil {
		return report{}, err
	}
	defer w.Stop()
	began := time.Now()
	run, err := d.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: d.cloud.input.Instance, TaskQueue: queue}, provision.Name, d.cloud.input)
	if err != nil {
		return report{}, fmt.Errorf("start the workflow: %w", err)
	}
	d.out.Line("workflow: %s", run.GetID())
	stop := steps.Show(context.WithoutCancel(ctx), d.client, run, d.out) // an interrupt undoes first
	var summary provision.Summary
	d.canceled, err = runs.Run{Client: d.client, Run: run, Out: d.out}.Await(ctx, d.flags.CancelAfter, &summary)
	stop()
	return d.report(context.WithoutCancel(ctx), summary, err, time.Since(began))
}

// report says how the workflow ended and what exists, and whether that is as
// the flags asked.
func (d *demo) report(ctx context.Context, summary provision.Summary, err error, took time.Duration) (report, error) {
	exists, listErr := d.cloud.existing(ctx)
	if listErr != nil {
		return report{}, fmt.Errorf("list what exists: %w", listErr)
	}
	r := report{Report: trials.NewReport(err, took, exists), Backup: d.cloud.input.Backup != ""}
	switch r.Result {
	case trials.Succeeded:
		r.Summary = &summary
		r.OK = d.flags.WantSuccess() && len(exists) == d.expected()
		if d.flags.CancelAfter > 0 {
			r.Error = "it had ended before the cancel could change that"
		}
		if err := d.cloud.remove(ctx, exists); err != nil {
			return r, fmt.Errorf("delete what was made: %w", err)
		}
	case trials.Canceled:
		r.OK = d.canceled && len(exists) == 0
	case trials.Failed:
		f, _ := lro.AsFailure(err)
		r.OK = failedAt(d.flags.FailAt, d.cloud.input, f) && len(exists) == 0
	}
	return r, nil
}

// expected is how many resources a run that goes well makes.
func (d *demo) expected() int {
	n := 1 + len(d.cloud.input.Databases)
	if d.cloud.input.Backup != "" {
		n++
	}
	return n
}
