package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// The longest durations accepted neither overflow here nor at the server, in a
// plain wait and after a cancel.
func TestLongestDurations(t *testing.T) {
	t.Parallel()
	longest := workflows.AwaitOptions{
		Timeout: lro.MaxDuration, CancelGrace: lro.MaxDuration, AuthGrace: lro.MaxDuration,
		NotFoundGrace: lro.MaxDuration, HeartbeatTimeout: lro.MaxDuration,
	}
	tests := map[string]struct {
		reason string
		cancel bool
		want   lro.State
	}{
		"succeeds": {"a deadline ten years away", false, lro.StateSucceeded},
		"canceled": {"a cancel's grace of ten years", true, lro.StateCanceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{})
			ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
			run := b.start(ref, longest)
			b.waitForPolls(2)
			if !tt.cancel {
				b.finish(ref)
			} else if err := b.client.CancelWorkflow(b.ctx, run.ID, run.RunID); err != nil {
				t.Fatalf("cancel: %v", err)
			}
			outcome, err := run.Get(b.ctx)
			if outcome.State() != tt.want {
				t.Errorf("%s: %q, %v, want %q", tt.reason, outcome.State(), err, tt.want)
			}
		})
	}
}

// An error of many megabytes, with metadata of as many, is still a typed failure.
func TestHugeFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	detail := json.RawMessage(`{"@type":"type.googleapis.com/unknown.T","v":"` + strings.Repeat("d", 3<<20) + `"}`)
	ref := b.operation(testsuite.Script{
		RunsFor:  time.Second,
		Metadata: testsuite.RawMetadata(`{"@type":"type.googleapis.com/unknown.M","v":"` + strings.Repeat("é", 1<<20) + `"}`),
		End:      testsuite.Fail(lro.CodeFailedPrecondition, strings.Repeat("line\n", 1<<18), detail),
	})
	_, err := b.start(ref, workflows.AwaitOptions{}).Get(b.ctx)
	f, ok := lro.AsFailure(err)
	if !ok || f.Type != lro.TypeOperationFailed || f.Code() != lro.CodeFailedPrecondition || f.Ref != ref || !f.Operation.Truncated {
		t.Errorf("failure = %t, %s %s for %s, truncated %t: %v", ok, f.Type, f.Code(), f.Ref, f.Operation.Truncated, err)
	}
}
