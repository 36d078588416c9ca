package e2e

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// emptyWorkflowEvents is the history of a workflow that does nothing: started,
// one workflow task of three events, completed.
const emptyWorkflowEvents = 5

func TestHistoryStaysFlat(t *testing.T) {
	t.Parallel()
	hundreds := lro.PollPolicy{InitialInterval: 10 * time.Millisecond, MaximumInterval: 10 * time.Millisecond, IgnoreProgress: true}
	yielding := lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: time.Second, YieldInterval: time.Millisecond}
	tests := map[string]struct {
		reason  string
		script  testsuite.Script
		policy  lro.PollPolicy
		polling activities.Options
		polls   int
	}{
		"one poll":       {"done at the first read", testsuite.Script{}, brisk, activities.Options{}, 1},
		"hundreds, held": {"held polls make no events", testsuite.Script{Polls: 400}, hundreds, activities.Options{}, 400},
		"in a slot":      {"nor held in their activity's slot", testsuite.Script{Polls: 40}, hundreds, activities.Options{MaxAsync: -1}, 40},
		"yielded":        {"nor do attempts", testsuite.Script{Polls: 8}, yielding, activities.Options{}, 8},
		"never held":     {"nor waits beyond MaxHeld", testsuite.Script{Polls: 5}, brisk, activities.Options{MaxHeld: activities.NeverHold}, 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{polling: tt.polling})
			run := b.start(b.operation(tt.script), workflows.AwaitOptions{Policy: tt.policy})
			outcome, err := run.Get(b.ctx)
			if err != nil || outcome.Polls < tt.polls {
				t.Fatalf("%s: %d polls, %v, want %d at least", tt.reason, outcome.Polls, err, tt.polls)
			}
			if events := b.events(run.ID, run.RunID); len(events) > 11 {
				t.Errorf("%s: AwaitOperation has %d events after %d polls, want 11 at most: %v", tt.reason, len(events), outcome.Polls, events)
			}
			b.service.ForgetCalls()
			ref := b.service.Start("projects/p/instances/i/operations/inline", tt.script)
			inline, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, inlineAwait,
				workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: tt.policy}})
			if err != nil {
				t.Fatalf("start: %v", err)
			}
			if err := inline.Get(b.ctx, &outcome); err != nil || outcome.Polls < tt.polls {
				t.Fatalf("%s: inline: %d polls, %v", tt.reason, outcome.Polls, err)
			}
			if events := b.events(inline.GetID(), ""); len(events) > emptyWorkflowEvents+6 {
				t.Errorf("%s: an inline Await adds %d events after %d polls, want 6 at most: %v", tt.reason, len(events)-emptyWorkflowEvents, outcome.Polls, events)
			}
		})
	}
}

// Two callers share one wait, and the second is told whose options rule.
func TestAttach(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	first := b.start(ref, workflows.AwaitOptions{})
	var second *workflows.AwaitRun
	b.waitFor("the options", func() bool { // a query asks for them, which a busy worker may answer too late
		second = b.start(ref, workflows.AwaitOptions{Timeout: time.Hour})
		return second.DifferencesUnknown == nil
	})
	if first.Attached || !second.Attached || first.RunID != second.RunID {
		t.Fatalf("attached: %t, %t; runs %s, %s", first.Attached, second.Attached, first.RunID, second.RunID)
	}
	if len(second.Differences) != 1 || second.Differences[0].Field != "timeout" {
		t.Errorf("differences = %+v, want the timeout", second.Differences)
	}
	third := b.start(ref, workflows.AwaitOptions{})
	b.finish(ref)
	for _, run := range []*workflows.AwaitRun{first, second, third} {
		if outcome, err := run.Get(b.ctx); err != nil || outcome.State() != lro.StateSucceeded {
			t.Errorf("%q, %v, want success", outcome.State(), err)
		}
	}
}

func TestGivenDone(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	done := &lro.Operation{Done: true, Response: []byte(`{"name":"x"}`)}
	run := b.start(lro.Ref{}, workflows.AwaitOptions{Operation: done})
	if outcome, err := run.Get(b.ctx); err != nil || outcome.State() != lro.StateSucceeded || run.ID != "" {
		t.Errorf("%q, %v by workflow %q, want success without one", outcome.State(), err, run.ID)
	}
}

func TestDeleteWhenDone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		faults []testsuite.Fault
		want   lro.Deletion
	}{
		"deleted":     {"the record is gone", nil, lro.DeletionDeleted},
		"unsupported": {"UNIMPLEMENTED is normal", []testsuite.Fault{testsuite.FailWith(lro.CodeUnimplemented, "no delete here")}, lro.DeletionUnsupported},
		"refused":     {"a failed delete never fails the wait", []testsuite.Fault{testsuite.PermissionDenied()}, lro.DeletionFailed},
		"gone":        {"somebody else was faster", []testsuite.Fault{testsuite.NotFound()}, lro.DeletionDeleted},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{})
			ref := b.operation(testsuite.Script{})
			for _, fault := range tt.faults {
				b.service.AddFaults(fault.On(testsuite.MethodDelete))
			}
			outcome, err := b.start(ref, workflows.AwaitOptions{DeleteWhenDone: true}).Get(b.ctx)
			if err != nil || outcome.Deletion != tt.want {
				t.Errorf("%s: %q, %v, want %q", tt.reason, outcome.Deletion, err, tt.want)
			}
		})
	}
}
