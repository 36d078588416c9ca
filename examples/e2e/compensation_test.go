package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A canceled saga whose undo fails is read through the client as what it is.
func TestCompensationFailedThroughTheClient(t *testing.T) {
	t.Parallel()
	s := newSite(t, provisioned, benchOptions{faults: []testsuite.Fault{testsuite.PermissionDenied().On("DeleteInstance")}})
	s.service.Plan("CreateBackup", testsuite.Script{End: testsuite.RunForever()})
	run := s.begin("left", 5*time.Second)
	s.waitFor("the backup's start", func() bool { return s.service.Count("CreateBackup") > 0 })
	if err := s.client.CancelWorkflow(s.ctx, run.GetID(), run.GetRunID()); err != nil {
		t.Fatal(err)
	}
	err := run.Get(s.ctx, nil)
	f, ok := lro.AsFailure(err)
	instance := run.parts[0].target
	if !ok || f.Type != lro.TypeCompensationFailed || temporal.IsCanceledError(err) || f.Cause == nil || !f.Cause.Canceled ||
		!slices.Equal(f.Resources, []string{instance}) || !strings.Contains(f.UndoErrors[0], "PERMISSION_DENIED") {
		t.Errorf("%v: %s names %v (%v), cause %+v", err, f.Type, f.Resources, f.UndoErrors, f.Cause)
	}
	metadata, err := s.client.DescribeWorkflow(s.ctx, run.GetID(), run.GetRunID())
	if err != nil || metadata.Status.String() != "Failed" {
		t.Errorf("the workflow is %v (%v), want Failed", metadata.Status, err)
	}
	s.checkDetails(run, instance)
}

// checkDetails reads what the Web UI shows of a workflow.
func (b *bench) checkDetails(run client.WorkflowRun, want string) {
	b.t.Helper()
	value, err := b.client.QueryWorkflow(b.ctx, run.GetID(), run.GetRunID(), "__temporal_workflow_metadata")
	if err != nil {
		b.t.Fatalf("query the details: %v", err)
	}
	var metadata sdkpb.WorkflowMetadata
	if err := value.Get(&metadata); err != nil || !strings.Contains(metadata.GetCurrentDetails(), want) {
		b.t.Errorf("the details are %q (%v), want %s in them", metadata.GetCurrentDetails(), err, want)
	}
}
