package workflows_test

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A canceled wait says what became of the operation in a failure, if the caller asks for one.
func TestFailWhenCanceled(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	tests := map[string]struct {
		reason string
		script testsuite.Script
		policy workflows.CancelPolicy
		want   lro.Cancellation
	}{
		"canceled":    {"the operation ended canceled", forever, "", lro.CancellationCanceled},
		"unsupported": {"the operation runs on", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()}, "", lro.CancellationUnconfirmed},
		"abandoned":   {"no cancel was sent", forever, workflows.Abandon, lro.CancellationAbandoned},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
			_, err := w.await(w.service.Start(operationName, tt.script), workflows.AwaitOptions{FailWhenCanceled: true, CancelPolicy: tt.policy})
			failure := testsuite.AssertFailure(t, err, lro.TypeOperationCanceled, lro.CodeCanceled)
			if failure.Cancellation != tt.want || temporal.IsCanceledError(err) {
				t.Errorf("%s: %q, %v, want %q and no CanceledError", tt.reason, failure.Cancellation, err, tt.want)
			}
		})
	}
}

// An operation that ends by itself, or that another one cancels, is not the wait's cancel.
func TestFailWhenCanceledByOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.await(w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeCanceled, "by an operator")}), workflows.AwaitOptions{FailWhenCanceled: true})
	testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeCanceled)
}

// A set fails likewise, and names what was left running.
func TestSetFailsWhenCanceled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refs := []lro.Ref{
		w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()}),
		w.service.Start(operationName+"-2", testsuite.Script{}),
	}
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
	w.env.ExecuteWorkflow(func(ctx workflow.Context) error {
		_, err := workflows.AwaitAll(ctx, refs, workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{FailWhenCanceled: true, CancelPolicy: workflows.Abandon}})
		return err
	})
	failure := testsuite.AssertFailure(t, w.env.GetWorkflowError(), lro.TypeOperationCanceled, lro.CodeCanceled)
	if failure.Cancellation != lro.CancellationAbandoned || !slices.Equal(failure.Resources, []string{refs[0].String(), refs[1].String()}) {
		t.Errorf("%q, left %q, want that both were abandoned", failure.Cancellation, failure.Resources)
	}
	// An abandoned set has not learned which of them have ended.
	if want := (lro.SetCounts{Running: 2}); failure.Set == nil || *failure.Set != want {
		t.Errorf("the set has %+v, want %+v", failure.Set, want)
	}
}
