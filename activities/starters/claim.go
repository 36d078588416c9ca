package starters

import (
	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// claim is what a caller of a starter knows of its own operation.
type claim struct {
	// changes says that the method changes a target that is there, and makes none.
	changes bool
	input   activities.StartInput
	known   *activities.Known // before the first call whose end is not known; nil without one
}

// verdict is what becomes of a start by what was seen.
type verdict string

const (
	verdictAbsent   verdict = "absent"   // nothing is the caller's
	verdictAdopt    verdict = "adopt"    // an operation is
	verdictMade     verdict = "made"     // the target is, and its operation is gone
	verdictUnlisted verdict = "unlisted" // the target is, and its operation cannot be seen yet
	verdictOthers   verdict = "others"   // the target is somebody else's
)

// judge tells what is the caller's. operation is the one to adopt.
//
// As long as no call has been made, nothing is the caller's but what bears its key, or
// what an earlier run of the workflow may have started.
func (c claim) judge(seen Seen) (v verdict, operation lro.Operation) {
	if own := broughtAbout(c.known, seen); own != nil && (!c.input.AdoptOnly || own.alive()) {
		return verdictAdopt, own.Operation
	}
	switch {
	case c.changes:
		return c.judgeChange(seen)
	case seen.Target != nil:
		v, operation = c.judgeTarget(seen)
	default:
		v, operation = c.judgeRunning(seen)
	}
	if v == verdictOthers && c.input.AdoptOnly {
		return verdictAbsent, lro.Operation{}
	}
	return v, operation
}

// judgeTarget looks for what made the target, if that is the caller's.
func (c claim) judgeTarget(seen Seen) (verdict, lro.Operation) {
	if !c.owns(seen) {
		return verdictOthers, lro.Operation{}
	}
	for _, op := range seen.Operations {
		if op.Owner != Others && op.alive() {
			return verdictAdopt, op.Operation
		}
	}
	if seen.Target.Creating {
		return verdictUnlisted, lro.Operation{}
	}
	return verdictMade, lro.Operation{Done: true, Response: seen.Target.JSON}
}

// owns reports whether the target is the caller's.
func (c claim) owns(seen Seen) bool {
	if seen.Target.Owner != Unmarked {
		return seen.Target.Owner == Ours
	}
	switch {
	case madeByOthers(seen):
		return false
	case c.known != nil && !c.known.Exists:
		return true // it came to be after the call
	default:
		return c.input.Retried && !seen.Target.CreateTime.IsZero() && notOlder(seen.Target.CreateTime, c.input.Since)
	}
}

// madeByOthers reports whether all operations on the target are others'.
func madeByOthers(seen Seen) bool {
	for _, op := range seen.Operations {
		if op.Owner != Others {
			return false
		}
	}
	return len(seen.Operations) > 0
}

// judgeRunning looks for a running operation that makes the target.
func (c claim) judgeRunning(seen Seen) (verdict, lro.Operation) {
	strangers := false
	for _, op := range seen.Operations {
		switch {
		case op.State() != lro.StateRunning:
		case op.Owner == Ours, op.Owner == Unmarked && c.input.Retried && notOlder(op.StartTime, c.input.Since):
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

// judgeChange looks for a change that an earlier run of the workflow started, and that
// has not been undone with the target: the newest that bears the key, or the method's
// last one on the target if it is of this request.
func (c claim) judgeChange(seen Seen) (verdict, lro.Operation) {
	if !c.input.Retried || seen.Target == nil {
		return verdictAbsent, lro.Operation{}
	}
	for i, op := range seen.Operations {
		last := i == 0 && op.Owner == Unmarked && notOlder(op.StartTime, c.input.Since)
		if (op.Owner == Ours || last) && op.alive() && seen.Target.outlives(op) {
			return verdictAdopt, op.Operation
		}
	}
	return verdictAbsent, lro.Operation{}
}
