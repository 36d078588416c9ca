package workflows_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// outOfTime registers activities whose first poll yields when the server has no time
// for another attempt, as where the worker's clock is behind.
type outOfTime struct {
	activities.Registry
	polls int
}

func (o *outOfTime) RegisterActivityWithOptions(run any, options activity.RegisterOptions) {
	switch poll := run.(type) {
	case func(context.Context, activities.PollInput) (activities.PollOutput, error):
		run = yieldingFirst(o, poll)
	case func(context.Context, sets.PollInput) (sets.PollOutput, error):
		run = yieldingFirst(o, poll)
	}
	o.Registry.RegisterActivityWithOptions(run, options)
}

func yieldingFirst[I, O any](o *outOfTime, poll func(context.Context, I) (O, error)) func(context.Context, I) (O, error) {
	return func(ctx context.Context, in I) (O, error) {
		if o.polls++; o.polls > 1 {
			return poll(ctx, in)
		}
		var none O
		return none, temporal.NewApplicationErrorWithOptions("running, next poll in 60s", activities.YieldType, temporal.ApplicationErrorOptions{NonRetryable: true})
	}
}

// A yield that comes back as the activity's failure is the deadline, or the end of the
// workflow's time. The cancel is sent in both cases.
func TestYieldedAtTheEnd(t *testing.T) {
	t.Parallel()
	canceling := workflows.AwaitOptions{Timeout: time.Hour, DeadlinePolicy: workflows.CancelOnDeadline}
	tests := map[string]struct {
		reason  string
		options workflows.AwaitOptions
		set     bool
		cancels int
	}{
		"left running":             {"by policy", workflows.AwaitOptions{Timeout: time.Hour}, false, 0},
		"canceled":                 {"by policy", canceling, false, 1},
		"without a deadline":       {"the workflow's own time", workflows.AwaitOptions{}, false, 0},
		"canceled, without one":    {"which counts as a deadline", workflows.AwaitOptions{DeadlinePolicy: workflows.CancelOnDeadline}, false, 1},
		"a set":                    {"the same", workflows.AwaitOptions{Timeout: time.Hour}, true, 0},
		"a set, canceled":          {"each of its operations", canceling, true, 1},
		"a set without a deadline": {"the same", workflows.AwaitOptions{}, true, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newEmptyWorld(t)
			w.register(&outOfTime{Registry: w.env})
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
			w.env.ExecuteWorkflow(func(ctx workflow.Context) error {
				if tt.set {
					_, err := workflows.AwaitAll(ctx, []lro.Ref{ref}, workflows.AwaitAllOptions{AwaitOptions: tt.options})
					return err
				}
				_, err := workflows.Await(ctx, ref, tt.options)
				return err
			})
			failure, _ := lro.AsFailure(w.env.GetWorkflowError())
			if failure.Type != lro.TypeAwaitTimeout {
				t.Errorf("%s: %v, want %s", tt.reason, w.env.GetWorkflowError(), lro.TypeAwaitTimeout)
			}
			if n := w.service.Count(testsuite.MethodCancel); n != tt.cancels {
				t.Errorf("%s: %d cancels, want %d", tt.reason, n, tt.cancels)
			}
			if canceled := failure.Cancellation == lro.CancellationCanceled; canceled != (tt.cancels > 0) {
				t.Errorf("%s: cancellation %q", tt.reason, failure.Cancellation)
			}
		})
	}
}
