// Command nexus shows awaitop as a Nexus service between two namespaces. The worker of "platform" alone reaches the
// cloud. A workflow of "payments" awaits an operation through it, knowing no more than an endpoint's name.
//
// It starts a local Temporal server and a scripted Spanner. caller.go is all that a caller needs.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
)

// The namespaces, and where their workers poll.
const (
	handlerNamespace, handlerQueue = "platform", "awaitop"
	callerNamespace, callerQueue   = "payments", "payments"
)

func main() { os.Exit(command.Main("nexus", run)) }

func run(ctx context.Context, args []string) (ok bool, err error) {
	set := flag.NewFlagSet("nexus", flag.ContinueOnError)
	if err := command.Parse(set, args); err != nil {
		return false, err
	}
	if err := (command.Flags{}).Validate(set.Args()); err != nil {
		return false, err
	}
	out := console.New(false)
	server, err := temporal.Start(ctx, "", out)
	if err != nil {
		return false, err
	}
	defer server.Close()
	handler, caller, err := prepare(ctx, server.Address)
	if err != nil {
		return false, err
	}
	defer handler.Close()
	defer caller.Close()
	cloud, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		return false, err
	}
	stop, err := serve(ctx, handler, caller, cloud)
	if err != nil {
		return false, err
	}
	defer stop()
	return true, show(ctx, caller, cloud, out)
}

// serve starts a worker of each namespace. Only the first has the cloud's client, and says what callers may reach.
func serve(ctx context.Context, handler, caller client.Client, cloud lro.Client) (stop func(), err error) {
	plugin, err := worker.Plugin(ctx, worker.Options{
		Client: cloud,
		Nexus:  &nexusservice.Options{Allow: nexusservice.Rule{Resources: []string{"//spanner.googleapis.com/projects/p"}}},
	})
	if err != nil {
		return nil, err
	}
	serving := sdkworker.New(handler, handlerQueue, sdkworker.Options{Plugins: []sdkworker.Plugin{plugin}})
	calling := sdkworker.New(caller, callerQueue, sdkworker.Options{})
	calling.RegisterWorkflow(Observe)
	if err := serving.Start(); err != nil {
		return nil, err
	}
	if err := calling.Start(); err != nil {
		serving.Stop()
		return nil, err
	}
	return func() { calling.Stop(); serving.Stop() }, nil
}

// show awaits operations that succeed, fail, and may not be reached.
func show(ctx context.Context, caller client.Client, cloud *testsuite.Service, out *console.Console) error {
	for _, of := range []struct {
		name   string
		script testsuite.Script
	}{
		{"projects/p/instances/orders/operations/create", testsuite.Script{RunsFor: 3 * time.Second}},
		{"projects/p/instances/orders/databases/d/operations/index", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}},
		{"projects/another/instances/i/operations/create", testsuite.Script{}},
	} {
		ref := cloud.Start(of.name, of.script)
		run, err := caller.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: callerQueue}, Observe, ref)
		if err != nil {
			return fmt.Errorf("start the caller: %w", err)
		}
		var state string
		if err := run.Get(ctx, &state); err != nil {
			return err
		}
		out.Line("%s\n  %s", ref, state)
	}
	return nil
}
