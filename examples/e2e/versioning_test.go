package e2e

import (
	"fmt"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// release starts a version of a deployment whose workers have awaitop's plugin and
// pinned workflows of the user's, and makes it the current one.
func (b *bench) release(buildID string, byDefault workflow.VersioningBehavior) sdk.Worker {
	b.t.Helper()
	plugin, err := worker.Plugin(b.ctx, worker.Options{Rest: rest.Options{
		Services: []rest.Service{{Name: lro.SpannerService, Endpoint: b.endpoint}}, WithoutAuthentication: true,
	}})
	if err != nil {
		b.t.Fatal(err)
	}
	w := sdk.New(b.client, b.queue, sdk.Options{
		Plugins: []sdk.Plugin{plugin},
		DeploymentOptions: sdk.DeploymentOptions{
			UseVersioning: true, DefaultVersioningBehavior: byDefault,
			Version: sdk.WorkerDeploymentVersion{DeploymentName: b.deployment(), BuildID: buildID},
		},
	})
	w.RegisterWorkflowWithOptions(childAwait, workflow.RegisterOptions{Name: "childAwait", VersioningBehavior: workflow.VersioningBehaviorPinned})
	w.RegisterWorkflowWithOptions(inlineAwait, workflow.RegisterOptions{Name: "inlineAwait", VersioningBehavior: workflow.VersioningBehaviorPinned})
	if err := w.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(w.Stop)
	b.waitFor("version "+buildID+" to be the current one", func() bool { // which the server refuses before its workers have polled
		_, err = b.client.WorkerDeploymentClient().GetHandle(b.deployment()).SetCurrentVersion(b.ctx,
			client.WorkerDeploymentSetCurrentVersionOptions{BuildID: buildID})
		return err == nil
	})
	return w
}

func (b *bench) deployment() string { return strings.ReplaceAll(b.queue, "/", "-") }

func (b *bench) versioning(workflowID string) *workflowpb.WorkflowExecutionVersioningInfo {
	b.t.Helper()
	described, err := b.client.DescribeWorkflowExecution(b.ctx, workflowID, "")
	if err != nil {
		b.t.Fatal(err)
	}
	return described.GetWorkflowExecutionInfo().GetVersioningInfo()
}

// AwaitOperation is AutoUpgrade on every versioned worker. The child of a parent that is
// pinned to v1 ends on v2, and the parent on v1.
func TestVersioned(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason    string
		byDefault workflow.VersioningBehavior
	}{
		"without": {"each workflow of the user's says its own", workflow.VersioningBehaviorUnspecified},
		"pinned":  {"the worker's default is for the user's workflows", workflow.VersioningBehaviorPinned},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{noWorker: true})
			b.release("v1", tt.byDefault)
			ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
			parent, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, "childAwait",
				workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk}})
			if err != nil {
				t.Fatal(err)
			}
			b.waitForPolls(1)
			described, err := b.client.DescribeWorkflowExecution(b.ctx, parent.GetID(), "")
			if err != nil || len(described.GetPendingChildren()) != 1 {
				t.Fatalf("children %v, %v", described.GetPendingChildren(), err)
			}
			child := described.GetPendingChildren()[0].GetWorkflowId()
			b.release("v2", tt.byDefault)
			b.finish(ref)
			var outcome lro.Outcome
			if err := parent.Get(b.ctx, &outcome); err != nil || outcome.State() != lro.StateSucceeded {
				t.Fatalf("%q, %v, want success", outcome.State(), err)
			}
			got := b.versioning(child)
			if got.GetBehavior() != enumspb.VERSIONING_BEHAVIOR_AUTO_UPGRADE || got.GetDeploymentVersion().GetBuildId() != "v2" {
				t.Errorf("%s: the child ended as %v, want AUTO_UPGRADE on v2", tt.reason, got)
			}
			got = b.versioning(parent.GetID())
			if got.GetBehavior() != enumspb.VERSIONING_BEHAVIOR_PINNED || got.GetDeploymentVersion().GetBuildId() != "v1" {
				t.Errorf("%s: the parent ended as %v, want PINNED on v1", tt.reason, got)
			}
		})
	}
}

// A workflow that is pinned to a version without workers goes on once its options move
// it, and so does the poll that it awaits: the runbook's way out.
func TestMovePinned(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	old := b.release("v1", workflow.VersioningBehaviorPinned)
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, "inlineAwait",
		workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk}})
	if err != nil {
		t.Fatal(err)
	}
	b.waitForPolls(1)
	b.release("v2", workflow.VersioningBehaviorPinned)
	old.Stop() // hands its poll over, which no worker of v1 takes
	query := fmt.Sprintf("WorkflowId = %q AND TemporalWorkerDeploymentVersion = %q", run.GetID(), b.deployment()+":v1")
	b.waitFor("the workflow to be found by its version", func() bool {
		found, err := b.client.CountWorkflow(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		return err == nil && found.GetCount() == 1
	})
	if got := b.versioning(run.GetID()); got.GetBehavior() != enumspb.VERSIONING_BEHAVIOR_PINNED || got.GetDeploymentVersion().GetBuildId() != "v1" {
		t.Fatalf("it is %v, want PINNED to v1", got)
	}
	_, err = b.client.UpdateWorkflowExecutionOptions(b.ctx, client.UpdateWorkflowExecutionOptionsRequest{
		WorkflowId:                      run.GetID(),
		WorkflowExecutionOptionsChanges: client.WorkflowExecutionOptionsChanges{VersioningOverride: &client.VersioningOverrideChange{Value: &client.AutoUpgradeVersioningOverride{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.finish(ref)
	var outcome lro.Outcome
	if err := run.Get(b.ctx, &outcome); err != nil || outcome.State() != lro.StateSucceeded {
		t.Errorf("%q, %v, want success", outcome.State(), err)
	}
}
