package workflows

import "go.temporal.io/sdk/workflow"

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
