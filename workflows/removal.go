package workflows

import "github.com/awaitop/awaitop/lro"

// Removal is what became of the target of a [RunOperation] that was undone.
type Removal string

// What became of the target.
const (
	// RemovalDeleted: it was there, and was deleted.
	RemovalDeleted Removal = "deleted"
	// RemovalAbsent: it was not there, or not any more.
	RemovalAbsent Removal = "absent"
	// RemovalNotOurs: it is there, and is not the caller's.
	RemovalNotOurs Removal = "notOurs"
	// RemovalNotStarted: nothing was started for the key, or what was started has failed or was undone before.
	RemovalNotStarted Removal = "notStarted"
	// RemovalKept: the input has withoutUndo. An operation in flight was canceled.
	RemovalKept Removal = "kept"
)

// CanceledRun is the detail of the temporal.CanceledError of a [RunOperation] that was canceled, and has undone what it
// did.
type CanceledRun struct {
	lro.Outcome
	// Removal is what became of the target.
	Removal Removal `json:"removal"`
}

// removal is what became of the target, once the step is undone.
func (r *operationRun) removal() Removal {
	switch {
	case r.step == nil || r.step.stage <= stageNothing:
		return RemovalNotStarted
	case r.step.step.Undo == "":
		return RemovalKept
	default:
		return Removal(r.step.removed)
	}
}
