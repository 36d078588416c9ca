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
// [AwaitAsync] does the same without blocking: its future is for selectors. [AwaitAll]
// awaits thousands of operations in one activity.
//
// [AwaitOperation] is the same as a registered workflow, for other SDKs and for waits that
// several callers share. [ExecuteChild] runs it as a child. [Start] starts it from a
// client, or attaches to the wait that already runs.
//
// When the workflow is canceled, a wait cancels the operation at once and awaits its end.
// What became of the operation decides what the caller gets. A CanceledError says that the
// operation ended canceled, or that it was left running; its details are the Outcome. If
// the operation succeeded in spite of the cancel, the caller gets the result and no error,
// and has to undo it.
//
// [Run] starts an operation too, exactly once, and [RunAll] starts several side by side.
// [WithSaga] undoes steps when the workflow fails or is canceled. Package
// workflows/spanner has the steps of Cloud Spanner.
//
// The workers need the activities of package activities registered, as package worker
// does. Nothing here reads a clock or does I/O outside of activities.
package workflows
