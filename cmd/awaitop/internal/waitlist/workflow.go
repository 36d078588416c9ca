package waitlist

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// workerPatience is how long a workflow may wait for a worker before that is trouble.
	workerPatience = 3 * time.Second
	// taskPatience is the same once an attempt at its task has failed. A worker that is busy or has just died leaves an
	// attempt without an answer, which the server notices after 10 s.
	taskPatience = 20 * time.Second
	// news is for how long after its end a failed workflow is listed as trouble.
	news = 10 * time.Minute
)

// headOf is the row of a workflow itself.
func headOf(s *control.Status, now time.Time) Row {
	row := Row{WorkflowID: s.WorkflowID, Label: s.WorkflowID, Tone: Running, State: "running", Age: since(s.StartTime, now)}
	if id, own := strings.CutPrefix(s.WorkflowID, ownPrefix); own && s.WorkflowType == workflows.AwaitOperationName {
		row.Service, row.Path = cutName(id)
	} else if s.WorkflowType != "" && s.WorkflowType != workflows.AwaitOperationName {
		row.Note = " (" + s.WorkflowType + ")"
	}
	switch {
	case s.Trouble != "":
		row.Tone, row.State, row.Trouble = Trouble, stateWords(s.State), s.Trouble
	case s.Running() && s.BeginTime.After(now):
		row.State, row.Next = "not begun", Next(s.BeginTime, now)
	case WorkerMissing(s, now):
		row.Tone, row.State = Trouble, "no worker"
		row.Trouble, row.Times = workerTrouble(s), "for "+since(s.WorkerAwaitedSince, now)
	case !s.Running():
		end(&row, s, now)
	case len(s.Undos) > 0:
		row.State = "undoing"
	case len(s.Waits)+len(s.Retries) > 0, toldRun(s):
	case s.Untaken:
		row.State, row.Next = "waiting for a worker", UntakenSince(s, now)
	case s.WorkflowType == workflows.AwaitOperationName:
		row.State = "between two reads"
	default:
		row.State = "between two steps"
	}
	return row
}

// toldRun reports whether the workflow or a child of it tells what it runs.
func toldRun(s *control.Status) bool {
	return slices.ContainsFunc(s.Runs, func(r control.Run) bool { return r.Status != nil })
}

// end sets how a closed workflow ended.
func end(row *Row, s *control.Status, now time.Time) {
	row.Tone, row.Closed, row.State = Ended, true, stateWords(s.State)
	if !s.CloseTime.IsZero() {
		row.Age, row.Next = Duration(s.CloseTime.Sub(s.StartTime)), "ended "+since(s.CloseTime, now)+" ago"
	}
	switch {
	case s.Outcome != nil && s.Err == nil:
		row.State = string(s.Outcome.State())
	case s.Failure == nil, s.Failure.Type == "Canceled" && (s.Outcome == nil || s.Outcome.State() == lro.StateCanceled):
	default:
		row.Tone, row.Trouble = Failed, s.Failure.Message
		if now.Sub(s.CloseTime) < news {
			row.Tone = Trouble
		}
	}
}

// stateWords is the state of a workflow in words: "timed out" for TimedOut.
func stateWords(state string) string {
	var b strings.Builder
	for i, r := range state {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// WorkerMissing reports whether a workflow has waited for a worker for more than 3 s, or its tasks fail again and again.
func WorkerMissing(s *control.Status, now time.Time) bool {
	if !s.Running() || s.WorkerAwaitedSince.IsZero() {
		return false
	}
	switch waited := now.Sub(s.WorkerAwaitedSince); s.TaskFailures {
	case 0:
		return waited > workerPatience
	case 1:
		return waited > taskPatience
	default:
		return true
	}
}

// UntakenSince says since when a workflow waits for its first worker, such as "since 14:51:23".
func UntakenSince(s *control.Status, now time.Time) string {
	at := s.WorkerAwaitedSince
	if at.IsZero() { // a worker has the task
		at = s.StartTime
	}
	return "since " + clock(at, now, time.TimeOnly)
}

func workerTrouble(s *control.Status) string {
	if s.TaskFailures > 0 {
		return TaskTrouble(s)
	}
	return fmt.Sprintf("no worker takes it from task queue %s", s.TaskQueue)
}

// TaskTrouble says how often the workflow's task has failed. The server does not tell a failure from an attempt that no
// worker has answered.
func TaskTrouble(s *control.Status) string {
	times := "once"
	if s.TaskFailures > 1 {
		times = fmt.Sprintf("%d times", s.TaskFailures)
	}
	return fmt.Sprintf("its workflow task has failed or timed out %s on task queue %s: see its worker's log", times, s.TaskQueue)
}
