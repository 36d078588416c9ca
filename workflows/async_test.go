package workflows_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A selector takes the operations in the order in which they end.
func TestAwaitAsync(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow := w.service.Start(operationName+"1", testsuite.Script{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeAborted, "no")})
	fast := w.service.Start(operationName+"2", testsuite.Script{RunsFor: time.Minute, End: testsuite.Succeed(`{"name":"x"}`)})
	w.env.ExecuteWorkflow(func(ctx workflow.Context) ([]lro.State, error) {
		var ended []lro.State
		selector := workflow.NewSelector(ctx)
		for _, ref := range []lro.Ref{slow, fast} {
			selector.AddFuture(workflows.AwaitAsync(ctx, ref, workflows.AwaitOptions{}), func(future workflow.Future) {
				var outcome lro.Outcome
				if err := future.Get(ctx, &outcome); err != nil {
					outcome, _ = lro.OutcomeOf(err)
				}
				ended = append(ended, outcome.State())
			})
		}
		selector.Select(ctx)
		selector.Select(ctx)
		return ended, nil
	})
	var ended []lro.State
	if err := w.env.GetWorkflowResult(&ended); err != nil || len(ended) != 2 || ended[0] != lro.StateSucceeded || ended[1] != lro.StateFailed {
		t.Errorf("%v, %v, want the fast one first, and both ends", ended, err)
	}
}

// A cancel is the operation's, and the future tells what became of it.
func TestAwaitAsyncCanceled(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		cancel testsuite.Cancel
		want   lro.Cancellation
	}{
		"honored":   {"it ended canceled", testsuite.HonorCancel(time.Minute), lro.CancellationCanceled},
		"completes": {"the result outranks the cancel", testsuite.CompleteOnCancel(0), lro.CancellationCompleted},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever(), OnCancel: tt.cancel})
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
			w.env.ExecuteWorkflow(func(ctx workflow.Context) (lro.Outcome, error) {
				var outcome lro.Outcome
				err := workflows.AwaitAsync(ctx, ref, workflows.AwaitOptions{}).Get(ctx, &outcome)
				return outcome, err
			})
			var outcome lro.Outcome
			err := w.env.GetWorkflowResult(&outcome)
			if err != nil {
				outcome, _ = lro.OutcomeOf(err)
			}
			if outcome.Cancellation != tt.want || temporal.IsCanceledError(err) != (tt.want == lro.CancellationCanceled) {
				t.Errorf("%s: %q, %v, want %q", tt.reason, outcome.Cancellation, err, tt.want)
			}
		})
	}
}
