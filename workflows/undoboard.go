package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/undos"
)

// Undoing is the value of [UndoMemo]: the undos that the sagas of a workflow make now. Package control shows an undo by
// it that no activity tells by heartbeat: an activity that still waits for a worker, or an activity, a child or a timer of
// the workflow's own.
type Undoing struct {
	// Undos are those that began first, at most five. One that ends is taken out. Others take the places once all five
	// have ended.
	Undos []undos.Record `json:"undos,omitempty"`
}

// maxUndoing bounds the Undos of an Undoing, so that undos side by side write a memo of a few KiB, and each record three
// times on average.
const maxUndoing = 5

// undoBoard holds what the sagas of a workflow share: their undos, and the names of steps that are in use. It keeps
// UndoMemo and the current details up to date. The zero undoBoard is ready.
type undoBoard struct {
	sagas   int             // that undo
	open    []*undos.Record // under way, in the order in which they began
	shown   []*undos.Record // those of open that the memo has, or will have after the next write
	changed bool            // since the last write
	written bool            // the memo has the field
	writing bool            // a coroutine writes
	details undoDetails
	// kept are the operations of steps of sagas that have ended and undone nothing, by the steps' names.
	kept map[string]string
}

// undoBoardKey is the key, in a workflow's context, of its undoBoard.
type undoBoardKey struct{}

// undoBoardOf returns the board of the workflow. Without the [Interceptor] a saga has one of its own.
func undoBoardOf(ctx workflow.Context) *undoBoard {
	if board, ok := ctx.Value(undoBoardKey{}).(*undoBoard); ok {
		return board
	}
	return &undoBoard{}
}

// keep keeps a step's name from later sagas.
func (b *undoBoard) keep(name, operation string) {
	if b.kept == nil {
		b.kept = map[string]string{}
	}
	b.kept[name] = operation
}

// enter notes that a saga undoes, until leave is called.
func (b *undoBoard) enter(ctx workflow.Context) (leave func()) {
	b.sagas++
	if !b.writing {
		b.writing = true
		workflow.Go(ctx, b.write)
	}
	return func() {
		if b.sagas--; b.sagas == 0 && b.written {
			b.upsert(ctx, nil)
			b.written = false
		}
	}
}

// begin notes an undo that is under way, until end is called.
func (b *undoBoard) begin(record *undos.Record) (end func()) {
	b.open = append(b.open, record)
	if len(b.shown) < maxUndoing {
		b.shown, b.changed = append(b.shown, record), true
	}
	return func() {
		b.open = without(b.open, record)
		if slices.Contains(b.shown, record) {
			b.shown, b.changed = without(b.shown, record), true
		}
		if len(b.shown) == 0 {
			b.shown = slices.Clone(b.open[:min(len(b.open), maxUndoing)])
		}
	}
}

func without(records []*undos.Record, record *undos.Record) []*undos.Record {
	return slices.DeleteFunc(records, func(other *undos.Record) bool { return other == record })
}

// write writes the memo when the undos have changed, until no saga undoes. It is a coroutine of its own, so that undos
// that begin or end in one workflow task take one event.
func (b *undoBoard) write(ctx workflow.Context) {
	for {
		_ = workflow.Await(ctx, func() bool { return b.changed || b.sagas == 0 }) // ctx is not canceled
		if b.sagas == 0 {
			b.writing = false
			return
		}
		if b.changed = false; len(b.shown) > 0 {
			undoing := Undoing{}
			for _, record := range b.shown {
				undoing.Undos = append(undoing.Undos, *record)
			}
			b.upsert(ctx, undoing)
			b.written = true
		}
	}
}

func (b *undoBoard) upsert(ctx workflow.Context, value any) {
	if err := workflow.UpsertMemo(ctx, map[string]any{UndoMemo: value}); err != nil {
		panic(fmt.Sprintf("awaitop: the undos do not encode: %v", err)) // as for an activity's input
	}
}
