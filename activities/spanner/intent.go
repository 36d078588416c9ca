package spanner

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
)

// maxKnown bounds the ids in an intent, and so its size: a heartbeat shall stay
// small. Operations are listed for a week or two.
const maxKnown = 100

// intent is recorded as a heartbeat before the call that starts an operation, so
// that a later attempt knows what the call may have brought about: an operation
// that was not there before.
type intent struct {
	// Known are the ids of the method's operations that were there, the newest
	// maxKnown of them.
	Known []string `json:"known,omitempty"`
	// OperationID is the id asked for, where it is the caller's to choose.
	OperationID string `json:"operationId,omitempty"`
	// At is when it was recorded, by the worker's clock. For people.
	At time.Time `json:"at"`
}

// recorded returns the intent of an earlier attempt, nil if none had come so far.
func recorded(ctx context.Context) *intent {
	if !activity.HasHeartbeatDetails(ctx) {
		return nil
	}
	var i intent
	if activity.GetHeartbeatDetails(ctx, &i) != nil || i.At.IsZero() {
		return nil
	}
	return &i
}

// record makes the intent known to the Temporal server. The SDK sends an
// attempt's first heartbeat at once and waits for it; if that fails, so does the
// attempt's context or nothing, and what is lost is the knowledge of one try.
func (i *intent) record(ctx context.Context) { activity.RecordHeartbeat(ctx, i) }

// newIntent is the intent of a call to be made in this situation.
func newIntent(s sight) *intent {
	return &intent{Known: s.ids[:min(len(s.ids), maxKnown)], OperationID: s.freeID, At: time.Now().UTC()}
}

// broughtAbout returns the newest operation that was not there before the
// intent, nil if there is none.
func (i *intent) broughtAbout(s sight) *candidate {
	for at := range s.operations {
		id := lastSegment(s.operations[at].Name)
		if i.OperationID != "" && id != i.OperationID || slices.Contains(i.Known, id) {
			continue
		}
		if len(i.Known) == maxKnown && at > 0 {
			break // older ones may have been left out of Known
		}
		return &s.operations[at]
	}
	return nil
}
