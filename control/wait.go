package control

import (
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Mode is where a wait is between two reads.
type Mode string

// The modes.
const (
	// ModeQueued: no worker has taken the poll yet, or none has since its last
	// attempt.
	ModeQueued Mode = "queued"
	// ModeHeld: a worker holds the poll.
	ModeHeld Mode = "held"
	// ModeYielded: the Temporal server holds the poll until the next read.
	ModeYielded Mode = "yielded"
	// ModePaused: somebody paused the poll's activity.
	ModePaused Mode = "paused"
	// ModeUnknown: the wait is a child's which the server does not describe.
	ModeUnknown Mode = "unknown"
	// ModeLeft: the workflow was terminated or has timed out, and nobody reads the
	// operation, which may run on.
	ModeLeft Mode = "left"
)

// Wait is one wait under way, of an operation or of a set. Times are the clocks' of
// whoever noted them; a zero field is not known.
type Wait struct {
	// WorkflowID and RunID name the workflow that waits, and ActivityID its poll.
	WorkflowID string `json:"workflowId"`
	RunID      string `json:"runId"`
	ActivityID string `json:"activityId,omitempty"`
	// Ref is the operation; zero for a set.
	Ref lro.Ref `json:"ref,omitzero"`
	// Set is nil for a single operation.
	Set *Set `json:"set,omitempty"`
	// Phase is whether the operation is awaited or being canceled.
	Phase workflows.WaitPhase `json:"phase"`
	// Mode is where the wait is.
	Mode Mode `json:"mode"`
	// StartTime and Deadline are those of the wait, of its cancel once there is one;
	// the Deadline is zero for none.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	// Progress is what the operation's metadata last said.
	Progress lro.Progress `json:"progress"`
	// Message says in words what the wait is at.
	Message string `json:"message,omitempty"`
	// Polls is how many reads were made, at the least.
	Polls int `json:"polls"`
	// LastPoll is when the operation was last read; zero for a set.
	LastPoll time.Time `json:"lastPoll,omitzero"`
	// NextPoll is when the operation is read next.
	NextPoll time.Time `json:"nextPoll,omitzero"`
	// LastError is why the last read failed, without details; nil if it did not.
	LastError *lro.Status `json:"lastError,omitempty"`
	// BlockedSince is since when reads are refused with 401 or 403, zero if they are
	// not.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// Reported is when the poll last sent a heartbeat: what is told of it is as old.
	Reported time.Time `json:"reported,omitzero"`
	// Attempt counts the attempts of the poll's activity. Worker is the identity of
	// the worker that has the last one.
	Attempt int    `json:"attempt,omitempty"`
	Worker  string `json:"worker,omitempty"`
	// LastFailure is what ended the last attempt, if that was not the poll itself:
	// a worker's death, say.
	LastFailure string `json:"lastFailure,omitempty"`
}

// Set is how far a set is.
type Set struct {
	// In is what the names of all begin with, as far as it is known.
	In string `json:"in,omitempty"`
	// Total and Ended count the operations, and those that have ended, Failing those
	// whose last read failed.
	Total   int `json:"total"`
	Ended   int `json:"ended"`
	Failing int `json:"failing,omitempty"`
}

// Percent returns how far the wait is: what the operation's metadata says, or which
// part of the set has ended. known is false where nobody says.
func (w Wait) Percent() (percent int, known bool) {
	if w.Set != nil {
		return 100 * w.Set.Ended / max(w.Set.Total, 1), w.Set.Total > 0
	}
	return w.Progress.Percent, w.Progress.Known
}

// ETA estimates when the operation ends, as if it went on as it has. known is false
// where there is no progress to tell by, or the operation has been sent a cancel.
func (w Wait) ETA() (eta time.Time, known bool) {
	if w.Phase == workflows.PhaseCanceling || w.Mode == ModeLeft {
		return time.Time{}, false
	}
	percent, known := w.Percent()
	began := w.Progress.StartTime
	if began.IsZero() {
		began = w.StartTime
	}
	at := w.LastPoll
	if w.Set != nil {
		at = w.Reported
	}
	if !known || percent <= 0 || began.IsZero() || !at.After(began) {
		return time.Time{}, false
	}
	return began.Add(time.Duration(float64(at.Sub(began)) * 100 / float64(percent))), true
}

// unreadable is the Message of a wait whose heartbeat does not decode.
const unreadable = "its reports do not decode: is the codec given, and does it answer?"

// waitOf is the wait that a pending activity is of, if it is of one. A canceled poll
// is not: the workflow has gone on without it.
func waitOf(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) (Wait, bool) {
	if activity.GetState() == enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED {
		return Wait{}, false
	}
	w := Wait{
		ActivityID: activity.GetActivityId(), Mode: modeOf(activity), Phase: workflows.PhaseAwaiting,
		Attempt: int(activity.GetAttempt()), Worker: activity.GetLastWorkerIdentity(),
		LastFailure: failureOf(activity),
	}
	if at := activity.GetLastHeartbeatTime(); at != nil {
		w.Reported = at.AsTime()
	}
	var beat activities.Heartbeat
	var err error
	switch activity.GetActivityType().GetName() {
	case activities.PollOperationName:
		if err = read(activity, decode, &beat); err == nil {
			w.report(beat)
		}
	case activities.PollOperationsName:
		w.Set = &Set{}
		var beat activities.SetHeartbeat
		if err = read(activity, decode, &beat); err == nil {
			w.reportSet(beat)
		}
	case activities.CancelOperationName:
		err = read(activity, decode, &beat)
		w.Ref, w.Phase, w.Message = beat.Ref, workflows.PhaseCanceling, "the cancel is being sent"
	case activities.CancelOperationsName:
		var beat activities.CancelSetHeartbeat
		err = read(activity, decode, &beat)
		w.Set = &Set{In: beat.In}
		w.Phase, w.Message = workflows.PhaseCanceling, "the cancels are being sent"
		if accepted, sent := beat.Accepted(); sent > 0 {
			w.Message = fmt.Sprintf("the cancels are being sent: %d of %d, %d accepted", sent, beat.Total, accepted)
		}
	default:
		return w, false
	}
	if err != nil {
		w.Message = unreadable
	}
	if at := activity.GetNextAttemptScheduleTime(); at != nil && w.Mode == ModeYielded {
		w.NextPoll = at.AsTime()
	}
	return w, true
}

func (w *Wait) report(beat activities.Heartbeat) {
	w.Ref, w.StartTime, w.Deadline = beat.Ref, beat.StartTime, beat.Deadline
	w.Progress, w.Message, w.Polls = beat.Progress, beat.Status, beat.Polls
	w.LastPoll, w.NextPoll, w.LastError, w.BlockedSince = beat.LastPoll, beat.NextPoll, beat.LastError, beat.BlockedSince
	w.phase(beat.Canceling)
}

func (w *Wait) reportSet(beat activities.SetHeartbeat) {
	w.Set = &Set{In: beat.In, Total: beat.Total, Ended: beat.Ended, Failing: beat.Failing}
	w.StartTime, w.Deadline = beat.StartTime, beat.Deadline
	w.Message, w.Polls = beat.Status, beat.Polls
	w.NextPoll, w.LastError, w.BlockedSince = beat.NextPoll, beat.LastError, beat.BlockedSince
	w.phase(beat.Canceling)
}

func (w *Wait) phase(canceling bool) {
	if canceling {
		w.Phase = workflows.PhaseCanceling
	}
}

// read reads the activity's heartbeat, if there is one yet.
func read(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter, into any) error {
	payloads := activity.GetHeartbeatDetails()
	if len(payloads.GetPayloads()) == 0 {
		return nil
	}
	return decode.FromPayloads(payloads, into)
}

func modeOf(activity *workflowpb.PendingActivityInfo) Mode {
	switch activity.GetState() {
	case enumspb.PENDING_ACTIVITY_STATE_PAUSED, enumspb.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED:
		return ModePaused
	case enumspb.PENDING_ACTIVITY_STATE_STARTED:
		return ModeHeld
	default:
		if activity.GetLastFailure().GetApplicationFailureInfo().GetType() == activities.YieldType && activity.GetNextAttemptScheduleTime() != nil {
			return ModeYielded
		}
		return ModeQueued
	}
}

// failureOf is why the last attempt ended, unless it handed the wait back.
func failureOf(activity *workflowpb.PendingActivityInfo) string {
	failure := activity.GetLastFailure()
	if failure.GetApplicationFailureInfo().GetType() == activities.YieldType {
		return ""
	}
	return failure.GetMessage()
}
