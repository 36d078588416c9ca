package workflows

import (
	"cmp"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// ExecuteChild runs [AwaitOperation] as a child workflow; the future's value is
// an lro.Outcome, its error as [Await] has it, one level deeper.
//
// The child options on ctx (workflow.WithChildOptions) are used, such as its
// WorkflowID and TaskQueue, but for what would lose an operation: the parent
// waits for a canceled child, so that the operation's cancel is seen to its end; a
// child is started even if ctx is canceled by then, or the operation would be sent
// none;
// a child whose parent closes is asked to cancel rather than terminated; and
// there is no execution or run timeout, which would end the child without its
// cancel. Use [AwaitOptions.Timeout].
//
// A child that is canceled by itself, as by control.Cancel, fails its future with a
// temporal.CanceledError although ctx is not canceled; lro.OutcomeOf of it tells why.
// Returned by the parent it closes that as canceled.
//
// Do not derive the WorkflowID from the Ref: a child cannot attach to a wait
// that already runs.
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
				_ = started.GetChildWorkflowExecution().Get(free, nil) // before that nobody would be told
				cancel()
			}).Select(free)
	})
	return started
}
