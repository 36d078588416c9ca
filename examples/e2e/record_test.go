package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/internal/histories"
	"github.com/awaitop/awaitop/workflows"
)

// The folders of the recorded histories. A release's histories are kept for good: a release
// renames these.
const (
	recordedFolder    = "../../internal/histories/testdata/histories/unreleased"
	provisionedFolder = "../provisioning/provision/testdata/histories/unreleased"
)

// Each recorded history is one that `make histories` records.
func TestRecordingsAreOfTests(t *testing.T) {
	t.Parallel()
	var want, got []string
	for name := range waitRecordings() {
		want = append(want, name+".json")
	}
	for name := range stepRecordings() {
		want = append(want, name+".json")
	}
	for name := range sweepRecordings() {
		want = append(want, name+".json")
	}
	want = append(want, continuedAsNew+".json", renewedSweep+".json")
	entries, err := os.ReadDir(recordedFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the files are %q, want %q", got, want)
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
