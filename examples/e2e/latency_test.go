package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// The API's cancel leaves at once after the workflow's, whatever the polls are
// at. Not parallel: it measures.
func TestCancelLeavesAtOnce(t *testing.T) {
	const slots = 4
	long := lro.PollPolicy{InitialInterval: 20 * time.Second, MaximumInterval: 20 * time.Second}
	yielded := long
	yielded.YieldInterval = time.Second
	tests := map[string]struct {
		reason  string
		policy  lro.PollPolicy
		worker  sdk.Options
		polling activities.Options
		waits   int
	}{
		"held asleep":     {"the poll sleeps in the worker", long, sdk.Options{}, activities.Options{}, 1},
		"held in a slot":  {"the poll sleeps in its activity", long, sdk.Options{}, activities.Options{MaxAsync: -1}, 1},
		"yielded":         {"the poll is with the server", yielded, sdk.Options{}, activities.Options{}, 1},
		"few slots":       {"held polls take none", long, sdk.Options{MaxConcurrentActivityExecutionSize: slots}, activities.Options{}, 2 * slots},
		"slots all taken": {"as many polls are held in slots as may be, and twice as many waits", long, sdk.Options{MaxConcurrentActivityExecutionSize: slots}, activities.Options{MaxAsync: -1}, 2 * slots},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, benchOptions{worker: tt.worker, polling: tt.polling})
			var latencies []time.Duration
			for round := range 10 {
				latencies = append(latencies, b.cancelLatency(round, tt.waits, tt.policy))
			}
			slices.Sort(latencies)
			median, most := latencies[len(latencies)/2], latencies[len(latencies)-1]
			t.Logf("%s: median %v, most %v", name, median, most)
			if median > time.Second || most > 3*time.Second {
				t.Errorf("%s: median %v, most %v, want 1s and 3s at most", tt.reason, median, most)
			}
		})
	}
}

// cancelLatency starts some waits, cancels the last, and returns how long the
// service's cancel took to come.
func (b *bench) cancelLatency(round, waits int, policy lro.PollPolicy) time.Duration {
	b.t.Helper()
	b.service.ForgetCalls()
	var runs []*workflows.AwaitRun
	for i := range waits {
		// Each is in an instance of its own, so that no List answers for several.
		ref := b.service.Start(fmt.Sprintf("projects/p/instances/i%d/operations/%s-%d", i, b.queue[len("TestCancelLeavesAtOnce/"):], round), testsuite.Script{End: testsuite.RunForever()})
		runs = append(runs, b.start(ref, workflows.AwaitOptions{Policy: policy}))
	}
	b.waitForPolls(waits)
	canceled := time.Now()
	last := runs[len(runs)-1]
	if err := last.Cancel(b.ctx); err != nil {
		b.t.Fatalf("cancel: %v", err)
	}
	b.waitFor("the cancel", func() bool { return b.service.Count(testsuite.MethodCancel) == 1 })
	latency := b.service.Calls(testsuite.MethodCancel)[0].Time.Sub(canceled)
	for _, run := range runs[:waits-1] {
		if err := run.Cancel(b.ctx); err != nil {
			b.t.Fatalf("cancel: %v", err)
		}
	}
	for _, run := range runs {
		if outcome, _ := run.Get(b.ctx); outcome.Cancellation != lro.CancellationCanceled {
			b.t.Fatalf("a wait ended with cancellation %q", outcome.Cancellation)
		}
	}
	return latency
}
