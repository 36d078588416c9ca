package workflows

import "go.temporal.io/sdk/workflow"

// Parallel runs the functions at the same time and returns once all have
// returned. The first error cancels the context of the others, so that what they
// have in flight is canceled and awaited, and is what it returns.
func Parallel(ctx workflow.Context, functions ...func(ctx workflow.Context) error) error {
	return parallel(ctx, true, functions)
}

// parallel is Parallel. Without stop, an error leaves the others alone.
func parallel(ctx workflow.Context, stop bool, functions []func(ctx workflow.Context) error) error {
	inner, cancel := workflow.WithCancel(ctx)
	defer cancel()
	group := workflow.NewWaitGroup(ctx)
	var first error
	for _, function := range functions {
		group.Add(1)
		workflow.Go(inner, func(ctx workflow.Context) {
			defer group.Done()
			if err := function(ctx); err != nil && first == nil {
				first = err
				if stop {
					cancel()
				}
			}
		})
	}
	// A canceled ctx does not end the wait: the functions see the cancel too.
	free, _ := workflow.NewDisconnectedContext(ctx)
	group.Wait(free)
	return first
}
