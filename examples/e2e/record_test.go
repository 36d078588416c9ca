package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// Every shape of history a wait can have replays: what the server holds of it
// agrees with the code. With -record the histories are kept for later code.
func TestHistoriesReplay(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	tests := map[string]struct {
		script  testsuite.Script
		options workflows.AwaitOptions
		cancel  bool
	}{
		"succeeded":         {script: testsuite.Script{Polls: 3}},
		"failed":            {script: testsuite.Script{Polls: 2, End: testsuite.Fail(lro.CodeFailedPrecondition, "no")}},
		"deleted":           {script: testsuite.Script{}, options: workflows.AwaitOptions{DeleteWhenDone: true}},
		"canceled":          {script: forever, cancel: true},
		"abandoned":         {script: forever, cancel: true, options: workflows.AwaitOptions{CancelPolicy: workflows.Abandon}},
		"timed_out":         {script: forever, options: workflows.AwaitOptions{Timeout: 2 * time.Second}},
		"deadline_canceled": {script: forever, options: workflows.AwaitOptions{Timeout: 2 * time.Second, DeadlinePolicy: workflows.CancelOnDeadline}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{})
			run := b.start(b.operation(tt.script), tt.options)
			if tt.cancel {
				b.waitForPolls(1)
				if err := run.Cancel(b.ctx); err != nil {
					t.Fatalf("cancel: %v", err)
				}
			}
			_, _ = run.Get(b.ctx) // how it ends is other tests' matter
			b.replay(run.ID, run.RunID, name)
		})
	}
}

// replay replays a closed run, and records it if that is asked for and it has a
// name to be recorded by.
func (b *bench) replay(id, runID, name string) {
	b.t.Helper()
	history := b.history(id, runID)
	replayer := sdk.NewWorkflowReplayer()
	workflows.Register(replayer)
	replayer.RegisterWorkflowWithOptions(provision.Workflow, workflow.RegisterOptions{Name: provision.Name})
	replayer.RegisterWorkflow(runMany)
	if err := replayer.ReplayWorkflowHistory(quiet(), history); err != nil {
		b.t.Errorf("replay: %v", err)
	}
	if *record == "" || name == "" {
		return
	}
	encoded, err := protojson.MarshalOptions{Multiline: true, Indent: " "}.Marshal(history)
	if err != nil {
		b.t.Fatalf("encode: %v", err)
	}
	if host, err := os.Hostname(); err == nil { // it is in the name of the sticky task queue
		encoded = bytes.ReplaceAll(encoded, []byte(`"`+host+":"), []byte(`"host:`))
	}
	if err := os.WriteFile(filepath.Join(*record, name+".json"), append(encoded, '\n'), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) history(id, runID string) *historypb.History {
	b.t.Helper()
	history := &historypb.History{}
	events := b.client.GetWorkflowHistory(b.ctx, id, runID, false, 0)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			b.t.Fatalf("history: %v", err)
		}
		history.Events = append(history.Events, event)
	}
	return history
}
