package e2e

import (
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// An operator pauses and unpauses, and resets, the poll of a wait: none of it is
// a cancel, and the wait goes on.
func TestPauseAndReset(t *testing.T) {
	t.Parallel()
	for name, polling := range waysToHold {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pauseAndReset(t, newBench(t, benchOptions{polling: polling}))
		})
	}
}

func pauseAndReset(t *testing.T, b *bench) {
	t.Helper()
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run := b.start(ref, workflows.AwaitOptions{HeartbeatTimeout: time.Second})
	b.waitForPolls(2)
	api := b.client.WorkflowService()
	execution := &common.WorkflowExecution{WorkflowId: run.ID, RunId: run.RunID}
	_, err := api.PauseActivity(b.ctx, &workflowservice.PauseActivityRequest{
		Namespace: "default", Execution: execution,
		Activity: &workflowservice.PauseActivityRequest_Type{Type: activities.PollOperationName},
	})
	if err != nil {
		t.Fatalf("pause: %v", err)
	}
	b.waitFor("the poll to yield", func() bool { return pendingState(b, run) == "Paused" })
	paused := b.service.Count(testsuite.MethodGet)
	_, err = api.UnpauseActivity(b.ctx, &workflowservice.UnpauseActivityRequest{
		Namespace: "default", Execution: execution,
		Activity: &workflowservice.UnpauseActivityRequest_Type{Type: activities.PollOperationName},
	})
	if err != nil {
		t.Fatalf("unpause: %v", err)
	}
	b.waitForPolls(paused + 2)
	_, err = api.ResetActivity(b.ctx, &workflowservice.ResetActivityRequest{
		Namespace: "default", Execution: execution,
		Activity: &workflowservice.ResetActivityRequest_Type{Type: activities.PollOperationName},
	})
	if err != nil {
		t.Fatalf("reset: %v", err)
	}
	b.finish(ref)
	outcome, err := run.Get(b.ctx)
	if err != nil || outcome.State() != lro.StateSucceeded {
		t.Errorf("%q, %v, want success", outcome.State(), err)
	}
	if n := b.service.Count(testsuite.MethodCancel); n != 0 {
		t.Errorf("%d cancels were sent, want none", n)
	}
	if events := b.events(run.ID, run.RunID); len(events) > 11 {
		t.Errorf("%d events, want 11 at most: %v", len(events), events)
	}
}

// pendingState is the state of the wait's only pending activity.
func pendingState(b *bench, run *workflows.AwaitRun) string {
	described, err := b.client.DescribeWorkflowExecution(b.ctx, run.ID, run.RunID)
	if err != nil || len(described.GetPendingActivities()) == 0 {
		return ""
	}
	return described.GetPendingActivities()[0].GetState().String()
}
