package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// AwaitAsync is [Await] without blocking: it returns a future at once, for a
// workflow.Selector or to be read later. The future's value is an lro.Outcome, its error
// is as Await returns it. A future has no value beside an error: lro.OutcomeOf(err) reads
// the Outcome then.
//
// If ctx is canceled, the operation is canceled and awaited as by Await, and the future
// becomes ready when that is over. Future.Get waits for it, on a canceled context too. A
// workflow has to read the future before it returns: Temporal ends the coroutines of a
// workflow that returns, and the operation would run on without a cancel.
func AwaitAsync(ctx workflow.Context, ref lro.Ref, options AwaitOptions) workflow.Future {
	future, settable := workflow.NewFuture(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		settable.Set(Await(ctx, ref, options))
	})
	return future
}
