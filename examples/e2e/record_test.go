package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"google.golang.org/protobuf/encoding/protojson"

	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/internal/histories"
	"github.com/awaitop/awaitop/workflows"
)

// recordedFolder is that of the recorded histories. A release keeps a copy of it for good.
const recordedFolder = "../../internal/histories/testdata/histories/unreleased"

// Each recorded history is one that `make histories` records.
func TestRecordingsAreOfTests(t *testing.T) {
	t.Parallel()
	want := map[string][]string{recordedFolder: {continuedAsNew, canceledRenewal, renewedSweep}}
	for name := range waitRecordings() {
		want[recordedFolder] = append(want[recordedFolder], name)
	}
	for name := range stepRecordings() {
		want[recordedFolder] = append(want[recordedFolder], name)
	}
	for name := range runRecordings() {
		want[recordedFolder] = append(want[recordedFolder], name)
	}
	for name := range sweepRecordings() {
		want[recordedFolder] = append(want[recordedFolder], name)
	}
	for name, recording := range subjectRecordings() {
		want[recording.folder] = append(want[recording.folder], name)
	}
	for folder, names := range want {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, entry := range entries {
			got = append(got, strings.TrimSuffix(entry.Name(), ".json"))
		}
		slices.Sort(names)
		if !slices.Equal(got, names) {
			t.Errorf("the files of %s are %q, want %q", folder, got, names)
		}
	}
}

// replay replays a closed run.
func (b *bench) replay(id, runID string) *historypb.History {
	b.t.Helper()
	history := b.history(id, runID)
	replayer := sdk.NewWorkflowReplayer()
	workflows.Register(replayer)
	histories.Register(replayer)
	replayer.RegisterWorkflowWithOptions(provision.Workflow, workflow.RegisterOptions{Name: provision.Name})
	plane.Register(replayer)
	replayer.RegisterWorkflow(runMany)
	if err := replayer.ReplayWorkflowHistory(quiet(), history); err != nil {
		b.t.Errorf("replay: %v", err)
	}
	return history
}

// record replays a closed run. With the flag -record it writes the history to a file.
func (b *bench) record(id, runID, folder, name string) {
	b.t.Helper()
	history := b.replay(id, runID)
	if !*record {
		return
	}
	encoded, err := protojson.MarshalOptions{Multiline: true, Indent: " "}.Marshal(history)
	if err != nil {
		b.t.Fatalf("encode: %v", err)
	}
	if host, err := os.Hostname(); err == nil { // it is in the name of the sticky task queue
		encoded = bytes.ReplaceAll(encoded, []byte(`"`+host+":"), []byte(`"host:`))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".json"), append(encoded, '\n'), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// history reads a run's history. It reads again if a busy server has not answered in time.
func (b *bench) history(id, runID string) (history *historypb.History) {
	b.t.Helper()
	b.waitFor("the history of "+id, func() bool {
		var err error
		history, err = b.readHistory(id, runID)
		var late *serviceerror.DeadlineExceeded
		if err != nil && !errors.As(err, &late) && !errors.Is(err, context.DeadlineExceeded) {
			b.t.Fatalf("history: %v", err)
		}
		return err == nil
	})
	return history
}

func (b *bench) readHistory(id, runID string) (*historypb.History, error) {
	history := &historypb.History{}
	for events := b.client.GetWorkflowHistory(b.ctx, id, runID, false, 0); events.HasNext(); {
		event, err := events.Next()
		if err != nil {
			return nil, err
		}
		history.Events = append(history.Events, event)
	}
	return history, nil
}
