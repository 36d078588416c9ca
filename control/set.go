package control

import (
	"fmt"

	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Set is the progress of a set.
type Set struct {
	// In is the common beginning of the operations' names. "" if it is not known.
	In string `json:"in,omitempty"`
	// Total counts the operations, Ended those that have ended, Failing those whose last
	// read failed.
	Total   int `json:"total"`
	Ended   int `json:"ended"`
	Failing int `json:"failing,omitempty"`
	// Members are some of the operations, as the poll last reported them: at most 20, and as
	// many as its heartbeat has room for. Those that failed come first, then those that
	// cannot be read, those whose last read failed, those that run, and the rest.
	Members []Member `json:"members,omitempty"`
	// More counts the other operations, if there are Members.
	More int `json:"more,omitempty"`
}

// Member is an operation of a set.
type Member struct {
	Ref lro.Ref `json:"ref"`
	// Step names the step that has started the operation, "" for none.
	Step string `json:"step,omitempty"`
	// State is the operation's, as it was last read.
	State lro.State `json:"state"`
	// Unread says that the operation cannot be read, for the reason in Error. The set reads
	// it no more.
	Unread bool `json:"unread,omitempty"`
	// Error is the operation's own or, while it runs, why its last read failed. It has no
	// details. nil for none.
	Error *lro.Status `json:"error,omitempty"`
	// Progress is that of the last metadata of an operation that runs.
	Progress lro.Progress `json:"progress,omitzero"`
}

func (w *Wait) readSetPoll(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) error {
	w.Set = &Set{}
	var beat sets.PollHeartbeat
	err := read(activity, decode, &beat)
	if err == nil {
		w.reportSet(beat)
	}
	return err
}

func (w *Wait) readSetCancel(activity *workflowpb.PendingActivityInfo, decode converter.DataConverter) error {
	var beat sets.CancelHeartbeat
	err := read(activity, decode, &beat)
	w.Set = &Set{In: beat.In}
	w.Phase, w.Message = workflows.PhaseCanceling, "the cancels are being sent"
	if accepted, sent := beat.Accepted(); sent > 0 {
		w.Message = fmt.Sprintf("the cancels are being sent: %d of %d, %d accepted", sent, beat.Total, accepted)
	}
	return err
}

func (w *Wait) reportSet(beat sets.PollHeartbeat) {
	w.Set = &Set{In: beat.In, Total: beat.Total, Ended: beat.Ended, Failing: beat.Failing, Members: membersOf(beat)}
	if shown := len(w.Set.Members); shown > 0 {
		w.Set.More = max(beat.Total-shown, 0)
	}
	w.StartTime, w.Deadline = beat.StartTime, beat.Deadline
	w.Message, w.Polls = beat.Status, beat.Polls
	w.NextPoll, w.LastError, w.BlockedSince = beat.NextPoll, beat.LastError, beat.BlockedSince
	w.phase(beat.Canceling)
}

// membersOf are the operations that a set's heartbeat shows.
func membersOf(beat sets.PollHeartbeat) []Member {
	var members []Member
	for _, m := range beat.Members {
		members = append(members, Member{
			Ref: beat.RefOf(m), Step: m.Step, State: m.State, Unread: m.Unread, Error: m.Error, Progress: m.Progress,
		})
	}
	return members
}
