package histories

import (
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Waits is the input of the workflows that await operations.
type Waits struct {
	Refs    []lro.Ref
	Options workflows.AwaitAllOptions
}

// Await awaits each operation inline, one after the other.
func Await(ctx workflow.Context, in Waits) ([]string, error) {
	var ends []string
	for _, ref := range in.Refs {
		outcome, err := workflows.Await(ctx, ref, in.Options.AwaitOptions)
		ends = append(ends, end(outcome.State(), err))
	}
	return ends, nil
}

// AwaitAsync awaits the operations side by side, and takes them as they end.
func AwaitAsync(ctx workflow.Context, in Waits) ([]string, error) {
	var ends []string
	selector := workflow.NewSelector(ctx)
	for _, ref := range in.Refs {
		selector.AddFuture(workflows.AwaitAsync(ctx, ref, in.Options.AwaitOptions), func(future workflow.Future) {
			var outcome lro.Outcome
			err := future.Get(ctx, &outcome)
			ends = append(ends, end(outcome.State(), err))
		})
	}
	for range in.Refs {
		selector.Select(ctx)
	}
	return ends, nil
}

// AwaitChild awaits the first operation in a child workflow.
func AwaitChild(ctx workflow.Context, in Waits) (string, error) {
	var outcome lro.Outcome
	err := workflows.ExecuteChild(ctx, in.Refs[0], in.Options.AwaitOptions).Get(ctx, &outcome)
	return end(outcome.State(), err), nil
}

// AwaitAll awaits the operations as a set, and reads the responses of those that succeeded.
func AwaitAll(ctx workflow.Context, in Waits) ([]string, error) {
	all, err := workflows.AwaitAll(ctx, in.Refs, in.Options)
	ends := []string{end("", err)}
	read := all.Responses(ctx, in.Options, func(_ int, op lro.Operation) error {
		ends = append(ends, end(op.State(), nil))
		return nil
	})
	return append(ends, end("", read)), nil
}

// end is a short text about how something ended. The workflows return it instead of an
// error, because a replay compares the last command only of a workflow that completes.
func end(state lro.State, err error) string {
	if failure, typed := lro.AsFailure(err); typed {
		return string(failure.Type)
	}
	if err != nil {
		return "canceled"
	}
	return string(state)
}
