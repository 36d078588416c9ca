package spanner

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
)

// maxKnown bounds the ids in an intent, and so its size: a heartbeat shall stay
// small. Operations are listed for a week or two.
const maxKnown = 100

// intent is recorded as a heartbeat before the call that starts an operation, so
// that a later attempt knows what the call may have brought about: what was not
// there before.
type intent struct {
	activities.Known
	// OperationID is the id asked for, where it is the caller's to choose.
	OperationID string `json:"operationId,omitempty"`
	// Taken are ids that answer ALREADY_EXISTS though nothing of them can be read.
	Taken []string `json:"taken,omitempty"`
	// At is when the first attempt that called began, by Temporal's clock.
	At time.Time `json:"at"`
	// Disarmed says that the call was refused, and brought about nothing.
	Disarmed bool `json:"disarmed,omitempty"`
}

// recorded returns the intent of an earlier attempt, nil if none has made a call
// that may have brought something about.
func recorded(ctx context.Context) *intent {
	if !activity.HasHeartbeatDetails(ctx) {
		return nil
	}
	var i intent
	if activity.GetHeartbeatDetails(ctx, &i) != nil || i.At.IsZero() || i.Disarmed {
		return nil
	}
	return &i
}

// record makes the intent known to the Temporal server. The SDK sends an
// attempt's first heartbeat at once and waits for it; if that fails it cancels
// the attempt's context, and no call is made. A later one of the attempt is sent
// along with its failure.
func (i *intent) record(ctx context.Context) { activity.RecordHeartbeat(ctx, i) }

// newIntent is the intent of a call to be made in this situation, by an attempt
// that follows earlier.
func newIntent(ctx context.Context, s sight, earlier *intent) *intent {
	i := &intent{Known: s.known(), OperationID: s.freeID, At: activity.GetInfo(ctx).StartedTime.UTC()}
	if earlier != nil {
		// What came since may be an earlier attempt's.
		i.Known, i.Taken, i.At = earlier.Known, earlier.Taken, earlier.At
	}
	return i
}

// broughtAbout returns the newest operation that was not there before the
// intent, nil if there is none.
func (i *intent) broughtAbout(s sight) *candidate {
	for at := range s.operations {
		id := lastSegment(s.operations[at].Name)
		if i.OperationID != "" && id != i.OperationID || slices.Contains(i.Operations, id) {
			continue
		}
		if len(i.Operations) == maxKnown && at > 0 {
			break // older ones may have been left out
		}
		return &s.operations[at]
	}
	return nil
}
