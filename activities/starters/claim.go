package starters

import (
	"path"
	"slices"

	"github.com/awaitop/awaitop/lro"
)

// claim is what the caller of a starter knows of its own operation.
type claim struct {
	// changes says that the method changes a target that is there, and makes none.
	changes bool
	input   StartInput
	known   *Known // before the first call whose end is not known; nil without one
}

// verdict says what to do about a target that was seen.
type verdict string

const (
	verdictAbsent   verdict = "absent"   // start: nothing there is the caller's
	verdictAdopt    verdict = "adopt"    // adopt the operation
	verdictMade     verdict = "made"     // adopt the target: the record of its operation is gone
	verdictUnlisted verdict = "unlisted" // wait: the target is the caller's, its operation is not listed yet
	verdictOthers   verdict = "others"   // give up: the target is somebody else's
	verdictDeleting verdict = "deleting" // wait: the target is on its way out
	verdictDeleted  verdict = "deleted"  // give up: what is left of the target keeps the name
)

// judge tells what there is of the caller's. operation is the one to adopt.
//
// As long as no call was made, only two things are the caller's: what bears its key, and what an
// earlier run of the workflow may have started.
func (c claim) judge(seen Seen) (v verdict, operation lro.Operation) {
	if c.repeats(seen) {
		return verdictAbsent, lro.Operation{}
	}
	if own := c.ofCall(seen); own != nil && (!c.input.AdoptOnly || own.alive()) {
		return verdictAdopt, own.Operation
	}
	switch {
	case c.changes:
		return c.judgeChange(seen)
	case seen.Target != nil:
		v, operation = c.judgeThere(seen)
	default:
		v, operation = c.judgeRunning(seen)
	}
	if c.input.AdoptOnly && (v == verdictOthers || v == verdictDeleting || v == verdictDeleted) {
		return verdictAbsent, lro.Operation{}
	}
	return v, operation
}

// repeats reports whether a call tells more than the look: the service returns the operation of the
// call before, or refuses the call because the target is somebody else's. A mark tells as much.
func (c claim) repeats(seen Seen) bool {
	called := c.known != nil || c.input.Retried
	return seen.Repeats && called && !c.input.AdoptOnly && (seen.Target == nil || seen.Target.Owner == Unmarked)
}

// judgeThere looks at a target that is there, or on its way out.
func (c claim) judgeThere(seen Seen) (verdict, lro.Operation) {
	switch {
	case seen.Target.Deleting:
		return verdictDeleting, lro.Operation{}
	case seen.Target.Deleted:
		return verdictDeleted, lro.Operation{}
	default:
		return c.judgeTarget(seen)
	}
}

// ofCall returns the newest operation that a call with c.known may have started, nil if there is none.
func (c claim) ofCall(seen Seen) *Operation {
	if c.known == nil {
		return nil
	}
	for _, op := range c.newSince(seen.Operations) {
		otherID := c.known.OperationID != "" && path.Base(op.Name) != c.known.OperationID
		if op.Owner != Others && !otherID && (c.changes || !seen.Target.excludes(op)) {
			return &op
		}
	}
	return nil
}

// judgeTarget looks for the operation that made the target, if the target is the caller's.
func (c claim) judgeTarget(seen Seen) (verdict, lro.Operation) {
	makers := c.makers(seen)
	if !c.owns(seen.Target, makers) {
		return verdictOthers, lro.Operation{}
	}
	for _, op := range makers {
		if op.Owner == Ours || op.Owner == Unmarked && (c.known != nil || seen.Target.confirms(op) || c.madeUndated(seen.Target, op)) {
			return verdictAdopt, op.Operation
		}
	}
	if seen.Target.Creating {
		return verdictUnlisted, lro.Operation{}
	}
	if !c.input.AdoptOnly { // an undo deletes what has failed as well
		if failed := failedMaker(seen); failed != nil {
			return verdictAdopt, failed.Operation
		}
		if seen.Target.Failed {
			return verdictMade, c.failedTarget()
		}
	}
	return verdictMade, lro.Operation{Done: true, Response: seen.Target.JSON}
}

// failedMaker returns the operation that has failed and has left the target as it is, nil if there is none: some
// services keep what a failed operation has begun to make. One that was refused the name has made nothing.
func failedMaker(seen Seen) *Operation {
	for _, op := range seen.Operations {
		refused := op.Error != nil && op.Error.Code == lro.CodeAlreadyExists
		if !op.alive() && !refused && op.Owner != Others && seen.Target.confirms(op) {
			return &op
		}
	}
	return nil
}

// failedTarget stands for the operation of a target that has failed. No record tells why.
func (c claim) failedTarget() lro.Operation {
	return lro.Operation{Done: true, Error: &lro.Status{
		Code: lro.CodeUnknown, Message: c.input.Target + " is there, but its state says that it has failed, and its operation is not listed",
	}}
}

// makers returns the operations that may have made the target, the newest first. An operation of an
// earlier resource of the same name is none of them.
func (c claim) makers(seen Seen) []Operation {
	operations := seen.Operations
	if c.known != nil && !c.known.Exists {
		operations = c.newSince(operations)
	}
	var makers []Operation
	for _, op := range operations {
		if op.alive() && !seen.Target.excludes(op) {
			makers = append(makers, op)
		}
	}
	return makers
}

// owns reports whether the target is the caller's.
func (c claim) owns(target *Resource, makers []Operation) bool {
	if target.Owner != Unmarked {
		return target.Owner == Ours
	}
	switch {
	case anyOf(makers, Ours):
		return true
	case anyOf(makers, Others) && !anyOf(makers, Unmarked):
		return false
	case c.known != nil && !c.known.Exists:
		return true // it came to be after the call
	case target.Undated:
		return len(makers) > 0 && c.madeUndated(target, makers[0])
	default:
		return c.adoptsUnmarked() && !target.CreateTime.IsZero() && notOlder(target.CreateTime, c.input.Since)
	}
}

// adoptsUnmarked reports whether what an earlier run may have started is the caller's without a mark, too.
func (c claim) adoptsUnmarked() bool { return c.input.Retried && !c.input.MarkedOnly }

// left is what an AdoptOnly leaves alone that may be the caller's: nothing marks it.
func (c claim) left(seen Seen) RemoveResult {
	if !c.input.AdoptOnly || !c.input.MarkedOnly {
		return ""
	}
	there := !c.changes && seen.Target != nil && !seen.Target.Deleted && seen.Target.Owner == Unmarked
	if there && (!anyOf(seen.Operations, Others) || anyOf(seen.Operations, Unmarked)) {
		return RemoveUnknown
	}
	for _, op := range seen.Operations {
		if op.Owner == Unmarked && op.State() == lro.StateRunning {
			return RemoveUnknown
		}
	}
	return ""
}

// madeUndated reports whether an operation of an earlier run of the workflow made a resource that does not
// say when it was made: the operation's own time dates it.
func (c claim) madeUndated(target *Resource, op Operation) bool {
	return c.adoptsUnmarked() && target.Undated && !op.StartTime.IsZero() && notOlder(op.StartTime, c.input.Since)
}

// anyOf reports whether one of the operations has the owner.
func anyOf(operations []Operation, owner Owner) bool {
	return slices.ContainsFunc(operations, func(op Operation) bool { return op.Owner == owner })
}

// judgeRunning looks for the caller's among the running operations that make the target.
func (c claim) judgeRunning(seen Seen) (verdict, lro.Operation) {
	strangers := false
	for _, op := range seen.Operations {
		switch {
		case op.State() != lro.StateRunning:
		case op.Owner == Ours, op.Owner == Unmarked && c.adoptsUnmarked() && notOlder(op.StartTime, c.input.Since):
			return verdictAdopt, op.Operation
		case op.Owner == Unmarked:
			strangers = true
		}
	}
	if strangers {
		return verdictOthers, lro.Operation{}
	}
	return verdictAbsent, lro.Operation{}
}

// judgeChange looks for a change that an earlier run of the workflow started on this very target: the
// newest change with the key, or the last change of all if it is of this request.
func (c claim) judgeChange(seen Seen) (verdict, lro.Operation) {
	if !c.input.Retried || seen.Target == nil {
		return verdictAbsent, lro.Operation{}
	}
	for i, op := range seen.Operations {
		young := notOlder(op.StartTime, c.input.Since)
		own := op.Owner == Ours && (young || c.input.ChangesSince.IsZero()) || i == 0 && op.Owner == Unmarked && young && c.adoptsUnmarked()
		if own && op.alive() && seen.Target.outlives(op) {
			return verdictAdopt, op.Operation
		}
	}
	return verdictAbsent, lro.Operation{}
}
