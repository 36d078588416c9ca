package control

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const removeName = "awaitop.spanner.DeleteInstance"

// failedWith is a failure as the server keeps it of an attempt.
func failedWith(err error) *failurepb.Failure {
	return temporal.GetDefaultFailureConverter().ErrorToFailure(err)
}

// requestFailed is the error of a request about a resource, as an activity returns it.
func requestFailed(kind string, status lro.Status, text string) error {
	return temporal.NewApplicationError(text+": "+status.String(), kind+"."+status.Code.String(), &status)
}

func TestPendingUndos(t *testing.T) {
	t.Parallel()
	record := undos.New("CreateInstance projects/p/instances/i", "projects/p/instances/i", start, start.Add(2*time.Hour))
	refused := failedWith(requestFailed(starters.RemoveFailedType, lro.Status{Code: lro.CodePermissionDenied, Message: "no grant"}, "projects/p/instances/i was not deleted"))
	undo := func(kind string, change func(*Undo)) Undo {
		u := Undo{
			Step: record.Step, Resource: record.Resource, StartTime: record.StartTime, Deadline: record.Deadline,
			WorkflowID: "w", RunID: "r", ActivityID: "7", ActivityType: kind, Attempt: 1,
		}
		if change != nil {
			change(&u)
		}
		return u
	}
	again := func(activity *workflowpb.PendingActivityInfo, failure *failurepb.Failure) *workflowpb.PendingActivityInfo {
		activity.State, activity.Attempt, activity.LastFailure = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, 4, failure
		activity.NextAttemptScheduleTime = timestamppb.New(start.Add(time.Minute))
		return activity
	}
	canceled := pending(removeName, undos.Heartbeat{Undo: record})
	canceled.State = enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
	down := &lro.Status{Code: lro.CodeUnavailable, Message: "down"}
	rows := map[string]struct {
		reason   string
		activity *workflowpb.PendingActivityInfo
		closed   bool
		undos    []Undo
		retries  []Retry
	}{
		"first attempt": {reason: "it is under way", activity: pending(removeName, undos.Heartbeat{Undo: record}), undos: []Undo{undo(removeName, nil)}},
		"refused": {reason: "the code, the attempt and the next one", activity: again(pending(removeName, undos.Heartbeat{Undo: record}), refused),
			undos: []Undo{undo(removeName, func(u *Undo) {
				u.Attempt, u.Code, u.LastFailure, u.NextAttempt = 4, "PERMISSION_DENIED", "PERMISSION_DENIED: no grant", start.Add(time.Minute)
			})}},
		"left": {reason: "nothing follows in a workflow that was terminated", closed: true, activity: again(pending(removeName, undos.Heartbeat{Undo: record}), refused),
			undos: []Undo{undo(removeName, func(u *Undo) {
				u.Attempt, u.Code, u.LastFailure = 4, "PERMISSION_DENIED", "PERMISSION_DENIED: no grant"
			})}},
		"cancel": {reason: "a cancel that is refused", activity: again(pending(activities.CancelOperationName, activities.Heartbeat{Ref: ref, Undo: record}),
			failedWith(requestFailed(activities.CancelFailedType, lro.Status{Code: lro.CodePermissionDenied, Message: "no"}, "cancel of "+ref.String()+" was not delivered"))),
			undos: []Undo{undo(activities.CancelOperationName, func(u *Undo) {
				u.Attempt, u.Code, u.LastFailure, u.NextAttempt = 4, "PERMISSION_DENIED", "PERMISSION_DENIED: no", start.Add(time.Minute)
			})}},
		"poll": {reason: "the operation is awaited, and cannot be read", activity: pending(activities.PollOperationName, activities.Heartbeat{Ref: ref, Canceling: true, Undo: record, LastError: down, NextPoll: start.Add(time.Second)}),
			undos: []Undo{undo(activities.PollOperationName, func(u *Undo) {
				u.Code, u.LastFailure, u.NextAttempt = "UNAVAILABLE", "UNAVAILABLE: down", start.Add(time.Second)
			})}},
		"yielded poll": {reason: "a yield is no failure", activity: yielded(pending(activities.PollOperationName, activities.Heartbeat{Ref: ref, Undo: record})),
			undos: []Undo{undo(activities.PollOperationName, func(u *Undo) { u.NextAttempt = start.Add(time.Hour) })}},
		"a wait":    {reason: "it undoes nothing", activity: pending(activities.PollOperationName, activities.Heartbeat{Ref: ref})},
		"canceled":  {reason: "the workflow has gone on without it", activity: canceled},
		"own":       {reason: "nothing tells whether it is an undo", activity: again(pending("DeleteRecord", nil), failedWith(temporal.NewApplicationError("no route\nto host", "net"))), retries: []Retry{{WorkflowID: "w", RunID: "r", ActivityID: "7", ActivityType: "DeleteRecord", Attempt: 4, LastFailure: "no route to host", NextAttempt: start.Add(time.Minute)}}},
		"own, fine": {reason: "it has not failed", activity: pending("DeleteRecord", "a heartbeat of its own")},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Status{WorkflowID: "w", RunID: "r", State: "Running"}
			if row.closed {
				s.State = stateTerminated
			}
			s.addPending(&workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: []*workflowpb.PendingActivityInfo{row.activity}}, Options{})
			if diff := cmp.Diff(row.undos, s.Undos); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			if diff := cmp.Diff(row.retries, s.Retries); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			for _, w := range s.Waits {
				if (w.Undo != nil) != (row.undos != nil) {
					t.Errorf("%s: the wait undoes %+v", row.reason, w.Undo)
				}
			}
		})
	}
}

func TestAttemptFailure(t *testing.T) {
	t.Parallel()
	denied := lro.Status{Code: lro.CodePermissionDenied, Message: "no"}
	cut := failedWith(requestFailed(starters.RemoveFailedType, denied, "projects/p/instances/i was not deleted"))
	cut.GetApplicationFailureInfo().Details = nil
	bare := failedWith(temporal.NewApplicationError("?", starters.RemoveFailedType+".INTERNAL"))
	encoded := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{EncodeCommonAttributes: true})
	rows := map[string]struct {
		reason     string
		failure    *failurepb.Failure
		code, line string
	}{
		"none":      {"no attempt has failed", nil, "", ""},
		"yield":     {"the poll has handed its wait to the server", failed(activities.YieldType, "running, 40%"), "", ""},
		"request":   {"the Status in its details", failedWith(requestFailed(starters.ReadFailedType, denied, "x")), "PERMISSION_DENIED", "PERMISSION_DENIED: no"},
		"cut":       {"the server has dropped its details", cut, "PERMISSION_DENIED", "PERMISSION_DENIED: no"},
		"bare":      {"by hand", bare, "INTERNAL", "INTERNAL: ?"},
		"encoded":   {"the message is in a payload", encoded.ErrorToFailure(requestFailed(starters.RemoveFailedType, denied, "x")), "PERMISSION_DENIED", "PERMISSION_DENIED: no"},
		"typed":     {"a start that was looked for", failedWith(activities.NewError(lro.Failure{Type: lro.TypeStartFailed, StartError: &denied, Resources: []string{"r"}})), "PERMISSION_DENIED", "PERMISSION_DENIED: no"},
		"no status": {"a failure without one", failedWith(activities.NewError(lro.Failure{Type: lro.TypeOperationGone, Outcome: lro.Outcome{Ref: ref}})), "NOT_FOUND", "NOT_FOUND: operation " + ref.String() + " is gone: the service answers NOT_FOUND"},
		"timeout":   {"the worker died", failedWith(temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_START_TO_CLOSE, nil)), "", "no answer in time: the worker died or hung (StartToClose timeout)"},
		"own":       {"its lines become one", failedWith(temporal.NewApplicationError("a\n  b", "T.X")), "", "a b"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code, line := attemptFailure(row.failure, converter.GetDefaultDataConverter()); code != row.code || line != row.line {
				t.Errorf("%s: %q, %q; want %q, %q", row.reason, code, line, row.code, row.line)
			}
		})
	}
}

// A wait that is a part of an undo names it, too.
func TestWaitOfAnUndo(t *testing.T) {
	t.Parallel()
	record := undos.New("step", "resource", start, start)
	w, ok := waitOf(pending(activities.CancelOperationName, activities.Heartbeat{Ref: ref, Undo: record}), converter.GetDefaultDataConverter())
	if !ok || w.Phase != workflows.PhaseCanceling || cmp.Diff(record, w.Undo) != "" {
		t.Errorf("%+v", w)
	}
}
