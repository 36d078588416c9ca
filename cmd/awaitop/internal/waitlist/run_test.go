package waitlist_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/workflows"
)

// A run has a row of its target, unless a wait or an undo of it has one.
func TestRunRows(t *testing.T) {
	t.Parallel()
	const target = "projects/p/instances/i"
	run := func(phase workflows.RunPhase) control.Run {
		return control.Run{WorkflowID: "make", RunID: "r", WorkflowType: workflows.RunOperationName, StartTime: ago(time.Minute), Status: &workflows.RunStatus{Phase: phase, Method: "m", Target: target}}
	}
	wait := control.Wait{WorkflowID: "make", RunID: "r", Ref: spanner("projects/p/instances/i/operations/o"), Mode: control.ModeHeld}
	tests := map[string]struct {
		reason string
		run    control.Run
		waits  []control.Wait
		name   string // of the last row
		state  string
	}{
		"holding":  {"nothing else tells of it", run(workflows.RunHolding), nil, target + " (m)", "holding"},
		"undoing":  {"its undo has no activity yet", run(workflows.RunUndoing), nil, target + " (m)", "undoing"},
		"awaiting": {"the wait tells more", run(workflows.RunAwaiting), []control.Wait{wait}, "//spanner.googleapis.com/projects/p/instances/i/operations/o", "running"},
		"silent":   {"no worker tells its target", control.Run{WorkflowID: "make", WorkflowType: workflows.RunOperationName, Unanswered: "no worker"}, nil, "make (awaitop.RunOperation)", "unknown"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &control.Status{RunID: "r", WorkflowType: workflows.RunOperationName, State: "Running", StartTime: ago(time.Minute), Waits: tt.waits}
			s.WorkflowID, s.Runs = "make", []control.Run{tt.run}
			rows := waitlist.Rows([]*control.Status{s}, now)
			if last := rows[len(rows)-1]; len(rows) != 2 || last.Name() != tt.name || last.State != tt.state {
				t.Errorf("%s: %+v, want %q, %q", tt.reason, rows, tt.name, tt.state)
			}
		})
	}
}
