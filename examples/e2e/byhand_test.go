package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// `temporal activity complete` with what says nothing of the operation neither ends nor
// wedges a wait: the poll is made again.
func TestPollCompletedByHand(t *testing.T) {
	t.Parallel()
	for name, result := range map[string]string{"text": `"x"`, "list": `[1]`, "empty": `{}`, "null": `null`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{})
			ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
			run := b.start(ref, workflows.AwaitOptions{HeartbeatTimeout: 2 * time.Second})
			b.waitForPolls(2)
			described, err := b.client.DescribeWorkflowExecution(b.ctx, run.ID, run.RunID)
			if err != nil || len(described.GetPendingActivities()) != 1 {
				t.Fatalf("%v, pending %v", err, described.GetPendingActivities())
			}
			id := described.GetPendingActivities()[0].GetActivityId()
			if err := b.client.CompleteActivityByID(b.ctx, "default", run.ID, run.RunID, id, json.RawMessage(result), nil); err != nil {
				t.Fatal(err)
			}
			b.finish(ref)
			outcome, err := run.Get(b.ctx)
			if err != nil || outcome.State() != lro.StateSucceeded || string(outcome.Operation.Response) != `{"name":"done"}` {
				t.Errorf("%q, %v, response %s", outcome.State(), err, outcome.Operation.Response)
			}
			if events := b.events(run.ID, run.RunID); len(events) > 18 {
				t.Errorf("%d events, want those of one poll and one workflow task more: %v", len(events), events)
			}
		})
	}
}
