package e2e

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// runRecording is a RunOperation to record, and what is done to it.
type runRecording struct {
	script  testsuite.Script
	own     bool // a database, whose method has a starter of its own
	faults  []testsuite.Fault
	holdFor time.Duration
	cancel  bool
	undo    bool // by the update
	later   bool // by an UndoOperation, which is recorded instead
	unknown bool // without the outcome
	nothing bool // nor a run before it
}

// Each way of a RunOperation and of an UndoOperation replays.
func TestRunHistoriesReplay(t *testing.T) {
	t.Parallel()
	for name, recording := range runRecordings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newBench(t, benchOptions{faults: recording.faults, record: true}).recordRun(name, recording)
		})
	}
}

// runRecordings are the runs by the names of their files.
func runRecordings() map[string]runRecording {
	brief, forever := testsuite.Script{RunsFor: time.Second}, testsuite.Script{End: testsuite.RunForever()}
	return map[string]runRecording{
		"run":              {script: brief},
		"run_failed":       {script: testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, "no")}},
		"run_lost":         {script: brief, faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance").Times(1)}},
		"run_canceled":     {script: forever, cancel: true},
		"run_undone":       {script: forever, undo: true},
		"run_held":         {script: brief, holdFor: time.Second},
		"run_held_undone":  {script: brief, holdFor: time.Hour, undo: true},
		"run_database":     {script: brief, own: true},
		"undo_run":         {script: brief, later: true},
		"undo_database":    {script: brief, own: true, later: true},
		"undo_run_nothing": {script: brief, later: true, unknown: true, nothing: true},
		"undo_run_unknown": {script: brief, later: true, unknown: true},
	}
}

func (b *bench) recordRun(name string, recording runRecording) {
	b.t.Helper()
	in := workflows.RunInput{
		Method: "spanner.projects.instances.create", Target: "projects/p/instances/shop", Key: name, HoldFor: recording.holdFor,
		StepOptions: workflows.StepOptions{Quarantine: time.Second, Await: workflows.AwaitOptions{Policy: brisk, FailWhenCanceled: true}},
	}
	if recording.own {
		b.service.Put(in.Target, nil)
		in.Method, in.Target = "spanner.projects.instances.databases.create", in.Target+"/databases/orders"
		b.service.Plan("CreateDatabase", recording.script)
	} else {
		b.service.Plan("CreateInstance", recording.script)
	}
	if recording.later {
		b.recordUndo(name, recording, in)
		return
	}
	run := b.run("run", workflows.RunOperationName, in)
	switch {
	case recording.cancel:
		b.waitFor("the start", func() bool { return b.service.Count("CreateInstance") > 0 })
		if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
			b.t.Fatal(err)
		}
	case recording.undo:
		b.undoRun(run, recording.holdFor > 0)
	}
	b.endsAs(name, recording, run.Get(b.ctx, nil))
	b.record(run.GetID(), run.GetRunID(), recordedFolder, name)
}

// recordUndo records the undo of what a run has done before.
func (b *bench) recordUndo(name string, recording runRecording, in workflows.RunInput) {
	b.t.Helper()
	undo, want := workflows.UndoInput{RunInput: in}, workflows.RemovalNotStarted
	if !recording.nothing {
		outcome := &workflows.RunOutcome{}
		if err := b.run("run", workflows.RunOperationName, in).Get(b.ctx, outcome); err != nil {
			b.t.Fatal(err)
		}
		if want = workflows.RemovalDeleted; !recording.unknown {
			undo.Outcome = outcome
		}
	}
	var undone workflows.UndoOutcome
	run := b.run("undo", workflows.UndoOperationName, undo)
	if err := run.Get(b.ctx, &undone); err != nil || undone.Removal != want {
		b.t.Errorf("undone %+v, %v", undone, err)
	}
	b.service.AssertNothingLeft(b.t, in.Target)
	b.record(run.GetID(), run.GetRunID(), recordedFolder, name)
}

func (b *bench) run(suffix, name string, in any) client.WorkflowRun {
	b.t.Helper()
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{ID: b.queue + "/" + suffix, TaskQueue: b.queue}, name, in)
	if err != nil {
		b.t.Fatalf("start: %v", err)
	}
	return run
}

// undoRun sends a run the update, once its operation runs, or once it holds.
func (b *bench) undoRun(run client.WorkflowRun, held bool) {
	b.t.Helper()
	want := workflows.RunAwaiting
	if held {
		want = workflows.RunHolding
	}
	b.waitFor("the phase "+string(want), func() bool {
		var status workflows.RunStatus
		value, err := b.client.QueryWorkflow(b.ctx, run.GetID(), "", workflows.RunQuery)
		return err == nil && value.Get(&status) == nil && status.Phase == want
	})
	var undone workflows.UndoOutcome
	handle, err := b.client.UpdateWorkflow(b.ctx, client.UpdateWorkflowOptions{
		WorkflowID: run.GetID(), UpdateName: workflows.UndoUpdate, Args: []any{workflows.StopInput{Reason: "order 7 was withdrawn"}},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(b.ctx, &undone)
	}
	if err != nil || undone.Target != "projects/p/instances/shop" {
		b.t.Errorf("undone %+v, %v", undone, err)
	}
}

// endsAs wants the run's end to be that of its recording.
func (b *bench) endsAs(name string, recording runRecording, err error) {
	b.t.Helper()
	failure, _ := lro.AsFailure(err)
	want := lro.FailureType("")
	switch {
	case recording.cancel, recording.undo:
		want = lro.TypeOperationCanceled
	case name == "run_failed":
		want = lro.TypeOperationFailed
	}
	if failure.Type != want || (want == "") != (err == nil) {
		b.t.Errorf("ended in %v, want %q", err, want)
	}
	if want != "" {
		b.service.AssertNothingLeft(b.t)
	}
}
