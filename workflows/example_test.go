package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// Instance is what the caller needs of the operation's response.
type Instance struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// backup is the operation that the Examples await.
const backup = "projects/p/instances/i/backups/nightly/operations/o"

// onOperations runs a workflow in a test, with scripted operations that it awaits. It prints
// how the workflow ended.
func onOperations(function func(workflow.Context, []lro.Ref) (string, error), scripts map[string]testsuite.Script, steer func(*testsuite.Env)) {
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{})
		var refs []lro.Ref
		for _, name := range slices.Sorted(maps.Keys(scripts)) {
			refs = append(refs, env.Start(name, scripts[name]))
		}
		if steer != nil {
			env.RegisterDelayedCallback(func() { steer(env) }, time.Minute)
		}
		env.ExecuteWorkflow(function, refs)
		var result string
		switch err := env.GetWorkflowError(); {
		case temporal.IsCanceledError(err):
			result = "canceled"
		case err != nil:
			result = lro.CodeOf(err).String()
		default:
			_ = env.GetWorkflowResult(&result)
		}
		fmt.Println("ended:", result)
	})
}

// Await in a workflow of your own.
func ExampleAwait() {
	provision := func(ctx workflow.Context, refs []lro.Ref) (string, error) {
		outcome, err := workflows.Await(ctx, refs[0], workflows.AwaitOptions{Timeout: time.Hour})
		if err != nil {
			return "", err // typed; if ctx was canceled, so was the operation
		}
		instance, err := lro.Decode[Instance](outcome.Operation.Response)
		if err != nil {
			return "", err
		}
		return instance.State, nil
	}
	onOperations(provision, map[string]testsuite.Script{
		backup: {RunsFor: 20 * time.Minute, End: testsuite.Succeed(`{"state":"READY"}`)},
	}, nil)
	// Output: ended: READY
}

// A backup runs while the workflow takes signals: the one that comes first is served. The
// signal "stop" cancels the backup, and its future tells what became of it.
func ExampleAwaitAsync() {
	nightly := func(ctx workflow.Context, refs []lro.Ref) (string, error) {
		awaiting, cancel := workflow.WithCancel(ctx)
		ended := workflows.AwaitAsync(awaiting, refs[0], workflows.AwaitOptions{Timeout: 6 * time.Hour})
		workflow.NewSelector(ctx).
			AddFuture(ended, func(workflow.Future) {}).
			AddReceive(workflow.GetSignalChannel(ctx, "stop"), func(workflow.ReceiveChannel, bool) { cancel() }).
			Select(ctx)
		var outcome lro.Outcome
		if err := ended.Get(ctx, &outcome); err != nil {
			return "", err // a temporal.CanceledError if the signal stopped it
		}
		return string(outcome.State()), nil
	}
	onOperations(nightly, map[string]testsuite.Script{backup: {RunsFor: time.Hour}}, nil)
	onOperations(nightly, map[string]testsuite.Script{backup: {RunsFor: time.Hour}}, func(env *testsuite.Env) {
		env.SignalWorkflow("stop", nil)
	})
	// Output:
	// ended: succeeded
	// ended: canceled
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
	parent := func(ctx workflow.Context, refs []lro.Ref) (string, error) {
		var outcome lro.Outcome
		err := workflows.ExecuteChild(ctx, refs[0], workflows.AwaitOptions{}).Get(ctx, &outcome)
		return string(outcome.State()), err
	}
	onOperations(parent, map[string]testsuite.Script{backup: {RunsFor: time.Hour}}, nil)
	onOperations(parent, map[string]testsuite.Script{backup: {RunsFor: time.Hour}}, func(env *testsuite.Env) { env.CancelWorkflow() })
	// Output:
	// ended: succeeded
	// ended: canceled
}

// Ten databases, or ten thousand, in one activity for each five thousand. The first that
// fails cancels the others.
func ExampleAwaitAll() {
	databases := func(ctx workflow.Context, refs []lro.Ref) (string, error) {
		options := workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Timeout: time.Hour}}
		all, err := workflows.AwaitAll(ctx, refs, options)
		if err != nil {
			return "", err // all.Summary() counts what became of the operations
		}
		var names []string
		err = all.Responses(ctx, options, func(_ int, op lro.Operation) error {
			database, err := lro.Decode[struct{ Name string }](op.Response)
			names = append(names, database.Name)
			return err
		})
		return strings.Join(names, ", "), err
	}
	ready := func(name string) testsuite.Script {
		return testsuite.Script{RunsFor: time.Minute, End: testsuite.Succeed(`{"name":"` + name + `"}`)}
	}
	onOperations(databases, map[string]testsuite.Script{
		"projects/p/instances/i/databases/a/operations/o": ready("a"), "projects/p/instances/i/databases/b/operations/o": ready("b"),
	}, nil)
	onOperations(databases, map[string]testsuite.Script{
		"projects/p/instances/i/databases/a/operations/o": ready("a"),
		"projects/p/instances/i/databases/b/operations/o": {End: testsuite.Fail(lro.CodeResourceExhausted, "quota")},
	}, nil)
	// Output:
	// ended: a, b
	// ended: RESOURCE_EXHAUSTED
}
