package control

import (
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities/undos"
)

// Undo is an undo that a saga makes, as its activity tells by heartbeat and Temporal by the activity's last
// failure. An undo whose activity tells nothing is known by [workflows.UndoMemo]. Its times come from the clock of
// the Temporal server. A zero field is not known.
type Undo struct {
	// Step is the name of the step that is undone. Resource is what is left if the undo fails.
	Step     string `json:"step"`
	Resource string `json:"resource,omitempty"`
	// WorkflowID and RunID name the workflow. ActivityID and ActivityType name the activity that undoes: it
	// reads, cancels or awaits the step's operation, or deletes its resource. It may be one of the workflow's own. If
	// there is none, or more than one may be it, ActivityID and ActivityType are "" and Attempt is 0.
	WorkflowID   string `json:"workflowId"`
	RunID        string `json:"runId"`
	ActivityID   string `json:"activityId"`
	ActivityType string `json:"activityType"`
	// Attempt counts the activity's attempts, from 1. A saga's default is to try without a limit.
	Attempt int `json:"attempt"`
	// LastFailure is why the last attempt failed, on one line that begins with Code, such as
	// "PERMISSION_DENIED: no spanner.instances.delete". "" if none has. Code is a code of google.rpc, ""
	// for a failure without one, such as a worker's death.
	LastFailure string `json:"lastFailure,omitempty"`
	Code        string `json:"code,omitempty"`
	// NextAttempt is when it is tried again, zero if it is being tried now.
	NextAttempt time.Time `json:"nextAttempt,omitzero"`
	// StartTime is when the undo began. Deadline is when its window is over: what is not undone then is left.
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	// Worker is the identity of the worker that made the last attempt.
	Worker string `json:"worker,omitempty"`
	// WorkerAwaitedSince is since when the activity waits for its first worker, zero if it does not. If it is more
	// than a moment ago, no worker serves TaskQueue. TaskQueue is "" if it is not known.
	WorkerAwaitedSince time.Time `json:"workerAwaitedSince,omitzero"`
	TaskQueue          string    `json:"taskQueue,omitempty"`
}

// Retry is an activity whose last attempt failed. Its fields are those of an [Undo].
type Retry struct {
	WorkflowID   string    `json:"workflowId"`
	RunID        string    `json:"runId"`
	ActivityID   string    `json:"activityId"`
	ActivityType string    `json:"activityType"`
	Attempt      int       `json:"attempt"`
	LastFailure  string    `json:"lastFailure,omitempty"`
	Code         string    `json:"code,omitempty"`
	NextAttempt  time.Time `json:"nextAttempt,omitzero"`
	Worker       string    `json:"worker,omitempty"`
}

// undoOf is the undo that an activity makes.
func undoOf(record undos.Record, r Retry) Undo {
	return Undo{
		Step: record.Step, Resource: record.Resource, StartTime: record.StartTime, Deadline: record.Deadline,
		WorkflowID: r.WorkflowID, RunID: r.RunID, ActivityID: r.ActivityID, ActivityType: r.ActivityType,
		Attempt: r.Attempt, LastFailure: r.LastFailure, Code: r.Code, NextAttempt: r.NextAttempt, Worker: r.Worker,
	}
}

// undoOfWait is the undo that a wait is a part of. A poll tells by heartbeat why a read failed, and when it
// reads next.
func undoOfWait(w Wait, r Retry) Undo {
	if w.LastError != nil {
		r.Code, r.LastFailure = w.LastError.Code.String(), oneLine(w.LastError.String())
	}
	if r.NextAttempt.IsZero() {
		r.NextAttempt = w.NextPoll
	}
	return undoOf(*w.Undo, r)
}

// retryOf is the attempt of a pending activity of the workflow. Nothing follows it if the workflow has closed.
func (s *Status) retryOf(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) Retry {
	r := Retry{
		WorkflowID: s.WorkflowID, RunID: s.RunID,
		ActivityID: activity.GetActivityId(), ActivityType: activity.GetActivityType().GetName(),
		Attempt: int(activity.GetAttempt()), Worker: activity.GetLastWorkerIdentity(),
	}
	r.Code, r.LastFailure = attemptFailure(activity.GetLastFailure(), decode)
	if at := activity.GetNextAttemptScheduleTime(); at != nil && s.Running() {
		r.NextAttempt = at.AsTime()
	}
	return r
}

// recordOf is what an activity says that it undoes, nil if it does not say so.
func recordOf(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) *undos.Record {
	var beat undos.Heartbeat
	if read(activity, decode, &beat) != nil || beat.Undo == nil || beat.Undo.Step == "" {
		return nil
	}
	return beat.Undo
}
