package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const skewedInstance = "projects/p/instances/skewed"

// errUndo ends makeAndUndo.
var errUndo = errors.New("made, and to be undone")

// makeAndUndo makes an instance and undoes it, with less time for each than clocks
// differ by.
func makeAndUndo(ctx workflow.Context) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: 35 * time.Second}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		step := spanner.CreateInstance(skewedInstance, spanner.Instance{DisplayName: "x"})
		step.StartTimeout, step.Await.Policy = 35*time.Second, brisk
		if _, err := workflows.Run(ctx, saga, step); err != nil {
			return err
		}
		return errUndo
	})
}

// A worker whose clock is minutes off ends waits by the server's time, cancels, starts
// and undoes as any other.
func TestSkewedClock(t *testing.T) {
	t.Parallel()
	binary, err := skewedWorker()
	if err != nil {
		t.Fatal(err)
	}
	for _, skew := range []time.Duration{-10 * time.Minute, -40 * time.Second, 90 * time.Second, 10 * time.Minute} {
		for name, polling := range waysToHold {
			t.Run(skew.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t, benchOptions{noWorker: true})
				_, now := b.workerOf(binary, polling, workerSkew+"="+skew.String())
				if off := time.Until(now); (off - skew).Abs() > 20*time.Second {
					t.Fatalf("the worker's clock is %v ahead, want %v", off, skew)
				}
				t.Run("deadline", func(t *testing.T) { b.on(t).skewedDeadline(name) })
				t.Run("cancel", func(t *testing.T) { b.on(t).skewedCancel() })
				t.Run("set", func(t *testing.T) { b.on(t).skewedSet() })
				t.Run("start and undo", func(t *testing.T) { b.on(t).skewedSaga() })
			})
		}
	}
}

// on is the bench of a subtest on the same worker, with time of its own: its turn may
// come late.
func (b *bench) on(t *testing.T) *bench {
	t.Parallel()
	other := *b
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	other.t, other.ctx = t, ctx
	return &other
}

const skewedDeadline = 12 * time.Second

// skewedDeadline awaits what runs for ever until the deadline, and its cancel.
func (b *bench) skewedDeadline(way string) {
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run := b.start(ref, workflows.AwaitOptions{
		Timeout: skewedDeadline, DeadlinePolicy: workflows.CancelOnDeadline, CancelGrace: 35 * time.Second, HeartbeatTimeout: 5 * time.Second,
	})
	outcome, err := run.Get(b.ctx)
	if f, _ := lro.AsFailure(err); f.Type != lro.TypeAwaitTimeout || f.Cancellation != lro.CancellationCanceled {
		b.t.Errorf("%v, cancellation %q, want %s after a cancel", err, f.Cancellation, lro.TypeAwaitTimeout)
	}
	if took := outcome.Duration(); took < skewedDeadline-3*time.Second || took > skewedDeadline+15*time.Second {
		b.t.Errorf("it ended after %v, with a deadline of %v", took, skewedDeadline)
	}
	if outcome.Polls < 5 {
		b.t.Errorf("%d polls in %v", outcome.Polls, skewedDeadline)
	}
	if attempts := b.pollAttempts(run.ID); way != "yielded" && attempts != 1 {
		b.t.Errorf("the poll took %d attempts, want the one that holds it", attempts)
	}
}

// pollAttempts is how many attempts the first poll of a workflow took.
func (b *bench) pollAttempts(id string) int32 {
	b.t.Helper()
	for history := b.client.GetWorkflowHistory(b.ctx, id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); history.HasNext(); {
		event, err := history.Next()
		if err != nil {
			b.t.Fatal(err)
		}
		if started := event.GetActivityTaskStartedEventAttributes(); started != nil {
			return started.GetAttempt()
		}
	}
	return 0
}

// skewedCancel cancels a wait without a deadline.
func (b *bench) skewedCancel() {
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run := b.start(ref, workflows.AwaitOptions{CancelGrace: 35 * time.Second})
	b.waitFor("the first poll", func() bool { return len(b.service.Calls(testsuite.MethodGet)) > 0 })
	if err := b.client.CancelWorkflow(b.ctx, run.ID, ""); err != nil {
		b.t.Fatal(err)
	}
	outcome, err := run.Get(b.ctx)
	if !temporal.IsCanceledError(err) || outcome.Cancellation != lro.CancellationCanceled {
		b.t.Errorf("%v, cancellation %q, want canceled", err, outcome.Cancellation)
	}
}

// skewedSet awaits a set until its deadline, and its cancels.
func (b *bench) skewedSet() {
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	options := workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{
		Policy: brisk, Timeout: skewedDeadline, DeadlinePolicy: workflows.CancelOnDeadline, CancelGrace: 35 * time.Second, HeartbeatTimeout: 5 * time.Second,
	}}
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, allAwait, setInput{Refs: []lro.Ref{ref}, Options: options})
	if err != nil {
		b.t.Fatal(err)
	}
	var summary setSummary
	if err := run.Get(b.ctx, &summary); err != nil || summary.Type != lro.TypeAwaitTimeout || summary.Canceled != 1 {
		b.t.Errorf("%+v, %v, want %s and its operation canceled", summary, err, lro.TypeAwaitTimeout)
	}
}

// skewedSaga makes an instance and undoes it.
func (b *bench) skewedSaga() {
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, makeAndUndo)
	if err != nil {
		b.t.Fatal(err)
	}
	var app *temporal.ApplicationError
	if err := run.Get(b.ctx, nil); !errors.As(err, &app) || app.Message() != errUndo.Error() {
		b.t.Errorf("%v, want %q", err, errUndo)
	}
	if b.service.Exists(skewedInstance) {
		b.t.Errorf("%s is left", skewedInstance)
	}
	if n := b.service.Count("CreateInstance"); n != 1 {
		b.t.Errorf("%d starts, want 1", n)
	}
}
