package workflows_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// A saga's error about a step whose deadline came says what the undo did to the operation.
func TestSagaSaysWhatBecameOfALateStep(t *testing.T) {
	t.Parallel()
	steps := func() []workflows.AnyStep {
		return []workflows.AnyStep{
			spanner.CreateInstance(instanceName, spanner.Instance{}),
			spanner.CreateInstance(instanceName+"2", spanner.Instance{}),
		}
	}
	one := func(ctx workflow.Context, saga *workflows.Saga) error {
		_, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
		return err
	}
	for name, row := range map[string]struct {
		reason   string
		do       func(workflow.Context, *workflows.Saga) error
		onCancel testsuite.Cancel
		want     lro.Cancellation
		says     string
	}{
		"canceled": {"the undo canceled it", one, testsuite.HonorCancel(0), lro.CancellationCanceled, "; it was canceled"},
		"vanished": {"so did it here", one, testsuite.VanishOnCancel(0), lro.CancellationGone, "; it is gone after the cancel"},
		"too late": {"it succeeded, and was deleted", one, testsuite.CompleteOnCancel(0), lro.CancellationCompleted, "; the cancel came too late, it succeeded"},
		"a set": {"the first tells for all", func(ctx workflow.Context, saga *workflows.Saga) error {
			return workflows.RunAll(ctx, saga, steps()...)
		}, testsuite.HonorCancel(0), lro.CancellationCanceled, "; it was canceled"},
		"wrapped": {"the text of another error stays", func(ctx workflow.Context, saga *workflows.Saga) error {
			return fmt.Errorf("no instance: %w", one(ctx, saga))
		}, testsuite.HonorCancel(0), "", ", and the wait left it running"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			w.plan("CreateInstance", testsuite.Script{End: testsuite.RunForever(), OnCancel: row.onCancel})
			err := w.run(func(ctx workflow.Context) error {
				options := workflows.SagaOptions{Steps: workflows.StepOptions{Await: workflows.AwaitOptions{Timeout: time.Hour}}}
				return workflows.WithSaga(ctx, options, row.do)
			})
			failure := testsuite.AssertFailure(t, err, lro.TypeAwaitTimeout, lro.CodeDeadlineExceeded)
			if failure.Cancellation != row.want || len(failure.Resources) != 0 && row.want != "" {
				t.Errorf("%s: cancellation %q, want %q; left running: %q", row.reason, failure.Cancellation, row.want, failure.Resources)
			}
			if !strings.Contains(err.Error(), row.says) {
				t.Errorf("%s: %v, want %q in it", row.reason, err, row.says)
			}
			w.none(instanceName, instanceName+"2")
		})
	}
}
