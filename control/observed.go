package control

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/workflows"
)

// observedIn is what a memo says of the last poll now, nil for nothing. A heartbeat that does
// not decode either says so.
func observedIn(memo *commonpb.Memo, decode converter.DataConverter) *workflows.Observed {
	payload := memo.GetFields()[workflows.ObservedMemo]
	var observed workflows.Observed
	if payload == nil || decode.FromPayload(payload, &observed) != nil {
		return nil
	}
	return &observed
}

// observe takes what a poll now has read, if that is newer than the poll's own report. A poll that began at a time, and
// has reported nothing yet, may go on for another one, which may have read since: only what was read after that time is
// newer then. A zero time is not known.
func (w *Wait) observe(o *workflows.Observed, began time.Time) {
	if o == nil || !o.Time.After(w.LastPoll) {
		return
	}
	if w.LastPoll.IsZero() && (began.IsZero() || o.Time.Before(began)) {
		return
	}
	w.Progress, w.LastPoll, w.Message = o.Progress, o.Time, polls.Running(o.Progress)
	w.LastError, w.BlockedSince = nil, time.Time{}
}

// firstScheduled is when an activity began, zero if that is not known: the server keeps when an attempt was scheduled.
func firstScheduled(activity *workflowpb.PendingActivityInfo) time.Time {
	if activity.GetAttempt() > 1 || activity.GetScheduledTime() == nil {
		return time.Time{}
	}
	return activity.GetScheduledTime().AsTime()
}
