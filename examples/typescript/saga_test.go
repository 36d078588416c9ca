package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A saga names what an undo has left that could not end, and runs the undos after it.
func TestTerminatedUndo(t *testing.T) {
	t.Parallel()
	tr := newTrial(t)
	for name, tt := range map[string]struct {
		reason string
		third  testsuite.Script // of the third step's operation
		cancel bool
	}{
		"failed":   {"a step fails", testsuite.Script{End: testsuite.Fail(lro.CodeResourceExhausted, "no capacity")}, false},
		"canceled": {"the saga is canceled", testsuite.Script{RunsFor: time.Hour}, true},
	} {
		first, second, third := clusters+name+"-1", clusters+name+"-2", clusters+name+"-3"
		tr.service.PlanFor(createCluster, third, tt.third)
		tr.service.AddFaults(testsuite.Unavailable().On("alloydb.projects.locations.clusters.delete").For(second))
		run := tr.beginClusters("saga-"+name, first, second, third)
		if tt.cancel {
			tr.waitFor("third step", func() bool { return len(tr.service.Started(createCluster, third)) > 0 })
			if err := tr.client.CancelWorkflow(tr.ctx, run.GetID(), ""); err != nil {
				t.Fatal(err)
			}
		}
		tr.terminateUndo(run)
		failure := testsuite.AssertFailure(t, run.Get(tr.ctx, nil), lro.TypeCompensationFailed, lro.CodeUnknown)
		if !slices.Equal(failure.Resources, []string{second}) || len(failure.UndoErrors) != 1 || failure.UndoErrors[0] == "" {
			t.Errorf("%s: %q is left because of %q, want %s with a reason", tt.reason, failure.Resources, failure.UndoErrors, second)
		}
		if tr.service.Exists(first) || !tr.service.Exists(second) || tr.service.Exists(third) {
			t.Errorf("%s: not only %s is there: %v", tt.reason, second, tr.service.Left())
		}
	}
}

// beginClusters starts a saga whose steps make clusters.
func (tr *trial) beginClusters(id string, clusters ...string) client.WorkflowRun {
	tr.t.Helper()
	var steps []step
	for _, target := range clusters {
		steps = append(steps, stepOf(createCluster, target, map[string]any{"initialUser": map[string]any{"user": "postgres"}}))
	}
	run, err := tr.client.ExecuteWorkflow(tr.ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "typescript"}, "saga", steps, taskQueue)
	if err != nil {
		tr.t.Fatal(err)
	}
	return run
}

// terminateUndo terminates the undo that a saga awaits.
func (tr *trial) terminateUndo(saga client.WorkflowRun) {
	tr.t.Helper()
	tr.waitFor("an undo", func() bool {
		described, err := tr.client.DescribeWorkflowExecution(tr.ctx, saga.GetID(), saga.GetRunID())
		for _, child := range described.GetPendingChildren() {
			if child.GetWorkflowTypeName() == workflows.UndoOperationName {
				return tr.client.TerminateWorkflow(tr.ctx, child.GetWorkflowId(), child.GetRunId(), "by the test") == nil
			}
		}
		if err != nil {
			tr.t.Fatal(err)
		}
		return false
	})
}

// waitFor returns when something is so.
func (tr *trial) waitFor(what string, so func() bool) {
	tr.t.Helper()
	ctx, cancel := context.WithTimeout(tr.ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tr.t.Fatalf("no %s in time", what)
		}
	}
}
