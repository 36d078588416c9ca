package workflows

import "go.temporal.io/sdk/workflow"

// UndoChange is the change id by which [workflow.GetVersion] records that a saga has begun to
// undo. The Temporal server then finds the workflow by its attribute TemporalChangeVersion, which
// every namespace has: a list shows an undo that is stuck, also without search attributes of
// awaitop. It takes two events of a workflow that undoes, and none of another.
const UndoChange = "awaitop.undo"

// SweepWaitsChange is the change id by which a [Sweep] records that it looks for what waits have left.
const SweepWaitsChange = "awaitop.sweep.waits"

// RenewalChange is the change id by which an [AwaitOperation] that was about to continue as new records that it has
// ended, or was canceled, before the handlers of its updates had ended. It takes two events then, and none otherwise.
const RenewalChange = "awaitop.renewal"

// StartLookChange is the change id by which a step records that it looks for the operation of a first attempt to start
// that was refused after its call may have acted.
const StartLookChange = "awaitop.start.look"

// ReadTargetChange is the change id by which a saga records that it undoes nothing, because the cause is a target that
// could not be read after its operation had succeeded.
const ReadTargetChange = "awaitop.undo.readTarget"

// ResultsChange is the change id by which a [RunAll] records that it reads the results of its steps although its context
// was canceled, before the read or while it lasted.
const ResultsChange = "awaitop.results"

// changed reports whether the workflow takes the path of a change. A workflow whose history was recorded before the change
// does not. It is asked where the paths part, so that the others take no event.
func changed(ctx workflow.Context, id string) bool {
	return workflow.GetVersion(ctx, id, workflow.DefaultVersion, 1) != workflow.DefaultVersion
}
