package activities

import (
	"context"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// Heartbeat is the progress record of a PollOperation and of a CancelOperation. A describe of the
// workflow shows it with the pending activity. It never holds metadata and stays below 4 KiB. A
// later attempt reads it back. If it is lost, graces start again and Polls counts fewer.
type Heartbeat struct {
	// Ref, Step, StartTime, Deadline and Canceling are the input's. A Ref of more than 1 KiB is left
	// out, and so is a Step of more than 384 bytes.
	Ref       lro.Ref   `json:"ref,omitzero"`
	Step      string    `json:"step,omitempty"`
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	Canceling bool      `json:"canceling,omitempty"`
	// Polls counts the reads of the wait.
	Polls int `json:"polls"`
	// Seen is true once the service has returned the operation.
	Seen bool `json:"seen,omitempty"`
	// BlockedSince is since when reads are refused with 401 or 403, zero if the last one was not.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// Sent is how far the cancels of a CancelOperation have come. It counts a cancel that is about
	// to be sent.
	Sent cancels.Sent `json:"sent,omitempty"`
	// Progress is the progress by the last metadata.
	Progress lro.Progress `json:"progress"`
	// Status says in words what the wait does.
	Status string `json:"status,omitempty"`
	// LastError is why the last read failed, without details; nil if it did not.
	LastError *lro.Status `json:"lastError,omitempty"`
	// LastPoll is when the last read was answered. The other fields about the operation are as old.
	LastPoll time.Time `json:"lastPoll,omitzero"`
	// NextPoll is when the operation is read next.
	NextPoll time.Time `json:"nextPoll,omitzero"`
	// NotBefore is the end of the time for which the service asked not to be read again. A later
	// attempt keeps to it. It is zero without such advice, or if the Temporal server keeps to it.
	NotBefore time.Time `json:"notBefore,omitzero"`
	// Undo is the input's.
	Undo *undos.Record `json:"undo,omitempty"`
}

// lastHeartbeat returns the record of the attempt before.
func lastHeartbeat(ctx context.Context) Heartbeat {
	var beat Heartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &beat) != nil {
		return Heartbeat{}
	}
	return beat
}

const (
	// maxBeatName bounds a name in a heartbeat, in bytes of the JSON, which takes six for a '<'.
	maxBeatName = 1 << 10
	// maxBeatStep bounds the name of a step there, in bytes of JSON.
	maxBeatStep = 384
	// maxBeatMessage bounds a message there, before it is encoded.
	maxBeatMessage = 128
)

// describes fills in the fields of the input.
func (h *Heartbeat) describes(in *PollInput) {
	h.Ref = in.Ref
	if lro.EncodedSize(in.Ref) > maxBeatName {
		h.Ref = lro.Ref{}
	}
	if h.Step = strings.ToValidUTF8(in.Step, "\uFFFD"); lro.EncodedSize(h.Step) > maxBeatStep {
		h.Step = ""
	}
	h.StartTime, h.Deadline, h.Canceling = in.StartTime.UTC(), in.Deadline, in.Canceling
	h.Undo = in.Undo
}

// sameStatus reports whether two brief statuses say the same.
func sameStatus(a, b *lro.Status) bool {
	return a != nil && b != nil && a.Code == b.Code && a.Message == b.Message
}

// brief is a failed read's status in a size that fits a heartbeat.
func brief(err error) *lro.Status { return briefly(lro.StatusOf(err)) }

// briefly is a status in a size that fits a heartbeat, nil for nil.
func briefly(status *lro.Status) *lro.Status {
	if status == nil {
		return nil
	}
	return &lro.Status{Code: status.Code, Message: strings.ToValidUTF8(status.Message[:min(len(status.Message), maxBeatMessage)], "")}
}
