package control

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Mode is where a wait is between two reads.
type Mode string

// The modes.
const (
	// ModeQueued: the poll waits for a worker, for the first time or after an attempt.
	ModeQueued Mode = "queued"
	// ModeHeld: a worker holds the poll.
	ModeHeld Mode = "held"
	// ModeYielded: the Temporal server holds the poll until the next read.
	ModeYielded Mode = "yielded"
	// ModePaused: the poll's activity is paused.
	ModePaused Mode = "paused"
	// ModeUnknown: the wait is in a child workflow that the server does not describe.
	ModeUnknown Mode = "unknown"
	// ModeLeft: the workflow was terminated or has timed out. The operation may run on, and
	// is not read any more.
	ModeLeft Mode = "left"
)

// Wait is a running wait for an operation or for a set. Its times come from the clocks of
// the Temporal server and of the workers. A zero field is not known.
type Wait struct {
	// WorkflowID and RunID name the workflow that waits. ActivityID names its poll.
	WorkflowID string `json:"workflowId"`
	RunID      string `json:"runId"`
	ActivityID string `json:"activityId,omitempty"`
	// Ref is the operation; zero for a set.
	Ref lro.Ref `json:"ref,omitzero"`
	// Step names the step that has started the operation, such as
	// "CreateInstance projects/p/instances/i". "" for none, and for a set.
	Step string `json:"step,omitempty"`
	// Set is nil for a single operation.
	Set *Set `json:"set,omitempty"`
	// Phase tells whether the operation is awaited or being canceled.
	Phase workflows.WaitPhase `json:"phase"`
	// Mode tells where the wait is.
	Mode Mode `json:"mode"`
	// StartTime and Deadline are those of the wait or, once a cancel is sent, of the wait
	// for its end. Deadline is zero for none.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	// Progress is that of the operation's last metadata.
	Progress lro.Progress `json:"progress"`
	// Message says in words what the wait does.
	Message string `json:"message,omitempty"`
	// Polls is how many reads were made: a lower bound.
	Polls int `json:"polls"`
	// LastPoll is when the operation was last read; zero for a set.
	LastPoll time.Time `json:"lastPoll,omitzero"`
	// NextPoll is when the operation is read next.
	NextPoll time.Time `json:"nextPoll,omitzero"`
	// LastError is why the last read failed, without details; nil if it did not.
	LastError *lro.Status `json:"lastError,omitempty"`
	// BlockedSince is when the service began to refuse reads with 401 or 403, zero if it
	// does not.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// Reported is when the poll sent its last heartbeat, which tells the progress.
	Reported time.Time `json:"reported,omitzero"`
	// Attempt counts the attempts of the poll's activity. Worker is the identity of the
	// worker that made the last one.
	Attempt int    `json:"attempt,omitempty"`
	Worker  string `json:"worker,omitempty"`
	// Undo is what the wait is to undo: an entry of the same activity in [Status].Undos. nil for
	// a wait that undoes nothing.
	Undo *undos.Record `json:"undo,omitempty"`
	// LastFailure is why the last attempt ended, such as a worker's death. "" if the poll
	// ended it.
	LastFailure string `json:"lastFailure,omitempty"`
}

// Percent returns the progress: that of the operation's metadata, or the part of the set
// that has ended. known is false if there is none.
func (w Wait) Percent() (percent int, known bool) {
	if w.Set != nil {
		return 100 * w.Set.Ended / max(w.Set.Total, 1), w.Set.Total > 0
	}
	return w.Progress.Percent, w.Progress.Known
}

// ETA estimates when the operation ends, at the speed it has had so far. known is false if
// there is no progress, or if a cancel was sent.
func (w Wait) ETA() (eta time.Time, known bool) {
	if w.Phase == workflows.PhaseCanceling || w.Mode == ModeLeft {
		return time.Time{}, false
	}
	percent, known := w.Percent()
	start := w.Progress.StartTime
	if start.IsZero() {
		start = w.StartTime
	}
	at := w.LastPoll
	if w.Set != nil {
		at = w.Reported
	}
	if !known || percent <= 0 || start.IsZero() || !at.After(start) {
		return time.Time{}, false
	}
	return start.Add(time.Duration(float64(at.Sub(start)) * 100 / float64(percent))), true
}

// unreadable is the Message of a wait whose heartbeat does not decode.
const unreadable = "its heartbeats do not decode: is the codec configured, and does it answer?"

// waitOf is the wait of a pending activity. ok is false for an activity of another kind, and
// for a canceled poll: the workflow has gone on without it.
func waitOf(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) (w Wait, ok bool) {
	if activity.GetState() == enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED {
		return Wait{}, false
	}
	w = Wait{
		ActivityID: activity.GetActivityId(), Mode: modeOf(activity), Phase: workflows.PhaseAwaiting,
		Attempt: int(activity.GetAttempt()), Worker: activity.GetLastWorkerIdentity(),
		LastFailure: failureOf(activity),
	}
	if at := activity.GetLastHeartbeatTime(); at != nil {
		w.Reported = at.AsTime()
	}
	read := readers[activity.GetActivityType().GetName()]
	if read == nil {
		return w, false
	}
	if err := read(&w, activity, decode); err != nil {
		w.Message = unreadable
	}
	if at := activity.GetNextAttemptScheduleTime(); at != nil && w.Mode == ModeYielded {
		w.NextPoll = at.AsTime()
	}
	return w, true
}

// readers read the last heartbeat of each kind of activity into a wait.
var readers = map[string]func(*Wait, *workflowpb.PendingActivityInfo, converter.DataConverter) error{
	activities.PollOperationName:    (*Wait).readPoll,
	activities.PollOperationsName:   (*Wait).readSetPoll,
	activities.CancelOperationName:  (*Wait).readCancel,
	activities.CancelOperationsName: (*Wait).readSetCancel,
}

func (w *Wait) readPoll(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) error {
	var beat activities.Heartbeat
	err := read(activity, decode, &beat)
	if err == nil {
		w.report(beat)
	}
	return err
}

func (w *Wait) readCancel(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) error {
	var beat activities.Heartbeat
	err := read(activity, decode, &beat)
	w.Ref, w.Phase, w.Message, w.Undo = beat.Ref, workflows.PhaseCanceling, "the cancel is being sent", beat.Undo
	return err
}

func (w *Wait) report(beat activities.Heartbeat) {
	w.Ref, w.Step, w.StartTime, w.Deadline, w.Undo = beat.Ref, beat.Step, beat.StartTime, beat.Deadline, beat.Undo
	w.Progress, w.Message, w.Polls = beat.Progress, beat.Status, beat.Polls
	w.LastPoll, w.NextPoll, w.LastError, w.BlockedSince = beat.LastPoll, beat.NextPoll, beat.LastError, beat.BlockedSince
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

// failureOf is why the last attempt ended, "" if it yielded.
func failureOf(activity *workflowpb.PendingActivityInfo) string {
	failure := activity.GetLastFailure()
	if failure.GetApplicationFailureInfo().GetType() == activities.YieldType {
		return ""
	}
	return failure.GetMessage()
}
