package workflows

import (
	"cmp"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// ExecuteChild runs [AwaitOperation] as a child workflow. The future's value is an
// lro.Outcome. Its error is as [Await] returns it, one level deeper.
//
// The child options on ctx (workflow.WithChildOptions) are used, such as its WorkflowID and
// TaskQueue, except for what would lose an operation:
//
//   - The parent waits for a canceled child, so that the operation's cancel is followed to
//     its end.
//   - The child is started even if ctx is canceled by then. Otherwise nothing would cancel
//     the operation.
//   - A child whose parent closes is canceled instead of terminated.
//   - The child has no execution or run timeout, which would end it without a cancel of the
//     operation. Use [AwaitOptions.Timeout].
//
// If the child itself is canceled, for example by control.Cancel, its future fails with a
// temporal.CanceledError although ctx is not canceled. lro.OutcomeOf tells why. A parent
// that returns this error closes as canceled.
//
// Do not derive the WorkflowID from the Ref: a child cannot attach to a wait that already
// runs.
func ExecuteChild(ctx workflow.Context, ref lro.Ref, options AwaitOptions) workflow.ChildWorkflowFuture {
	child := workflow.GetChildWorkflowOptions(ctx)
	child.WaitForCancellation = true
	child.ParentClosePolicy = enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL
	child.WorkflowExecutionTimeout, child.WorkflowRunTimeout = 0, 0
	child.StaticSummary = cmp.Or(child.StaticSummary, summaryOf("await", ref))
	free, cancel := workflow.NewDisconnectedContext(workflow.WithChildOptions(ctx, child))
	started := workflow.ExecuteChildWorkflow(free, AwaitOperationName, AwaitInput{Ref: ref, AwaitOptions: options, origin: originWorker})
	workflow.Go(ctx, func(ctx workflow.Context) {
		free, _ := workflow.NewDisconnectedContext(ctx)
		workflow.NewSelector(ctx).
			AddFuture(started, func(workflow.Future) {}).
			AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {
				_ = started.GetChildWorkflowExecution().Get(free, nil) // a cancel before that would not reach it
				cancel()
			}).Select(free)
	})
	return started
}
