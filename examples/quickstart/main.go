// Command quickstart awaits three operations of Cloud Spanner: the creation of an instance, a schema change that
// fails, and a creation that is canceled.
//
// It starts a local Temporal server and a scripted Spanner. -endpoint reaches an emulator, -project the real Spanner.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"google.golang.org/api/spanner/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/temporal"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

const taskQueue = "quickstart"

func main() { os.Exit(command.Main("quickstart", run)) }

func run(ctx context.Context, args []string) (ok bool, err error) {
	flags, err := parse(args)
	if err != nil {
		return false, err
	}
	server, err := temporal.Start(ctx, flags.Temporal, console.New(false))
	if err != nil {
		return false, err
	}
	defer server.Close()
	cloud, err := open(ctx, flags)
	if err != nil {
		return false, err
	}
	defer cloud.close()

	// The plugin is all that a worker of yours needs: it registers awaitop's workflow and activities.
	plugin, err := worker.Plugin(ctx, worker.Options{Rest: cloud.options})
	if err != nil {
		return false, err
	}
	w := sdkworker.New(server.Client, taskQueue, sdkworker.Options{Plugins: []sdkworker.Plugin{plugin}})
	if err := w.Start(); err != nil {
		return false, err
	}
	defer w.Stop()

	q := &quickstart{temporal: server.Client, cloud: cloud}
	for _, wait := range []func(context.Context) error{q.create, q.fail, q.cancel} {
		if err := wait(ctx); err != nil {
			return false, err
		}
	}
	return true, nil
}

func parse(args []string) (command.Flags, error) {
	var flags command.Flags
	set := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.Add(set, "creates two instances there, and deletes them at the end")
	if err := command.Parse(set, args); err != nil {
		return flags, err
	}
	return flags, flags.Validate(set.Args())
}

// quickstart makes the three waits.
type quickstart struct {
	temporal client.Client
	cloud    *cloud
}

// start awaits an operation in a workflow. The wait outlives this program: any worker of the task queue goes on with it.
func (q *quickstart) start(ctx context.Context, op *spanner.Operation) (*workflows.AwaitRun, error) {
	ref := lro.Ref{Service: lro.SpannerService, Name: op.Name}
	fmt.Println("awaiting: ", ref)
	return workflows.Start(ctx, q.temporal, taskQueue, ref, workflows.AwaitOptions{Timeout: 10 * time.Minute})
}

// await awaits an operation to its end.
func (q *quickstart) await(ctx context.Context, op *spanner.Operation) (lro.Outcome, error) {
	run, err := q.start(ctx, op)
	if err != nil {
		return lro.Outcome{}, err
	}
	return run.Get(ctx)
}

// create awaits an operation that succeeds. Its response has the type of the resource.
func (q *quickstart) create(ctx context.Context) error {
	op, err := q.cloud.createInstance(ctx)
	if err != nil {
		return err
	}
	outcome, err := q.await(ctx, op)
	if err != nil {
		return err
	}
	instance, err := lro.Decode[spanner.Instance](outcome.Operation.Response)
	if err != nil {
		return err
	}
	fmt.Printf("succeeded: %s is %s, after %d polls\n\n", instance.Name, instance.State, outcome.Polls)
	return nil
}

// fail awaits an operation that fails. Its error has the code and the details of the API, and the progress so far.
func (q *quickstart) fail(ctx context.Context) error {
	op, err := q.cloud.createDatabase(ctx)
	if err != nil {
		return err
	}
	if _, err := q.await(ctx, op); err != nil {
		return err
	}
	if op, err = q.cloud.failSchemaChange(ctx); err != nil {
		return err
	}
	_, err = q.await(ctx, op)
	failure, ok := lro.AsFailure(err)
	if !ok || failure.Type != lro.TypeOperationFailed {
		return fmt.Errorf("the schema change did not fail as it should: %w", err)
	}
	fmt.Printf("failed:    %s: %s\n", failure.Code(), failure.Status().Message)
	if violations, ok := lro.Detail[*errdetails.PreconditionFailure](err); ok {
		for _, v := range violations.GetViolations() {
			fmt.Printf("           %s of %s: %s\n", v.GetType(), v.GetSubject(), v.GetDescription())
		}
	}
	progress := lro.ProgressOf(failure.Operation.Metadata)
	fmt.Printf("           %d of %d statements were committed\n\n", progress.Committed, progress.Statements)
	return nil
}

// cancel cancels a wait. The outcome says what became of the operation: its cancel may come too late.
func (q *quickstart) cancel(ctx context.Context) error {
	op, err := q.cloud.createInstance(ctx)
	if err != nil {
		return err
	}
	run, err := q.start(ctx, op)
	if err != nil {
		return err
	}
	if err := run.Cancel(ctx); err != nil {
		return err
	}
	outcome, err := run.Get(ctx)
	if !outcome.Operation.Done {
		return fmt.Errorf("the operation did not end: %w", err)
	}
	fmt.Printf("canceled:  the cancel: %s, the operation: %s\n", outcome.Cancellation, outcome.State())
	return nil
}
