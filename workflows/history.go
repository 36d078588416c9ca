package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// DefaultMaxHistoryLength is [SagaOptions.MaxHistoryLength] where that is 0. A Temporal
// server terminates a workflow whose history has more than 51,200 events or 50 MiB, by
// default, and no undo runs.
const DefaultMaxHistoryLength = 45_000

const (
	// undoEvents is how many events of history a saga keeps free for each step to undo. A
	// step of a RunAll was measured to take 4.5 events, its undo 6 or, in parallel, 4.4, and one more for UndoMemo.
	undoEvents = 12
	// retryEvents is how many events a saga keeps free for each step to undo when it retries
	// a start: those of the undo alone.
	retryEvents = 7
	// undoBytes is how many bytes a saga keeps free for each step to undo, beside the names.
	// A step and its undo were measured to take 2.2 KB.
	undoBytes = 4 << 10
	// maxHistorySize and fullHistorySize bound the history's size as the two bounds of
	// its length do.
	maxHistorySize, fullHistorySize = 44 << 20, 49 << 20
	// reportsEnd is the length of the history, in events, from which an inline wait reports
	// no progress. A report takes six events.
	reportsEnd = 30_000
)

// history is the length and size of a workflow's history, as of its workflow task.
type history struct{ events, bytes int }

func historyOf(ctx workflow.Context) history {
	info := workflow.GetInfo(ctx)
	return history{info.GetCurrentHistoryLength(), info.GetCurrentHistorySize()}
}

// historyBound is how far a history may grow.
type historyBound struct {
	events, bytes int
	perUndo       int    // events kept free for each step to undo
	reason        string // of events
}

// historyBounds are the bounds up to which a saga does things.
type historyBounds struct {
	step  historyBound // takes a step
	start historyBound // tries a start, the first time or again
	undo  historyBound // begins an undo
}

// historyBoundsOf are those of a saga with a MaxHistoryLength, 0 for the default.
func historyBoundsOf(maxLength int) historyBounds {
	reason := "because the server terminates a longer one"
	if maxLength != 0 {
		reason = fmt.Sprintf("because saga.maxHistoryLength is %d", maxLength)
	}
	maxLength = cmp.Or(maxLength, DefaultMaxHistoryLength)
	full := maxLength + maxLength/9 // 50,000
	return historyBounds{
		step:  historyBound{events: maxLength, bytes: maxHistorySize, perUndo: undoEvents, reason: reason},
		start: historyBound{events: full, bytes: fullHistorySize, perUndo: retryEvents, reason: reason},
		undo:  historyBound{events: full, bytes: fullHistorySize, perUndo: undoEvents, reason: reason},
	}
}

// check reports as an [*lro.InvalidError] that the history may have no room for the undos.
// bytes is what they and the starts to come take.
func (b historyBound) check(h history, undos, bytes int) error {
	switch {
	case h.events+b.perUndo*undos > b.events:
		return &lro.InvalidError{
			Field: "saga", Value: fmt.Sprintf("%d steps to undo after %d events of history", undos, h.events),
			Problem: fmt.Sprintf("keep %d events each", b.perUndo),
			Want:    fmt.Sprintf("%d events at most, %s: split the workflow into child workflows, each with its own saga", b.events, b.reason),
		}
	case h.bytes+bytes > b.bytes:
		return &lro.InvalidError{
			Field: "saga", Value: fmt.Sprintf("%d steps to undo after %d bytes of history", undos, h.bytes),
			Problem: fmt.Sprintf("take %d bytes", bytes),
			Want:    fmt.Sprintf("%d bytes at most, because the server terminates a larger one: split the workflow into child workflows, each with its own saga", b.bytes),
		}
	default:
		return nil
	}
}
