package control

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

var (
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ref   = lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
)

func pending(name string, beat any) *workflowpb.PendingActivityInfo {
	activity := &workflowpb.PendingActivityInfo{ActivityId: "7", ActivityType: &commonpb.ActivityType{Name: name}, State: enumspb.PENDING_ACTIVITY_STATE_STARTED, Attempt: 1}
	if beat != nil {
		payloads, err := converter.GetDefaultDataConverter().ToPayloads(beat)
		if err != nil {
			panic(err)
		}
		activity.HeartbeatDetails = payloads
	}
	return activity
}

func yielded(activity *workflowpb.PendingActivityInfo) *workflowpb.PendingActivityInfo {
	activity.State = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED
	activity.NextAttemptScheduleTime = timestamppb.New(start.Add(time.Hour))
	activity.LastFailure = failed(activities.YieldType, "running, 40%, next poll in 60s")
	return activity
}

func failed(kind, message string) *failurepb.Failure {
	return &failurepb.Failure{Message: message, FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: kind}}}
}

func TestWaitOf(t *testing.T) {
	t.Parallel()
	beat := activities.Heartbeat{
		Ref: ref, Step: "UpdateInstance i", StartTime: start, Deadline: start.Add(time.Hour), Polls: 3, Status: "running, 40%",
		Progress: lro.Progress{Known: true, Percent: 40}, LastPoll: start.Add(time.Minute), NextPoll: start.Add(2 * time.Minute),
	}
	single := Wait{
		ActivityID: "7", Ref: ref, Step: "UpdateInstance i", Phase: workflows.PhaseAwaiting, Mode: ModeHeld, StartTime: start, Deadline: start.Add(time.Hour),
		Progress: beat.Progress, Message: "running, 40%", Polls: 3, LastPoll: start.Add(time.Minute), NextPoll: start.Add(2 * time.Minute), Attempt: 1,
	}
	with := func(change func(*Wait)) Wait {
		w := single
		change(&w)
		return w
	}
	bare := Wait{ActivityID: "7", Phase: workflows.PhaseAwaiting, Mode: ModeHeld, Attempt: 1}
	unread := bare
	unread.Message = unreadable
	canceling := beat
	canceling.Canceling = true
	troubled := beat
	troubled.LastError = &lro.Status{Code: lro.CodePermissionDenied, Message: "no"}
	troubled.BlockedSince = start
	tests := map[string]struct {
		reason   string
		activity *workflowpb.PendingActivityInfo
		want     Wait
		none     bool
	}{
		"held":       {reason: "what the heartbeat says", activity: pending(activities.PollOperationName, beat), want: single},
		"canceling":  {reason: "after a cancel", activity: pending(activities.PollOperationName, canceling), want: with(func(w *Wait) { w.Phase = workflows.PhaseCanceling })},
		"trouble":    {reason: "why reads fail, and since when", activity: pending(activities.PollOperationName, troubled), want: with(func(w *Wait) { w.LastError, w.BlockedSince = troubled.LastError, start })},
		"yielded":    {reason: "the server knows when the next read is", activity: yielded(pending(activities.PollOperationName, beat)), want: with(func(w *Wait) { w.Mode, w.NextPoll = ModeYielded, start.Add(time.Hour) })},
		"no beat":    {reason: "nothing is known yet", activity: pending(activities.PollOperationName, nil), want: bare},
		"other beat": {reason: "a heartbeat that does not decode tells nothing else", activity: pending(activities.PollOperationName, "text"), want: unread},
		"queued": {reason: "no worker has taken it", activity: func() *workflowpb.PendingActivityInfo {
			a := pending(activities.PollOperationName, nil)
			a.State = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED
			return a
		}(), want: Wait{ActivityID: "7", Phase: workflows.PhaseAwaiting, Mode: ModeQueued, Attempt: 1}},
		"worker died": {reason: "that is no word of the poll's", activity: func() *workflowpb.PendingActivityInfo {
			a := pending(activities.PollOperationName, beat)
			a.State, a.Attempt, a.LastFailure = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, 2, &failurepb.Failure{Message: "activity Heartbeat timeout"}
			return a
		}(), want: with(func(w *Wait) { w.Mode, w.Attempt, w.LastFailure = ModeQueued, 2, "activity Heartbeat timeout" })},
		"paused": {reason: "by somebody", activity: func() *workflowpb.PendingActivityInfo {
			a := pending(activities.PollOperationName, beat)
			a.State = enumspb.PENDING_ACTIVITY_STATE_PAUSED
			return a
		}(), want: with(func(w *Wait) { w.Mode = ModePaused })},
		"superseded": {reason: "the workflow has gone on without it", activity: func() *workflowpb.PendingActivityInfo {
			a := pending(activities.PollOperationName, beat)
			a.State = enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
			return a
		}(), none: true},
		"set": {reason: "counts", activity: pending(activities.PollOperationsName, sets.PollHeartbeat{In: "//s/projects/p", Total: 5, Ended: 2, Failing: 1, Polls: 9, Status: "2 of 5 ended", LastError: &lro.Status{Code: lro.CodeUnavailable}}), want: Wait{
			ActivityID: "7", Phase: workflows.PhaseAwaiting, Mode: ModeHeld, Attempt: 1, Polls: 9, Message: "2 of 5 ended",
			Set: &Set{In: "//s/projects/p", Total: 5, Ended: 2, Failing: 1}, LastError: &lro.Status{Code: lro.CodeUnavailable},
		}},
		"set with members": {reason: "they are named in full", activity: pending(activities.PollOperationsName, sets.PollHeartbeat{In: "//spanner.googleapis.com/projects/p/instances/i", Total: 5, Members: []sets.Member{
			{Name: "operations/o", Step: "UpdateInstance i", State: lro.StateFailed, Error: &lro.Status{Code: lro.CodeInternal}},
			{Name: "databases/d/operations/x", State: lro.StateRunning, Progress: lro.Progress{Known: true, Percent: 40}},
		}}), want: Wait{
			ActivityID: "7", Phase: workflows.PhaseAwaiting, Mode: ModeHeld, Attempt: 1,
			Set: &Set{In: "//spanner.googleapis.com/projects/p/instances/i", Total: 5, More: 3, Members: []Member{
				{Ref: ref, Step: "UpdateInstance i", State: lro.StateFailed, Error: &lro.Status{Code: lro.CodeInternal}},
				{Ref: lro.Ref{Service: ref.Service, Name: "projects/p/instances/i/databases/d/operations/x"}, State: lro.StateRunning, Progress: lro.Progress{Known: true, Percent: 40}},
			}},
		}},
		"cancel": {reason: "its cancel is being sent", activity: pending(activities.CancelOperationName, activities.Heartbeat{Ref: ref, Canceling: true}), want: Wait{
			ActivityID: "7", Ref: ref, Phase: workflows.PhaseCanceling, Mode: ModeHeld, Attempt: 1, Message: "the cancel is being sent",
		}},
		"cancels": {reason: "those of a set are", activity: pending(activities.CancelOperationsName, sets.CancelHeartbeat{In: "//s/projects/p", Total: 5, Sent: []byte{4 + 5*4 + 25*3, 0}}), want: Wait{
			ActivityID: "7", Phase: workflows.PhaseCanceling, Mode: ModeHeld, Attempt: 1, Set: &Set{In: "//s/projects/p"}, Message: "the cancels are being sent: 3 of 5, 2 accepted",
		}},
		"cancels to come": {reason: "none is sent yet", activity: pending(activities.CancelOperationsName, sets.CancelHeartbeat{Total: 5}), want: Wait{
			ActivityID: "7", Phase: workflows.PhaseCanceling, Mode: ModeHeld, Attempt: 1, Set: &Set{}, Message: "the cancels are being sent",
		}},
		"another's": {reason: "no wait", activity: pending("provision", nil), none: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := waitOf(tt.activity, converter.GetDefaultDataConverter())
			if ok == tt.none {
				t.Fatalf("%s: a wait: %v", tt.reason, ok)
			}
			if diff := cmp.Diff(tt.want, got); !tt.none && diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
			encoded, err := json.Marshal(got)
			var back Wait
			if err != nil || json.Unmarshal(encoded, &back) != nil || !cmp.Equal(got, back) {
				t.Errorf("read back from JSON as %+v, %v", back, err)
			}
		})
	}
}

func TestETA(t *testing.T) {
	t.Parallel()
	began := start.Add(-time.Minute)
	tests := map[string]struct {
		reason string
		wait   Wait
		want   time.Time
	}{
		"half":           {"as long again", Wait{StartTime: start, LastPoll: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 50}}, start.Add(2 * time.Minute)},
		"began earlier":  {"the operation's own start counts", Wait{StartTime: start, LastPoll: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 50, StartTime: began}}, start.Add(3 * time.Minute)},
		"0%":             {"nothing to tell by", Wait{StartTime: start, LastPoll: start.Add(time.Minute), Progress: lro.Progress{Known: true}}, time.Time{}},
		"unknown":        {"nothing to tell by", Wait{StartTime: start, LastPoll: start.Add(time.Minute)}, time.Time{}},
		"not yet polled": {"nothing to tell by", Wait{StartTime: start, Progress: lro.Progress{Known: true, Percent: 50}}, time.Time{}},
		"canceling":      {"it shall not go on as it has", Wait{Phase: workflows.PhaseCanceling, StartTime: start, LastPoll: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 50}}, time.Time{}},
		"left":           {"nobody looks", Wait{Mode: ModeLeft, StartTime: start, LastPoll: start.Add(time.Minute), Progress: lro.Progress{Known: true, Percent: 50}}, time.Time{}},
		"a set":          {"by what has ended", Wait{StartTime: start, Reported: start.Add(time.Minute), Set: &Set{Total: 4, Ended: 1}}, start.Add(4 * time.Minute)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, known := tt.wait.ETA()
			if !got.Equal(tt.want) || known == tt.want.IsZero() {
				t.Errorf("%s: %v, %v, want %v", tt.reason, got, known, tt.want)
			}
		})
	}
}
