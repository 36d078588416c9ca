package waitlist

import (
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/control"
)

// undoRow is the row of an undo. An undo that fails is stuck, also while it is tried again.
func undoRow(u control.Undo, running bool, now time.Time) Row {
	row := Row{
		WorkflowID: u.WorkflowID, Tone: Busy, State: "undoing", Next: Next(u.NextAttempt, now), Age: since(u.StartTime, now),
		Trouble: u.LastFailure,
	}
	row.Path, row.Label, row.Note = undone(u)
	switch {
	case !running:
		row.Tone, row.State, row.Next = Trouble, "left behind", ""
		row.Trouble = joined("its undo was cut off", u.LastFailure)
		return row
	case row.Trouble != "":
		row.Tone, row.State, row.Times = Stuck, "undo stuck", tries(u.Attempt)
	case UndoUnserved(u, now):
		row.Tone, row.State, row.Times = Stuck, "undo stuck", "for "+since(u.WorkerAwaitedSince, now)
		row.Trouble = UnservedTrouble(u)
	}
	if !u.Deadline.IsZero() {
		row.Times = joined(row.Times, "until "+clock(u.Deadline, now, "15:04"))
	}
	return row
}

// UndoUnserved reports whether the activity of an undo has waited for its first worker for more than 3 s.
func UndoUnserved(u control.Undo, now time.Time) bool {
	return !u.WorkerAwaitedSince.IsZero() && now.Sub(u.WorkerAwaitedSince) > workerPatience
}

// UnservedTrouble says which worker an undo lacks.
func UnservedTrouble(u control.Undo) string {
	switch {
	case u.TaskQueue != "":
		return fmt.Sprintf("no worker takes %s from task queue %s", u.ActivityType, u.TaskQueue)
	case u.ActivityType != "":
		return "no worker takes " + u.ActivityType
	default:
		return "no worker takes the activities of the undo"
	}
}

// undone is what an undo takes back: a resource by its path, else by a label. Note is the step, if it says more.
func undone(u control.Undo) (path, label, note string) {
	step := strings.TrimSpace(strings.TrimSuffix(u.Step, u.Resource))
	if step != "" && u.Resource != "" {
		note = " (" + step + ")"
	}
	switch {
	case u.Resource == "":
		return "", u.Step, ""
	case strings.Contains(u.Resource, "/") && !strings.ContainsAny(u.Resource, " \t"):
		return u.Resource, "", note
	default:
		return "", u.Resource, note
	}
}

// tries counts the tries of an activity, "" for the first one.
func tries(attempt int) string {
	if attempt < 2 {
		return ""
	}
	return fmt.Sprintf("try %d", attempt)
}

// retryRow is the row of another activity whose last attempt failed.
func retryRow(r control.Retry, now time.Time) Row {
	return Row{
		WorkflowID: r.WorkflowID, Label: r.ActivityType, Tone: Trouble, State: "retrying", Next: Next(r.NextAttempt, now),
		Trouble: r.LastFailure, Times: tries(r.Attempt),
	}
}
