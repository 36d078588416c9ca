package control_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// The JSON of a Status is what `awaitop describe -o json` and `awaitop list -o json` print.
func TestStatusContract(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	down := &lro.Status{Code: lro.CodeUnavailable, Message: "down"}
	undo := undos.New("CreateInstance projects/p/instances/i", "projects/p/instances/i", at, at)
	outcome := lro.Outcome{Ref: ref, Operation: lro.Operation{Name: ref.Name}, StartTime: at, EndTime: at}
	status := control.Status{
		WorkflowID: "w", RunID: "r", WorkflowType: workflows.AwaitOperationName,
		Parent: &control.Execution{WorkflowID: "provision", RunID: "p"}, TaskQueue: "q", State: "Running",
		StartTime: at, CloseTime: at, BeginTime: at, CancelRequested: true, Trouble: "not described",
		WorkerAwaitedSince: at, TaskFailures: 2, Untaken: true,
		Waits: []control.Wait{
			{
				WorkflowID: "w", RunID: "r", ActivityID: "5", Ref: ref, Step: "CreateInstance projects/p/instances/i", Phase: workflows.PhaseAwaiting, Mode: control.ModeHeld,
				StartTime: at, Deadline: at, Progress: lro.Progress{Known: true, Percent: 40, StartTime: at},
				Message: "running, 40%", Polls: 3, LastPoll: at, NextPoll: at, LastError: down, BlockedSince: at, Reported: at,
				Attempt: 2, Worker: "worker", LastFailure: "heartbeat timeout",
			},
			{Undo: undo, Set: &control.Set{In: "projects/p", Total: 5, Ended: 1, Failing: 1, More: 2, Members: []control.Member{
				{Ref: ref, Step: "CreateInstance projects/p/instances/i", State: lro.StateFailed, Error: down},
				{Ref: ref, State: lro.StateRunning, Unread: true, Error: down},
				{Ref: ref, State: lro.StateRunning, Progress: lro.Progress{Known: true, Percent: 40}},
			}}, Phase: workflows.PhaseCanceling, Mode: control.ModeQueued},
		},
		Runs: []control.Run{{
			WorkflowID: "c", RunID: "r", WorkflowType: workflows.RunOperationName, StartTime: at, Unanswered: "no worker has answered",
			Status: &workflows.RunStatus{Phase: workflows.RunHolding, Method: "spanner.projects.instances.create", Target: "projects/p/instances/i", Ref: ref, StartTime: at},
		}},
		Undos: []control.Undo{{
			Step: undo.Step, Resource: undo.Resource, WorkflowID: "w", RunID: "r", ActivityID: "7", ActivityType: "awaitop.spanner.DeleteInstance",
			Attempt: 4, LastFailure: "PERMISSION_DENIED: no", Code: "PERMISSION_DENIED", NextAttempt: at, StartTime: at, Deadline: at, Worker: "worker",
			WorkerAwaitedSince: at, TaskQueue: "control",
		}},
		Retries: []control.Retry{{
			WorkflowID: "w", RunID: "r", ActivityID: "9", ActivityType: "DeleteRecord", Attempt: 2, LastFailure: "UNAVAILABLE: down", Code: "UNAVAILABLE", NextAttempt: at, Worker: "worker",
		}},
		Own:        &workflows.WaitStatus{Input: workflows.AwaitInput{Ref: ref}, Phase: workflows.PhaseAwaiting, Deadline: at, Outcome: outcome},
		Unanswered: "no worker has answered",
		Outcome:    &outcome,
		Details:    "**undone:**",
		Result:     json.RawMessage(`"READY"`),
		Failure: &control.Failure{
			Type: "CompensationFailed", Code: "UNKNOWN", Message: "could not undo: r", Where: []string{"child workflow c (Provision)"}, Status: down,
			Resources: []string{"r"}, ResourcesOmitted: 1, UndoErrors: []string{"no"}, Cause: &lro.Cause{Type: "NoOrders", Message: "out of orders"},
		},
		Attempt: 2, RunBefore: &control.Failure{Code: "UNKNOWN", Message: "no"},
	}
	golden.JSON(t, "status", status)
}
