package workflows_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

var update = flag.Bool("update", false, "rewrite golden files: a change to one is a change of a contract")

// Names are found by running workflows, and other SDKs write them by hand.
func TestNames(t *testing.T) {
	t.Parallel()
	if workflows.AwaitOperationName != "awaitop.AwaitOperation" || workflows.StatusQuery != "awaitop.status" {
		t.Errorf("names changed: %q, %q", workflows.AwaitOperationName, workflows.StatusQuery)
	}
}

func TestAwaitInputContract(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	for name, in := range map[string]workflows.AwaitInput{
		"plain": {Ref: ref},
		"full": {Ref: ref, AwaitOptions: workflows.AwaitOptions{
			Policy:           lro.PollPolicy{InitialInterval: time.Second, Coefficient: 1.5, MaximumInterval: time.Minute, MaximumEstimate: 2 * time.Minute, YieldInterval: 30 * time.Second, IgnoreProgress: true},
			Timeout:          90 * time.Minute,
			DeadlinePolicy:   workflows.CancelOnDeadline,
			CancelPolicy:     workflows.Abandon,
			CancelGrace:      time.Minute,
			AuthGrace:        2 * time.Hour,
			NotFoundGrace:    30 * time.Second,
			HeartbeatTimeout: 10 * time.Second,
			DeleteWhenDone:   true,
			TaskQueue:        "polls",
			ControlTaskQueue: "control",
			Operation:        &lro.Operation{Name: operationName, Metadata: json.RawMessage(`{"n":"9007199254740993"}`)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.MarshalIndent(in, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "await_input_"+name+".json")
			if *update {
				if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("the payload changed (-want +got):\n%s", diff)
			}
			var back workflows.AwaitInput
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatal(err)
			}
			again, err := json.MarshalIndent(back, "", "  ")
			if diff := cmp.Diff(string(got), string(again)); diff != "" || err != nil {
				t.Errorf("read back it differs: %v\n%s", err, diff)
			}
		})
	}
}

func TestWorkflowID(t *testing.T) {
	t.Parallel()
	long := func(n int) string {
		name := make([]byte, n)
		for i := range name {
			name[i] = 'x'
		}
		return string(name)
	}
	tests := map[string]struct {
		reason string
		name   string
		want   string
	}{
		"plain":           {"the Ref itself", operationName, "await://spanner.googleapis.com/" + operationName},
		"long":            {"the collection and a digest", "projects/p/operations/" + long(900), ""},
		"long collection": {"the digest alone", "projects/" + long(950) + "/operations/o", ""},
	}
	seen := map[string]bool{}
	for name, tt := range tests {
		id := workflows.WorkflowID(lro.Ref{Service: lro.SpannerService, Name: tt.name})
		if len(id) > 900 || seen[id] || (tt.want != "" && id != tt.want) {
			t.Errorf("%s: %s: id %q of %d bytes", name, tt.reason, id, len(id))
		}
		seen[id] = true
	}
}
