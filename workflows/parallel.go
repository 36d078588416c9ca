package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

const (
	// DefaultWindow is how many functions, steps or undos run at the same time
	// where no other number is given.
	DefaultWindow = 200
	// MaxWindow is the largest window. A Temporal server refuses a workflow more
	// than 2,000 pending activities, child workflows or signals, by default: the
	// workflow task that asks for one more is retried without end. Half of that is
	// left for what else the workflow does.
	MaxWindow = 1000
)

// ParallelOptions configures [ParallelWithOptions]. The zero value is the default.
type ParallelOptions struct {
	// Window is how many functions run at the same time; the next one begins when
	// one returns. Default [DefaultWindow], at most [MaxWindow]. It counts for one
	// call: a call of Parallel in a function has a window of its own.
	Window int
}

// Parallel runs the functions at the same time, [DefaultWindow] of them at most, and
// returns once all that have begun have returned. The first error cancels the
// context of the others, so that what they have in flight is canceled and awaited,
// and is what Parallel returns. If sagas inside of the others could not undo everything,
// Parallel returns one lro.TypeCompensationFailed instead, which names all that is left and
// has the first error as data.
//
// Once the context is canceled no further function begins. If none has returned an
// error, Parallel then returns the temporal.CanceledError of ctx, so that nil means
// that all have run.
func Parallel(ctx workflow.Context, functions ...func(ctx workflow.Context) error) error {
	return firstOf(parallel(ctx, DefaultWindow, true, functions))
}

// ParallelWithOptions is [Parallel] with options. Invalid ones are refused with an
// lro.TypeInvalidInput failure before a function begins.
func ParallelWithOptions(ctx workflow.Context, options ParallelOptions, functions ...func(ctx workflow.Context) error) error {
	if err := validateWindow("window", options.Window); err != nil {
		return activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	return firstOf(parallel(ctx, cmp.Or(options.Window, DefaultWindow), true, functions))
}

func validateWindow(field string, window int) error {
	if window < 0 || window > MaxWindow {
		return &lro.InvalidError{Field: field, Value: fmt.Sprint(window), Want: fmt.Sprintf("0 (the default, %d) or a number up to %d", DefaultWindow, MaxWindow)}
	}
	return nil
}

// maxTaskSize bounds the commands of one workflow task, in bytes. A Temporal server takes
// messages of 4 MiB; a task whose commands are larger is retried without end.
const maxTaskSize = 2 << 20

// windowFor is a window, 0 for the default, that is no wider than what one workflow task
// holds of commands, the largest of which is of the given size.
func windowFor(window, largest int) int {
	return max(1, min(cmp.Or(window, DefaultWindow), maxTaskSize/largest))
}

// firstOf returns the first of errors, with what sagas have left by the others. nil if there
// is none.
func firstOf(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	var others []lro.Failure
	for _, err := range errs[1:] {
		others = append(others, compensationsIn(err)...)
	}
	if len(others) == 0 {
		return errs[0]
	}
	return compensationFailed(errs[0], leftOf(nil, append(compensationsIn(errs[0]), others...)))
}

// parallel is Parallel with a window. It returns all errors, the first one first. Without
// stop, an error leaves the other functions alone.
func parallel(ctx workflow.Context, window int, stop bool, functions []func(ctx workflow.Context) error) (errs []error) {
	inner, cancel := workflow.WithCancel(ctx)
	defer cancel()
	// A canceled ctx does not end the wait: the functions see the cancel too.
	free, _ := workflow.NewDisconnectedContext(ctx)
	running := 0
	for _, function := range functions {
		// Of all functions only this loop waits for a place: what a thousand
		// coroutines wait for is evaluated a thousand times after each event.
		_ = workflow.Await(free, func() bool { return running < window || inner.Err() != nil })
		if err := inner.Err(); err != nil {
			if len(errs) == 0 {
				errs = append(errs, err)
			}
			break
		}
		running++
		workflow.Go(inner, func(ctx workflow.Context) {
			defer func() { running-- }()
			if err := function(ctx); err != nil {
				errs = append(errs, err)
				if stop {
					cancel()
				}
			}
		})
	}
	_ = workflow.Await(free, func() bool { return running == 0 })
	return errs
}
