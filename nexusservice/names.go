package nexusservice

// The names in this file are contracts: callers write them by hand.

// Name is the name of the Nexus service.
const Name = "awaitop.v1"

// The asynchronous operations. Each call has a workflow of its own, so that the cancel of one caller
// ends the wait of no other.
const (
	// Await awaits an operation, by a workflows.AwaitInput. Its result is an lro.Outcome.
	Await = "await"
	// AwaitAll awaits many operations, by a workflows.AwaitAllInput. Its result is a
	// workflows.AllOutcome.
	AwaitAll = "awaitAll"
	// Run starts the operation of a method of the catalog, or adopts the one that it has started
	// before, and awaits it, by a workflows.RunInput. Its result is a workflows.RunOutcome.
	Run = "run"
	// Undo undoes what a Run has done, by a workflows.UndoInput. Its result is a
	// workflows.UndoOutcome.
	Undo = "undo"
)

// The synchronous operations.
const (
	// Get reads an operation, by a [GetInput]. Its result is an lro.Operation.
	Get = "get"
	// List reads a page of a collection of operations, by a [ListInput]. Its result is an lro.Page.
	List = "list"
	// Cancel makes waits cancel their operation, by a [StopInput]. It has a [SteerOutput], as the
	// operations after it have.
	Cancel = "cancel"
	// PollNow makes waits read their operation at once, by a [PollNowInput].
	PollNow = "pollNow"
	// SetPolicy changes the poll policy of waits, by a [SetPolicyInput].
	SetPolicy = "setPolicy"
	// SetDeadline changes the deadline of waits, by a [SetDeadlineInput].
	SetDeadline = "setDeadline"
	// Abandon ends waits and leaves their operation as it is, by a [StopInput].
	Abandon = "abandon"
)

// Operations are the names of all operations of the service.
func Operations() []string {
	return []string{Await, AwaitAll, Run, Undo, Get, List, Cancel, PollNow, SetPolicy, SetDeadline, Abandon}
}

// CallerMemo is the field of the memo of a workflow that the service has started which holds its
// [Caller].
const CallerMemo = "awaitop.nexusCaller"

// NotTakenType is the type of the ApplicationError of a steering operation that no worker has taken
// within the time of a Nexus request. It may still be taken.
const NotTakenType = "UpdateNotTaken"
