package e2e

import (
	"fmt"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/workflows"
)

// sweepRecording is a sweep with an action: of what a workflow has left, or a wait.
type sweepRecording struct {
	action orphans.Action
	ofWait bool
}

// sweepRecordings are sweeps by the names of their files.
func sweepRecordings() map[string]sweepRecording {
	return map[string]sweepRecording{
		"sweep_reported": {action: orphans.Report}, "sweep_adopted": {action: orphans.Adopt}, "sweep_canceled": {action: orphans.Cancel},
		"sweep_wait_reported": {orphans.Report, true}, "sweep_wait_adopted": {orphans.Adopt, true}, "sweep_wait_canceled": {orphans.Cancel, true},
	}
}

// Every shape of history that a sweep can have replays. With -record the histories are kept for later code.
func TestSweepHistoriesReplay(t *testing.T) {
	t.Parallel()
	for name, recording := range sweepRecordings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrphaned(t, "")
			if recording.ofWait {
				l := newLeaver(t, nil)
				l.await("left", l.foreign("left"), "")
				l.end("left", true)
				o = l.orphaned
			}
			o.make("dead")
			o.terminate("dead")
			o.recordSweep(name, recording.action)
		})
	}
}

// recordSweep runs a sweep to its end and records its first run.
func (o orphaned) recordSweep(name string, action orphans.Action) {
	o.t.Helper()
	run, err := o.client.ExecuteWorkflow(o.ctx, client.StartWorkflowOptions{ID: o.queue, TaskQueue: o.queue}, workflows.SweepName, o.input(action))
	if err != nil {
		o.t.Fatal(err)
	}
	runID := run.GetRunID() // until Get follows the run to the next one
	if err := run.Get(o.ctx, nil); err != nil {
		o.t.Fatal(err)
	}
	o.record(run.GetID(), runID, recordedFolder, name)
}

// recordRenewedSweep records a sweep that continues as new, on a server that suggests it after few events. The instances
// take more requests than one activity makes.
func recordRenewedSweep(t *testing.T, address string) {
	t.Helper()
	o := newOrphaned(t, address)
	const count = 40
	for i := range count {
		o.service.Put(o.instance(fmt.Sprintf("i%d", i)), nil)
	}
	o.recordSweep(renewedSweep, orphans.Report)
	described, err := o.client.DescribeWorkflowExecution(o.ctx, o.queue, "")
	if err != nil {
		t.Fatal(err)
	}
	if info := described.GetWorkflowExecutionInfo(); info.GetFirstRunId() == info.GetExecution().GetRunId() {
		t.Error("the sweep did not continue as new")
	}
	var report workflows.SweepReport
	if err := o.client.GetWorkflow(o.ctx, o.queue, "").Get(o.ctx, &report); err != nil || report.Seen.Resources != count {
		t.Errorf("%+v, %v, want %d resources over both runs", report, err, count)
	}
}

// renewedSweep is the name of the recording that needs a server of its own.
const renewedSweep = "sweep_renewed"
