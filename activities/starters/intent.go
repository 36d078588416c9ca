package starters

import (
	"path"
	"slices"
	"time"
)

// maxKnown bounds the ids in an intent and so its size, since a heartbeat is to stay
// small. Services list operations for a week or two.
const maxKnown = 100

// intentOf is the intent to make a call: what was there before it. An attempt records it before the
// call, because it may end at any instruction. The intent of an earlier call stays, because what came
// since may be that call's. started is when the attempt began, by Temporal's clock.
func intentOf(seen Seen, earlier *Known, started time.Time) *Known {
	known := &Known{Exists: seen.Target != nil, At: started.UTC()}
	for _, op := range seen.Operations[:min(len(seen.Operations), maxKnown)] {
		known.Operations = append(known.Operations, path.Base(op.Name))
	}
	if earlier != nil {
		*known = *earlier
	}
	known.OperationID = seen.OperationID
	return known
}

// newSince returns the operations that were not there before the first call. c.known is not nil.
func (c claim) newSince(operations []Operation) []Operation {
	var found []Operation
	older := false // whether those that follow may be older than the intent
	for _, op := range operations {
		switch {
		case slices.Contains(c.known.Operations, path.Base(op.Name)):
			older = true
		case older && len(c.known.Operations) == maxKnown:
			return found // the intent may have left out older ones
		default:
			found = append(found, op)
		}
	}
	return found
}

// takenIDs are the operation ids that can neither be used nor read.
func takenIDs(known *Known) []string {
	if known == nil {
		return nil
	}
	return known.Taken
}

// listedBefore are the ids of the operations that were there before the first call.
func listedBefore(known *Known) []string {
	if known == nil {
		return nil
	}
	return known.Operations
}

// calledAt is when the first call was made, zero for none.
func calledAt(known *Known) time.Time {
	if known == nil {
		return time.Time{}
	}
	return known.At
}

// giveWay makes the next attempt take another operation id, if this one has answered ALREADY_EXISTS
// for longer than reads can lag. The id then belongs to an operation whose record is gone.
func giveWay(known *Known, started time.Time) {
	if known.OperationID != "" && started.Sub(known.At) > readLag {
		known.Taken = append(slices.Clone(known.Taken), known.OperationID)
	}
}
