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
	// undoEvents is what a saga keeps free in history for each step to undo. A step
	// of a RunAll was measured to take 4.5 events, its undo 6 or, in parallel, 4.4.
	undoEvents = 12
	// retryEvents is what is kept free for each step to undo when a start is tried
	// once more: for its undo alone.
	retryEvents = 7
	// undoBytes is kept free for each step to undo, beside its names. A step and its
	// undo were measured to take 2.2 KB.
	undoBytes = 4 << 10
	// maxHistorySize and fullHistorySize bound the history's size as the two bounds of
	// its length do.
	maxHistorySize, fullHistorySize = 44 << 20, 49 << 20
	// reportsEnd is how many events leave an inline wait's progress reports room, which
	// take six each.
	reportsEnd = 30_000
)

// history is how much of a workflow's history is taken, as of its workflow task.
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

// historyBounds are those of a saga, whose steps are refused beyond the given length.
type historyBounds struct {
	step  historyBound // to take a step
	start historyBound // to try a start, once more too
	undo  historyBound // to begin an undo
}

// historyBoundsOf are those of a saga with the given MaxHistoryLength, 0 for the default.
func historyBoundsOf(given int) historyBounds {
	reason := "since the server terminates what is longer"
	if given != 0 {
		reason = fmt.Sprintf("since saga.maxHistoryLength is %d", given)
	}
	maxLength := cmp.Or(given, DefaultMaxHistoryLength)
	full := maxLength + maxLength/9 // 50,000
	return historyBounds{
		step:  historyBound{events: maxLength, bytes: maxHistorySize, perUndo: undoEvents, reason: reason},
		start: historyBound{events: full, bytes: fullHistorySize, perUndo: retryEvents, reason: reason},
		undo:  historyBound{events: full, bytes: fullHistorySize, perUndo: undoEvents, reason: reason},
	}
}

// check reports as an [*lro.InvalidError] that the undos, which take so many bytes
// with what has yet to be started, may outgrow the history.
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
			Want:    fmt.Sprintf("%d bytes at most, since the server terminates what is larger: split the workflow into child workflows, each with its own saga", b.bytes),
		}
	default:
		return nil
	}
}
