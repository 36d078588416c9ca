// Package workflows awaits long-running operations in Temporal workflows.
//
// [Await] is for the caller's own workflow. It adds six events to its history,
// however long the operation takes:
//
//	outcome, err := workflows.Await(ctx, ref, workflows.AwaitOptions{})
//	if err != nil {
//		return err // typed, see package lro; a cancel has been sent if ctx was canceled
//	}
//	instance, err := lro.Decode[*instancepb.Instance](outcome.Operation.Response)
//
// [AwaitOperation] is the same as a registered workflow, for other SDKs and for
// waits several callers share: [ExecuteChild] runs it as a child, [Start] from a
// client, where it attaches to a wait that already runs.
//
// When the workflow is canceled the operation is asked to cancel, at once, and
// awaited on; what became of it decides what the caller gets. A CanceledError
// says the operation ended canceled, or that it was left, and its details are
// the Outcome. If the operation succeeded all the same, the result is returned
// without an error: it is there, and the caller must undo it.
//
// [Run] does the start as well, exactly once, and [Saga] undoes steps when the
// workflow fails or is canceled; package workflows/spanner has the steps of
// Cloud Spanner.
//
// The workers need package activities' activities registered, as package worker
// does. Nothing here reads a clock or does I/O outside of activities.
package workflows
