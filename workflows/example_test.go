package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Instance is what the caller needs of the operation's response.
type Instance struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// Await in a workflow of your own.
func ExampleAwait() {
	provision := func(ctx workflow.Context, ref lro.Ref) (string, error) {
		outcome, err := workflows.Await(ctx, ref, workflows.AwaitOptions{Timeout: time.Hour})
		if err != nil {
			return "", err // typed; if ctx was canceled, so was the operation
		}
		instance, err := lro.Decode[Instance](outcome.Operation.Response)
		if err != nil {
			return "", err
		}
		return instance.State, nil
	}
	_ = provision // registered with a worker
}

// A backup runs while the workflow takes signals: the one that comes first is served. The
// signal "stop" cancels the backup, and its future tells what became of it.
func ExampleAwaitAsync() {
	_ = func(ctx workflow.Context, backup lro.Ref) error {
		awaiting, cancel := workflow.WithCancel(ctx)
		ended := workflows.AwaitAsync(awaiting, backup, workflows.AwaitOptions{Timeout: 6 * time.Hour})
		workflow.NewSelector(ctx).
			AddFuture(ended, func(workflow.Future) {}).
			AddReceive(workflow.GetSignalChannel(ctx, "stop"), func(workflow.ReceiveChannel, bool) { cancel() }).
			Select(ctx)
		var outcome lro.Outcome
		if err := ended.Get(ctx, &outcome); err != nil {
			return err // a temporal.CanceledError if the signal stopped it
		}
		workflow.GetLogger(ctx).Info("the backup is there", "polls", outcome.Polls)
		return nil
	}
}

// What a wait can end in, told apart by type.
func ExampleAwait_failures() {
	_ = func(ctx workflow.Context, ref lro.Ref) error {
		outcome, err := workflows.Await(ctx, ref, workflows.AwaitOptions{})
		var canceled *temporal.CanceledError
		failure, typed := lro.AsFailure(err)
		switch {
		case err == nil && outcome.Cancellation == lro.CancellationCompleted:
			return errors.New("it succeeded in spite of the cancel: undo it")
		case errors.As(err, &canceled):
			return err // outcome.Cancellation says whether the operation ended
		case typed && failure.Type == lro.TypeOperationFailed:
			violations, _ := lro.Detail[*errdetails.PreconditionFailure](err)
			return fmt.Errorf("%s: %v", lro.CodeOf(err), violations.GetViolations())
		case typed && failure.Type == lro.TypePollFailed:
			return err // it may well be running: undo nothing
		default:
			return err
		}
	}
}

// Several callers may await one operation: the first starts the wait, the others
// attach to it.
func ExampleStart() {
	_ = func(ctx context.Context, c client.Client, ref lro.Ref) error {
		run, err := workflows.Start(ctx, c, "provisioning", ref, workflows.AwaitOptions{Timeout: time.Hour})
		if err != nil {
			return err
		}
		for _, d := range run.Differences {
			fmt.Printf("the wait that runs has %s = %s, not %s\n", d.Field, d.Running, d.Wanted)
		}
		outcome, err := run.Get(ctx)
		fmt.Println(outcome.State(), outcome.Polls)
		return err
	}
}

// A child workflow is canceled with its parent, which waits for what becomes of
// the operation.
func ExampleExecuteChild() {
	_ = func(ctx workflow.Context, ref lro.Ref) (lro.Outcome, error) {
		var outcome lro.Outcome
		err := workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{}).Get(ctx, &outcome)
		return outcome, err
	}
}

// Ten databases, or ten thousand, in one activity each five thousand. The first
// that fails cancels the others.
func ExampleAwaitAll() {
	_ = func(ctx workflow.Context, refs []lro.Ref) (names []string, err error) {
		options := workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: time.Hour}}
		all, err := workflows.AwaitAll(ctx, refs, options)
		if err != nil {
			return nil, fmt.Errorf("%+v: %w", all.Summary(), err)
		}
		err = all.Responses(ctx, options, func(_ int, op lro.Operation) error {
			database, err := lro.Decode[struct{ Name string }](op.Response)
			names = append(names, database.Name)
			return err
		})
		return names, err
	}
}
