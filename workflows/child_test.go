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

// A cancel reaches the operation however early it comes. A child that was not started would
// send none.
func TestExecuteChildCanceled(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{"before": -1, "at once": 0, "in mid-wait": time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
			err := w.run(func(ctx workflow.Context) error {
				ctx, cancel := workflow.WithCancel(ctx)
				if after < 0 {
					cancel()
				}
				child := workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{})
				free, _ := workflow.NewDisconnectedContext(ctx)
				if after > 0 {
					_ = workflow.Sleep(free, after)
				}
				cancel()
				return child.Get(free, nil)
			})
			outcome, ok := lro.OutcomeOf(err)
			if !temporal.IsCanceledError(err) || !ok || outcome.Cancellation != lro.CancellationCanceled {
				t.Errorf("%v with %+v", err, outcome)
			}
			w.service.AssertCalls(t, testsuite.MethodCancel, 1)
		})
	}
}
