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

// intent is what was there before a call, recorded as a heartbeat before it is
// made: the attempt may die at any instruction.
type intent activities.Known

// record makes the intent known to the Temporal server. The SDK sends an
// attempt's first heartbeat at once and waits for it; if that fails it cancels
// the attempt's context, and no call is made.
func (i *intent) record(ctx context.Context) { activity.RecordHeartbeat(ctx, (*activities.Known)(i)) }

// newIntent is the intent of a call to be made in this situation, by an attempt
// that follows others.
func newIntent(ctx context.Context, s sight, earlier *intent) *intent {
	i := &intent{Exists: s.resource != nil, Operations: s.ids[:min(len(s.ids), maxKnown)], At: activity.GetInfo(ctx).StartedTime.UTC()}
	if earlier != nil {
		*i = *earlier // what came since may be an earlier attempt's
	}
	i.OperationID = s.freeID
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

// taken are the ids that cannot be used, nor read.
func (i *intent) taken() []string {
	if i == nil {
		return nil
	}
	return i.Taken
}

// readLag is for how long what exists may not be readable everywhere.
const readLag = time.Minute

// giveWay has the next attempt take another id, if this one has been in the way
// for longer than reads can lag: it belongs to an operation whose record is gone.
func (i *intent) giveWay(ctx context.Context) {
	if i.OperationID != "" && activity.GetInfo(ctx).StartedTime.Sub(i.At) > readLag {
		i.Taken = append(slices.Clone(i.Taken), i.OperationID)
	}
}
