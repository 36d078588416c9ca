// Command quickstart runs the workflow of workflow.go three times: all goes well, a step fails, a cancel comes. It prints
// each step and undo as it happens, and the history of the first run at the end.
//
// It starts a local Temporal server and a scripted Spanner. -endpoint reaches an emulator, -project the real Spanner.
//
// workflow.go and workflow_test.go are made to be copied: they stand for themselves.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path"

	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/worker"
)

const taskQueue = "provisioning"

func main() { os.Exit(command.Main("quickstart", run)) }

func run(ctx context.Context, args []string) (ok bool, err error) {
	flags, err := parse(args)
	if err != nil {
		return false, err
	}
	out := console.New(false)
	server, err := temporal.Start(ctx, flags.Temporal, out)
	if err != nil {
		return false, err
	}
	defer server.Close()
	cloud, err := open(ctx, flags)
	if err != nil {
		return false, err
	}
	defer cloud.close()
	out.Line("Spanner:  %s", cloud.endpoint)
	w, err := serve(ctx, server.Client, cloud)
	if err != nil {
		return false, err
	}
	defer w.Stop()
	q := &quickstart{temporal: server.Client, cloud: cloud, out: out}
	return q.runAll(ctx)
}

// serve starts a worker. The plugin is all that a worker of yours needs: it registers awaitop's workflow and activities.
func serve(ctx context.Context, c client.Client, cloud *cloud) (sdkworker.Worker, error) {
	plugin, err := worker.Plugin(ctx, worker.Options{Rest: cloud.options})
	if err != nil {
		return nil, err
	}
	w := sdkworker.New(c, taskQueue, sdkworker.Options{Plugins: []sdkworker.Plugin{plugin}})
	w.RegisterWorkflow(Provision)
	return w, w.Start()
}

func parse(args []string) (command.Flags, error) {
	var flags command.Flags
	set := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.Add(set, "makes three instances there, one after the other, and deletes them")
	if err := command.Parse(set, args); err != nil {
		return flags, err
	}
	return flags, flags.Validate(set.Args())
}

// runAll makes the three runs, and prints the history of the first.
func (q *quickstart) runAll(ctx context.Context) (ok bool, err error) {
	first, err := q.succeed(ctx)
	if err != nil {
		return false, err
	}
	if err := q.fail(ctx); err != nil {
		return false, err
	}
	if err := q.cancel(ctx); err != nil {
		return false, err
	}
	return true, q.printHistory(ctx, first)
}

// title begins a run on the console.
func (q *quickstart) title(text string) { q.out.Line("\n%s", text) }

// start starts a run of the workflow on an instance. The run outlives this program: any worker of the task queue goes on
// with it.
func (q *quickstart) start(ctx context.Context, order Order) (client.WorkflowRun, error) {
	run, err := q.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: "provision-" + path.Base(order.Instance), TaskQueue: taskQueue,
	}, Provision, order)
	if err != nil {
		return nil, fmt.Errorf("start the workflow: %w", err)
	}
	return run, nil
}
