package control

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
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

// observe takes what a poll now has read, if that is newer than the poll's own report.
func (w *Wait) observe(o *workflows.Observed) {
	if o == nil || !o.Time.After(w.LastPoll) {
		return
	}
	w.Progress, w.LastPoll, w.Message = o.Progress, o.Time, polls.Running(o.Progress)
	w.LastError, w.BlockedSince = nil, time.Time{}
}
