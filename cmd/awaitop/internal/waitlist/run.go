package waitlist

import (
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/workflows"
)

// runRow is the row of the target of a run that neither waits nor undoes now.
func runRow(r control.Run, now time.Time) Row {
	row := Row{WorkflowID: r.WorkflowID, Tone: Running, Age: since(r.StartTime, now)}
	if r.Status == nil {
		row.Label, row.Note = r.WorkflowID, " ("+r.WorkflowType+")"
		row.Tone, row.State, row.Trouble = Trouble, "unknown", r.Unanswered
		return row
	}
	row.Path, row.Note, row.State = r.Status.Target, " ("+r.Status.Method+")", string(r.Status.Phase)
	if r.Status.Phase == workflows.RunUndoing {
		row.Tone = Busy
	}
	return row
}

// quietRuns are the runs of which no wait, undo or activity tells. If the workflow itself lacks a worker, its own row says
// so.
func quietRuns(status *control.Status, now time.Time) []control.Run {
	told := map[string]bool{}
	for _, w := range status.Waits {
		told[w.WorkflowID] = true
	}
	for _, u := range status.Undos {
		told[u.WorkflowID] = true
	}
	var quiet []control.Run
	for _, r := range status.Runs {
		lacks := r.Status == nil && r.WorkflowID == status.WorkflowID && (WorkerMissing(status, now) || status.Untaken)
		if !told[r.WorkflowID] && !lacks {
			quiet = append(quiet, r)
		}
	}
	return quiet
}
