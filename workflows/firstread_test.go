package workflows_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

const createBackupMetadata = `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata","progress":{"progressPercent":0}}`

// An operation that was just started is not read at once, but when its method may end,
// unless the caller says how soon.
func TestFirstRead(t *testing.T) {
	t.Parallel()
	reply := &lro.Operation{Name: operationName, Metadata: []byte(createBackupMetadata)}
	tests := map[string]struct {
		reason  string
		options workflows.AwaitOptions
		first   time.Duration
		second  time.Duration
	}{
		"by its ref":       {"nothing was seen of it yet; its metadata then tells the method", workflows.AwaitOptions{}, 0, 20 * time.Second},
		"reply":            {"the reply to its start was an observation", workflows.AwaitOptions{Operation: reply}, 20 * time.Second, 25 * time.Second},
		"reply, no method": {"a second after its start", workflows.AwaitOptions{Operation: &lro.Operation{Name: operationName}}, time.Second, 20 * time.Second},
		"the user's":       {"the caller's interval wins, even if it is the default", workflows.AwaitOptions{Operation: reply, Policy: lro.PollPolicy{InitialInterval: time.Second}}, time.Second, 2 * time.Second},
		"deadline":         {"the last read is made all the same", workflows.AwaitOptions{Operation: reply, Timeout: 10 * time.Second}, 9 * time.Second, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{Polls: 2, Metadata: testsuite.RawMetadata(createBackupMetadata)})
			began := w.env.Now()
			_, _ = w.await(ref, tt.options)
			var reads []time.Duration
			for _, call := range w.service.Calls(testsuite.MethodGet) {
				reads = append(reads, call.Time.Sub(began))
			}
			if len(reads) == 0 || reads[0].Round(time.Second) != tt.first {
				t.Fatalf("%s: reads at %v, want the first at %v", tt.reason, reads, tt.first)
			}
			if tt.second > 0 && (len(reads) < 2 || reads[1] < tt.second || reads[1] > tt.second+3*time.Second) {
				t.Errorf("%s: reads at %v, want the second 0 to 3s after %v", tt.reason, reads, tt.second)
			}
		})
	}
}

// A percentage tells when the operation would have ended, not when its cancel ends.
func TestCancelIsReadByTheFormula(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{
		Metadata: testsuite.RawMetadata(`{"progressPercent":10}`), End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(20 * time.Second),
	})
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Hour)
	outcome, err := w.await(ref, workflows.AwaitOptions{})
	if !temporal.IsCanceledError(err) || outcome.Cancellation != lro.CancellationCanceled {
		t.Fatalf("%v, cancellation %q", err, outcome.Cancellation)
	}
	if d := outcome.Duration() - time.Hour; d > 30*time.Second {
		t.Errorf("the cancel took 20s and was seen after %v", d)
	}
}
