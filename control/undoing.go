package control

import (
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/workflows"
)

// mayUndo reports whether a memo may name undos. With a payload codec it may also hold null.
func mayUndo(memo *commonpb.Memo) bool {
	return len(memo.GetFields()[workflows.UndoMemo].GetData()) > 0
}

// undosIn are the undos that the memo of a run names, nil for none. A run that goes on from another one has that one's
// memo: undos from before its start are not its own.
func undosIn(info *workflowpb.WorkflowExecutionInfo, decode converter.DataConverter) []undos.Record {
	var undoing workflows.Undoing
	if !mayUndo(info.GetMemo()) || decode.FromPayload(info.GetMemo().GetFields()[workflows.UndoMemo], &undoing) != nil {
		return nil
	}
	began := info.GetStartTime()
	return slices.DeleteFunc(undoing.Undos, func(r undos.Record) bool { return began != nil && r.StartTime.Before(began.AsTime()) })
}

// addSilent adds the undos of the memo that no activity tells by heartbeat. Their activities, if they have any, are among
// those that tell nothing.
func (s *Status) addSilent(pending []*workflowpb.PendingActivityInfo, decode converter.DataConverter) {
	silent := slices.DeleteFunc(slices.Clone(s.undoing), func(r undos.Record) bool { return s.tells(r) })
	if len(silent) == 0 {
		return
	}
	theirs := slices.DeleteFunc(slices.Clone(pending), func(a *workflowpb.PendingActivityInfo) bool {
		return speaks(a, decode) || a.GetScheduledTime().AsTime().Before(silent[0].StartTime)
	})
	if len(silent) == 1 && len(theirs) == 1 {
		s.addUndoBy(theirs[0], silent[0], decode)
		return
	}
	since := s.allAwaitedSince(theirs, len(silent))
	for _, record := range silent {
		u := undoOf(record, Retry{WorkflowID: s.WorkflowID, RunID: s.RunID})
		u.WorkerAwaitedSince = since
		s.Undos = append(s.Undos, u)
	}
}

// tells reports whether an activity tells of the undo.
func (s *Status) tells(r undos.Record) bool {
	return slices.ContainsFunc(s.Undos, func(u Undo) bool {
		return u.Step == r.Step && u.Resource == r.Resource && u.StartTime.Equal(r.StartTime)
	})
}

// speaks reports whether an activity says by heartbeat what it does, or is canceled.
func speaks(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) bool {
	_, waits := readers[activity.GetActivityType().GetName()]
	return activity.GetState() == enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED || recordOf(activity, decode) != nil ||
		waits && len(activity.GetHeartbeatDetails().GetPayloads()) > 0
}

// addUndoBy adds an undo that an activity makes which does not say so. It is no retry any more, and its wait is a part
// of the undo.
func (s *Status) addUndoBy(activity *workflowpb.PendingActivityInfo, record undos.Record, decode converter.DataConverter) {
	u := undoOf(record, s.retryOf(activity, decode))
	u.WorkerAwaitedSince, u.TaskQueue = s.awaitedSince(activity), activity.GetActivityOptions().GetTaskQueue().GetName()
	s.Undos = append(s.Undos, u)
	s.Retries = slices.DeleteFunc(s.Retries, func(r Retry) bool { return r.ActivityID == u.ActivityID })
	for i := range s.Waits {
		if s.Waits[i].ActivityID == u.ActivityID {
			s.Waits[i].Undo = &record
		}
	}
}

// awaitedSince is since when an activity waits for its first worker, zero if it does not.
func (s *Status) awaitedSince(activity *workflowpb.PendingActivityInfo) time.Time {
	if !s.Running() || activity.GetState() != enumspb.PENDING_ACTIVITY_STATE_SCHEDULED || activity.GetAttempt() > 1 || activity.GetScheduledTime() == nil {
		return time.Time{}
	}
	return activity.GetScheduledTime().AsTime()
}

// allAwaitedSince is since when n activities or more wait for their first workers, zero if one of them does not.
func (s *Status) allAwaitedSince(pending []*workflowpb.PendingActivityInfo, n int) (first time.Time) {
	if len(pending) < n {
		return time.Time{}
	}
	for _, activity := range pending {
		at := s.awaitedSince(activity)
		if at.IsZero() {
			return time.Time{}
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}
