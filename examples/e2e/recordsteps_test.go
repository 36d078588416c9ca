package e2e

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/internal/histories"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// stepRecording is a workflow of steps whose history is recorded.
type stepRecording struct {
	workflow string
	plan     map[testsuite.Method][]testsuite.Script
	faults   []testsuite.Fault
	running  string // the name of an operation that runs for a second; "" for none
	input    histories.Steps
	start    client.StartWorkflowOptions
	cancel   testsuite.Method // canceled at a call of it; "" for not
	calls    int              // at which call, 0 for the first
}

// Every shape of history that steps and sagas can have replays. With -record the histories
// are kept for later code.
func TestStepHistoriesReplay(t *testing.T) {
	t.Parallel()
	for name, recording := range stepRecordings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newBench(t, benchOptions{faults: recording.faults, record: true}).recordSteps(name, recording)
		})
	}
}

// recordSteps runs a workflow of steps to its end and records it.
func (b *bench) recordSteps(name string, recording stepRecording) {
	b.t.Helper()
	for method, scripts := range recording.plan {
		b.service.Plan(method, scripts...)
	}
	if recording.running != "" {
		b.service.Start(recording.running, testsuite.Script{RunsFor: time.Second})
	}
	in := recording.input
	in.Instance = "projects/p/instances/shop"
	if in.Saga.Steps.Await.Policy == (lro.PollPolicy{}) {
		in.Saga.Steps.Await.Policy = brisk
	}
	recording.start.ID, recording.start.TaskQueue = b.queue, b.queue
	run, err := b.client.ExecuteWorkflow(b.ctx, recording.start, recording.workflow, in)
	if err != nil {
		b.t.Fatalf("start: %v", err)
	}
	if recording.cancel != "" {
		b.waitFor("the call", func() bool { return b.service.Count(recording.cancel) >= max(recording.calls, 1) })
		if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := run.Get(b.ctx, nil); b.ctx.Err() != nil { // how it ends is other tests' matter
		b.t.Fatalf("it does not end: %v", err)
	}
	b.record(run.GetID(), run.GetRunID(), recordedFolder, name)
}

// stepRecordings are the workflows of steps by the names of their files.
func stepRecordings() map[string]stepRecording {
	type plan = map[testsuite.Method][]testsuite.Script
	forever := testsuite.Script{End: testsuite.RunForever()}
	failing := testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, "no")}
	brief := testsuite.Script{RunsFor: time.Second}
	obstinate := testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(time.Second)}
	awaited := func(options workflows.AwaitOptions) workflows.SagaOptions {
		return workflows.SagaOptions{Steps: workflows.StepOptions{Await: options}}
	}
	denied := func(methods ...testsuite.Method) testsuite.Fault { return testsuite.PermissionDenied().On(methods...) }
	quick := workflows.StepOptions{AttemptTimeout: time.Second, Quarantine: time.Second, StartTimeout: 3 * time.Second}
	return map[string]stepRecording{
		"sequence":        {workflow: histories.SequenceName},
		"sequence_undone": {workflow: histories.SequenceName, input: histories.Steps{Fail: true, Compensation: []time.Duration{time.Millisecond}}},
		"sequence_undone_parallel": {workflow: histories.SequenceName, input: histories.Steps{
			Fail: true, Compensation: []time.Duration{time.Millisecond}, Saga: workflows.SagaOptions{Parallel: true},
		}},
		"sequence_failed":   {workflow: histories.SequenceName, plan: plan{"UpdateDatabaseDdl": {failing}}},
		"sequence_canceled": {workflow: histories.SequenceName, plan: plan{"CreateDatabase": {forever}}, cancel: "CreateDatabase"},
		"sequence_unread": {workflow: histories.SequenceName, plan: plan{"CreateDatabase": {forever}},
			faults: []testsuite.Fault{denied(testsuite.MethodGet).Calls(3, 8)},
			input:  histories.Steps{Saga: awaited(workflows.AwaitOptions{AuthGrace: time.Second})}},
		"sequence_abandoned": {workflow: histories.SequenceName, plan: plan{"CreateDatabase": {forever}}, cancel: "CreateDatabase",
			input: histories.Steps{Saga: awaited(workflows.AwaitOptions{CancelPolicy: workflows.Abandon})}},
		"start_retried": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Unavailable().On("CreateInstance").Calls(1, 2)}},
		"start_refused": {workflow: histories.SequenceName, faults: []testsuite.Fault{denied("CreateDatabase")}},
		"start_blocked": {workflow: histories.SequenceName, running: "projects/p/instances/shop/operations/other",
			faults: []testsuite.Fault{testsuite.FailWith(lro.CodeFailedPrecondition,
				"another operation projects/p/instances/shop/operations/other is running").On("CreateDatabase").Calls(1, 1)}},
		"target_read": {workflow: histories.SequenceName, plan: plan{"CreateInstance": {{End: testsuite.Succeed(nil)}}}},
		"target_unread": {workflow: histories.SequenceName, plan: plan{"CreateInstance": {{End: testsuite.Succeed(nil)}}},
			faults: []testsuite.Fault{denied("GetInstance").Calls(2, 1000)},
			input:  histories.Steps{Saga: workflows.SagaOptions{Steps: workflows.StepOptions{StartTimeout: 2 * time.Second, Await: workflows.AwaitOptions{AuthGrace: time.Second}}}}},
		"start_canceled": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Unavailable().On("CreateDatabase")}, cancel: "CreateDatabase",
			input: histories.Steps{Saga: workflows.SagaOptions{Steps: workflows.StepOptions{Quarantine: time.Second}}}},
		"start_unknown": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Slow(30 * time.Second).On("CreateDatabase")},
			input: histories.Steps{Saga: workflows.SagaOptions{Steps: quick}}},
		"start_unknown_canceled": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Slow(30 * time.Second).On("CreateDatabase")},
			input: histories.Steps{Saga: workflows.SagaOptions{Steps: quick}}, cancel: "CreateDatabase"},
		"start_unreadable": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Slow(30 * time.Second).On("CreateDatabase"), denied("GetDatabase").Calls(2, 5)},
			input: histories.Steps{Saga: workflows.SagaOptions{Steps: quick}}},
		"start_no_operation": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Body(200, "application/json", `{"kind":"other"}`).On("CreateDatabase").Times(1)},
			input: histories.Steps{Saga: workflows.SagaOptions{Steps: quick}}},
		"start_without_room": {workflow: histories.SequenceName, faults: []testsuite.Fault{testsuite.Unavailable().On("CreateInstance")},
			input: histories.Steps{Saga: workflows.SagaOptions{MaxHistoryLength: 16, Steps: workflows.StepOptions{Quarantine: time.Second}}}},
		"undo_cut_twice": {workflow: histories.SequenceName, input: histories.Steps{
			Fail: true, Compensation: []time.Duration{time.Hour, 2 * time.Second, time.Hour}, Saga: workflows.SagaOptions{Parallel: true, Window: 2, UndoWindow: time.Second},
		}},
		"undo_cut": {workflow: histories.SequenceName, start: client.StartWorkflowOptions{WorkflowRunTimeout: 20 * time.Second},
			input: histories.Steps{Fail: true, Compensation: []time.Duration{time.Hour}, Saga: workflows.SagaOptions{EndMargin: 14 * time.Second}}},

		"side_by_side":          {workflow: histories.SideBySideName, plan: plan{"CreateDatabase": {brief, brief, brief, brief}}},
		"side_by_side_undone":   {workflow: histories.SideBySideName, plan: plan{"CreateDatabase": {brief, {}, brief, brief}}, input: histories.Steps{Fail: true}},
		"side_by_side_failed":   {workflow: histories.SideBySideName, plan: plan{"CreateDatabase": {failing, forever, forever, forever}}},
		"side_by_side_awaited":  {workflow: histories.SideBySideName, plan: plan{"CreateDatabase": {failing}}, input: histories.Steps{OnFailure: workflows.AwaitRest}},
		"side_by_side_refused":  {workflow: histories.SideBySideName, faults: []testsuite.Fault{denied("CreateDatabase").Calls(4, 4)}, plan: plan{"CreateDatabase": {forever, forever, forever, forever}}},
		"side_by_side_canceled": {workflow: histories.SideBySideName, plan: plan{"CreateDatabase": {forever, forever, forever, forever}}, cancel: "CreateDatabase"},
		"each":                  {workflow: histories.EachName},
		"each_canceled_late":    {workflow: histories.EachName, plan: plan{"CreateDatabase": {obstinate, obstinate}}, cancel: "CreateDatabase", calls: 2},
		"plan":                  {workflow: histories.PlanName},
	}
}
