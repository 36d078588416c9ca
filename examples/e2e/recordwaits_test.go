package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/internal/histories"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// waitRecording is a wait whose history is recorded.
type waitRecording struct {
	workflow string // AwaitOperation if empty
	scripts  []testsuite.Script
	faults   []testsuite.Fault
	options  workflows.AwaitAllOptions
	start    client.StartWorkflowOptions
	steer    func(*waitUnderWay) error // what happens to it meanwhile, nil for nothing
}

// waitUnderWay is a recording that runs.
type waitUnderWay struct {
	*bench
	run  client.WorkflowRun
	refs []lro.Ref
}

// Every shape of history that a wait can have replays: the server's history agrees with the
// code. With -record the histories are kept for later code.
func TestHistoriesReplay(t *testing.T) {
	t.Parallel()
	for name, recording := range waitRecordings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newBench(t, benchOptions{faults: recording.faults, record: name != byHand}).recordWait(name, recording)
		})
	}
}

// byHand is the name of the recording whose poll gets a result that is none of awaitop's.
const byHand = "by_hand"

// continuedAsNew is the name of the recording that needs a server of its own.
const continuedAsNew = "continued_as_new"

// canceledRenewal is the name of another one.
const canceledRenewal = "renewal_canceled"

// A wait and a sweep continue as new when the server suggests it: here after few events.
func TestContinueAsNewReplays(t *testing.T) {
	t.Parallel()
	server, err := devserver.Start(context.Background(), devserver.Options{
		Log: os.Stderr, DynamicConfig: map[string]string{"limit.historyCount.suggestContinueAsNew": "10"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	t.Run("sweep", func(t *testing.T) { recordRenewedSweep(t, server.Address()) })
	t.Run("nexus", func(t *testing.T) { nexusContinuesAsNew(t, server.Address()) })
	t.Run("canceled", func(t *testing.T) { recordCanceledRenewal(t, server.Address()) })
	newBench(t, benchOptions{address: server.Address(), record: true}).recordWait(continuedAsNew, waitRecording{
		scripts: []testsuite.Script{{End: testsuite.RunForever()}},
		steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			_, first := control.PollNow(w.ctx, w.client, w.run.GetID())
			w.waitFor("the next run", func() bool {
				described, err := w.client.DescribeWorkflowExecution(w.ctx, w.run.GetID(), "")
				return err == nil && described.GetWorkflowExecutionInfo().GetExecution().GetRunId() != w.run.GetRunID()
			})
			w.finish(w.refs[0])
			return first
		},
	})
}

// recordCanceledRenewal records a wait that a cancel update reaches when it is about to continue as new, and a read that
// another update has asked for goes on.
func recordCanceledRenewal(t *testing.T, address string) {
	t.Helper()
	slowRead := testsuite.Slow(5*time.Second).On(testsuite.MethodGet).Calls(2, 2)
	newBench(t, benchOptions{address: address, faults: []testsuite.Fault{slowRead}, record: true}).recordWait(canceledRenewal, waitRecording{
		scripts: []testsuite.Script{{End: testsuite.RunForever()}},
		options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: time.Hour}}},
		steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			err := w.pollNowAccepted()
			w.waitForPolls(2)
			_, set := control.SetDeadline(w.ctx, w.client, w.run.GetID(), workflows.SetDeadlineInput{None: true})
			status, canceled := control.Cancel(w.ctx, w.client, w.run.GetID(), "by the recording")
			if status.Phase == workflows.PhaseAwaiting {
				t.Error("the cancel was not sent")
			}
			return errors.Join(err, set, canceled)
		},
	})
}

// pollNowAccepted asks for a read, and does not wait for it.
func (w *waitUnderWay) pollNowAccepted() error {
	_, err := w.client.UpdateWorkflow(w.ctx, client.UpdateWorkflowOptions{
		WorkflowID: w.run.GetID(), UpdateName: workflows.PollNowUpdate, WaitForStage: client.WorkflowUpdateStageAccepted,
	})
	return err
}

// recordWait runs a wait to its end and records its first run.
func (b *bench) recordWait(name string, recording waitRecording) {
	b.t.Helper()
	w := &waitUnderWay{bench: b}
	for i, script := range recording.scripts {
		w.refs = append(w.refs, b.service.Start(fmt.Sprintf("projects/p/instances/i/operations/o%d", i), script))
	}
	if recording.options.Policy == (lro.PollPolicy{}) {
		recording.options.Policy = brisk
	}
	recording.start.ID, recording.start.TaskQueue = b.queue, b.queue
	started, err := b.client.ExecuteWorkflow(b.ctx, recording.start, recording.name(), recording.input(w.refs))
	if err != nil {
		b.t.Fatalf("start: %v", err)
	}
	w.run = started
	runID := started.GetRunID() // until Get follows the run to the next one
	if recording.steer != nil {
		if err := recording.steer(w); err != nil {
			b.t.Fatalf("steer: %v", err)
		}
	}
	if err := started.Get(b.ctx, nil); b.ctx.Err() != nil { // how it ends is other tests' matter
		b.t.Fatalf("it does not end: %v", err)
	}
	b.record(started.GetID(), runID, recordedFolder, name)
}

func (r waitRecording) name() string {
	if r.workflow == "" {
		return workflows.AwaitOperationName
	}
	return r.workflow
}

func (r waitRecording) input(refs []lro.Ref) any {
	switch r.workflow {
	case "":
		return workflows.AwaitInput{Ref: refs[0], AwaitOptions: r.options.AwaitOptions}
	case workflows.AwaitOperationsName:
		return workflows.AwaitAllInput{Refs: refs, AwaitAllOptions: r.options}
	}
	return histories.Waits{Refs: refs, Options: r.options}
}

// cancel cancels the workflow once its operations have been read.
func (w *waitUnderWay) cancel() error {
	w.waitForPolls(1)
	return w.client.CancelWorkflow(w.ctx, w.run.GetID(), "")
}

// completePoll completes the poll by hand.
func (w *waitUnderWay) completePoll(result string) error {
	w.waitForPolls(1)
	described, err := w.client.DescribeWorkflowExecution(w.ctx, w.run.GetID(), "")
	if err != nil || len(described.GetPendingActivities()) != 1 {
		return errors.Join(err, fmt.Errorf("pending: %v", described.GetPendingActivities()))
	}
	id := described.GetPendingActivities()[0].GetActivityId()
	return w.client.CompleteActivityByID(w.ctx, "default", w.run.GetID(), w.run.GetRunID(), id, json.RawMessage(result), nil)
}

// waitRecordings are the waits by the names of their files.
func waitRecordings() map[string]waitRecording {
	forever := testsuite.Script{End: testsuite.RunForever()}
	stubborn := testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()}
	failing := testsuite.Script{End: testsuite.Fail(lro.CodeFailedPrecondition, "no")}
	single := func(options workflows.AwaitOptions) workflows.AwaitAllOptions {
		return workflows.AwaitAllOptions{AwaitOptions: options}
	}
	one := func(script testsuite.Script) []testsuite.Script { return []testsuite.Script{script} }
	slow := lro.PollPolicy{InitialInterval: time.Hour}
	cancel := (*waitUnderWay).cancel
	lateCancel := workflows.AwaitOptions{Timeout: 2 * time.Second, DeadlinePolicy: workflows.CancelOnDeadline, DeleteWhenDone: true}
	return map[string]waitRecording{
		"succeeded":         {scripts: one(testsuite.Script{Polls: 3})},
		"failed":            {scripts: one(failing)},
		"deleted":           {scripts: one(testsuite.Script{}), options: single(workflows.AwaitOptions{DeleteWhenDone: true})},
		"canceled":          {scripts: one(forever), steer: cancel},
		"abandoned":         {scripts: one(forever), options: single(workflows.AwaitOptions{CancelPolicy: workflows.Abandon}), steer: cancel},
		"timed_out":         {scripts: one(forever), options: single(workflows.AwaitOptions{Timeout: 2 * time.Second})},
		"deadline_canceled": {scripts: one(forever), options: single(lateCancel)},
		byHand: {scripts: one(forever), steer: func(w *waitUnderWay) error {
			defer w.finish(w.refs[0])
			return w.completePoll(`"x"`)
		}},

		"poll_now": {scripts: one(forever), options: single(workflows.AwaitOptions{Policy: slow}), steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			_, running := control.PollNow(w.ctx, w.client, w.run.GetID())
			w.finish(w.refs[0])
			_, ended := control.PollNow(w.ctx, w.client, w.run.GetID())
			return errors.Join(running, ended)
		}},
		"poll_now_slow": {scripts: one(forever), faults: []testsuite.Fault{testsuite.Slow(3*time.Second).On(testsuite.MethodGet).Calls(2, 2)},
			options: single(workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: time.Second}}),
			steer: func(w *waitUnderWay) error {
				w.waitForPolls(1)
				err := w.pollNowAccepted()
				w.finish(w.refs[0])
				return err
			}},
		"policy_set": {scripts: one(forever), options: single(workflows.AwaitOptions{Policy: slow}), steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			_, err := control.SetPolicy(w.ctx, w.client, w.run.GetID(), brisk)
			w.finish(w.refs[0])
			return err
		}},
		"deadline_set": {scripts: one(forever), steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			_, err := control.SetDeadline(w.ctx, w.client, w.run.GetID(), workflows.SetDeadlineInput{In: lro.DurationOf(2 * time.Second)})
			return err
		}},
		"canceled_by_update": {scripts: one(forever), steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			_, err := control.Cancel(w.ctx, w.client, w.run.GetID(), "by the recording")
			return err
		}},
		"abandoned_by_update": {scripts: one(forever), steer: func(w *waitUnderWay) error {
			w.waitForPolls(1)
			_, err := control.Abandon(w.ctx, w.client, w.run.GetID(), "by the recording")
			return err
		}},
		"abandoned_while_canceled": {scripts: one(stubborn), steer: func(w *waitUnderWay) error {
			canceled := w.cancel()
			w.waitFor("the cancel", func() bool { return w.service.Count(testsuite.MethodCancel) > 0 })
			_, abandoned := control.Abandon(w.ctx, w.client, w.run.GetID(), "by the recording")
			return errors.Join(canceled, abandoned)
		}},
		"progress": {
			scripts: one(testsuite.Script{RunsFor: 15 * time.Second, Metadata: testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)}),
			options: single(workflows.AwaitOptions{ProgressInterval: 10 * time.Second, SearchAttributes: true}),
		},

		"inline":            {workflow: histories.AwaitName, scripts: []testsuite.Script{{}, failing}, options: single(workflows.AwaitOptions{SearchAttributes: true, DeleteWhenDone: true})},
		"inline_canceled":   {workflow: histories.AwaitName, scripts: []testsuite.Script{forever, forever}, steer: cancel},
		"inline_abandoned":  {workflow: histories.AwaitName, scripts: one(forever), options: single(workflows.AwaitOptions{CancelPolicy: workflows.Abandon}), steer: cancel},
		"inline_deadline":   {workflow: histories.AwaitName, scripts: one(forever), options: single(lateCancel)},
		"inline_unreadable": {workflow: histories.AwaitName, scripts: one(forever), faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet)}},
		"inline_too_large":  {workflow: histories.AwaitName, scripts: one(testsuite.Script{End: testsuite.Succeed(map[string]string{"@type": "type.googleapis.com/google.protobuf.StringValue", "value": strings.Repeat("x", lro.MaxEncodedSize+1)})})},
		"inline_run_timeout": {workflow: histories.AwaitName, scripts: one(forever), start: client.StartWorkflowOptions{WorkflowRunTimeout: time.Minute},
			options: single(workflows.AwaitOptions{EndMargin: 58 * time.Second, DeadlinePolicy: workflows.CancelOnDeadline})},
		"async":          {workflow: histories.AwaitAsyncName, scripts: []testsuite.Script{{Polls: 3}, failing}},
		"child":          {workflow: histories.AwaitChildName, scripts: one(testsuite.Script{})},
		"child_canceled": {workflow: histories.AwaitChildName, scripts: one(forever), steer: cancel},

		"set":                 {workflow: histories.AwaitAllName, scripts: []testsuite.Script{{}, {Polls: 2}}, options: single(workflows.AwaitOptions{SearchAttributes: true})},
		"set_failed":          {workflow: histories.AwaitAllName, scripts: []testsuite.Script{forever, failing, {}}},
		"set_canceled":        {workflow: histories.AwaitAllName, scripts: []testsuite.Script{forever, {}}, steer: cancel},
		"set_abandoned":       {workflow: histories.AwaitAllName, scripts: []testsuite.Script{forever, {}}, options: single(workflows.AwaitOptions{CancelPolicy: workflows.Abandon}), steer: cancel},
		"operations":          {workflow: workflows.AwaitOperationsName, scripts: []testsuite.Script{{}, {Polls: 2}}, options: single(workflows.AwaitOptions{SearchAttributes: true})},
		"operations_canceled": {workflow: workflows.AwaitOperationsName, scripts: []testsuite.Script{forever, {}}, steer: cancel},
		"set_deadline":        {workflow: histories.AwaitAllName, scripts: one(forever), options: single(workflows.AwaitOptions{Timeout: 2 * time.Second, DeadlinePolicy: workflows.CancelOnDeadline})},
	}
}
