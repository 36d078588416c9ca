package workflows

import (
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
)

// The names in this file are contracts: programs, operators and other SDKs write them by
// hand. Golden files hold them. Those that waits are looked for by stand in package awaiters.

// AwaitOperationName is the registered name of the workflow [AwaitOperation].
const AwaitOperationName = awaiters.AwaitOperation

// AwaitOperationsName is the registered name of the workflow [AwaitOperations].
const AwaitOperationsName = awaiters.AwaitOperations

// SweepName is the registered name of the workflow [Sweep].
const SweepName = "awaitop.Sweep"

// RunOperationName is the registered name of the workflow [RunOperation].
const RunOperationName = awaiters.RunOperation

// UndoOperationName is the registered name of the workflow [UndoOperation].
const UndoOperationName = awaiters.UndoOperation

// UndoUpdate is the update by which a [RunOperation] that has not ended cancels its operation and undoes what it has done,
// with the reason in a [StopInput]. It returns an [UndoOutcome] when the run has ended. Its error is
// lro.TypeCompensationFailed if something is left. Refusals are those of an [AwaitOperation]'s updates.
const UndoUpdate = "awaitop.undo"

// SweepQuery is the query that a [Sweep] workflow answers with its [SweepReport] so far.
const SweepQuery = "awaitop.sweep"

// RunQuery is the query that a [RunOperation] and an [UndoOperation] workflow answer with their [RunStatus].
const RunQuery = "awaitop.runStatus"

// StatusQuery is the query that an [AwaitOperation] workflow answers with its
// [WaitStatus].
const StatusQuery = "awaitop.status"

// The updates that an [AwaitOperation] workflow takes while it waits. Package control sends
// them. Each returns a [WaitStatus]; if that is over 64 KiB, it comes without metadata,
// response and details.
//
// Invalid input is refused with lro.TypeInvalidInput, which names the field and is not
// retryable. A valid update that comes too late is refused with [RefusedType]. A refused
// update leaves nothing in history.
const (
	// PollNowUpdate reads the operation at once and returns its state. The poll that is
	// held or yielded goes on beside it. The update's error is that of the read, which does
	// not end the wait. It takes no input, or {}.
	PollNowUpdate = "awaitop.pollNow"
	// SetPolicyUpdate replaces the poll policy by that of a [SetPolicyInput], and reads at
	// once.
	SetPolicyUpdate = "awaitop.setPolicy"
	// SetDeadlineUpdate changes or lifts the deadline, by a [SetDeadlineInput].
	SetDeadlineUpdate = "awaitop.setDeadline"
	// CancelUpdate cancels the operation as a cancellation of the workflow does, with the
	// reason in a [StopInput]. The [CancelPolicy] does not count. The update returns when
	// the operation's cancel has been delivered or refused.
	CancelUpdate = "awaitop.cancel"
	// AbandonUpdate ends the wait and leaves the operation as it is, with the reason in a
	// [StopInput]. A wait that is being canceled does not await the rest.
	AbandonUpdate = "awaitop.abandon"
)

// ObservedMemo is the field of an [AwaitOperation]'s memo that holds what the last poll now
// has read, an [Observed].
const ObservedMemo = "awaitop.observed"

// RefusedType is the type of the ApplicationError that refuses a valid update which
// comes too late.
const RefusedType = "UpdateRefused"

// The search attributes of [AwaitOptions.SearchAttributes]. A namespace has to have them:
//
//	temporal operator search-attribute create \
//	  --name AwaitopOperation --type KeywordList \
//	  --name AwaitopState --type Keyword --name AwaitopPercent --type Int
var (
	// OperationAttribute holds the Refs that a workflow awaits, and for a set the
	// beginnings of its names: as many as a search attribute has room for. An inline wait
	// removes its own when it ends. While a saga undoes, the attribute holds what it undoes: the
	// Refs of its steps, or their resources.
	OperationAttribute = temporal.NewSearchAttributeKeyKeywordList(orphans.OperationAttribute)
	// StateAttribute is the [WaitPhase] of an AwaitOperation.
	StateAttribute = temporal.NewSearchAttributeKeyKeyword("AwaitopState")
	// PercentAttribute is the progress of an AwaitOperation's operation, in percent. It
	// needs a ProgressInterval, and a service that tells the progress.
	PercentAttribute = temporal.NewSearchAttributeKeyInt64("AwaitopPercent")
)

// UndoMemo is the field of a workflow's memo that holds which undos its sagas make now, an [Undoing].
// The workflow has no such field before its sagas undo, and afterwards. With a payload codec the field
// stays, and holds null. It takes one event when an undo begins, and one when all have ended. Undos that
// end in the workflow task in which they begin take none.
const UndoMemo = "awaitop.undoing"

// Metrics of waits and sagas. They go through the SDK's handler, which counts what a workflow does
// once, however often the workflow is replayed. Their names are those that Prometheus
// shows for package activities' metrics.
const (
	// WaitDurationMetric is a timer, from the beginning of a wait to its end, by how it
	// ended.
	WaitDurationMetric = "awaitop_wait_duration"
	// CancelOutcomesMetric counts the operations that were canceled or abandoned, by what
	// became of the cancel.
	CancelOutcomesMetric = "awaitop_cancel_outcomes"
	// UndoOutcomesMetric counts the undos of sagas that have ended: "undone", or "left" if a resource
	// could not be undone.
	UndoOutcomesMetric = "awaitop_undo_outcomes"
)
