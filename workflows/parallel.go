package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

const (
	// DefaultWindow is how many functions, steps or undos run at the same time if no
	// option says otherwise.
	DefaultWindow = 200
	// MaxWindow is the largest window. A Temporal server refuses a workflow more
	// than 2,000 pending activities, child workflows or signals, by default: it retries
	// the workflow task that asks for one more without end. The other half is for the
	// rest of the workflow.
	MaxWindow = 1000
)

// ParallelOptions configures [ParallelWithOptions]. The zero value is the default.
type ParallelOptions struct {
	// Window is how many functions run at the same time. When one returns, the next one
	// begins. Default [DefaultWindow], at most [MaxWindow]. It counts for one
	// call: a call of Parallel in a function has a window of its own.
	Window int
}

// Parallel runs the functions at the same time, [DefaultWindow] of them at most, and
// returns once each function that has begun has returned. The first error cancels the
// context of the other functions, so that their operations in flight are canceled and
// awaited. Parallel returns that error. If sagas inside of other functions could not undo
// everything, Parallel returns one lro.TypeCompensationFailed instead. It names all
// resources that are left, and has the first error as data.
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

// windowFor returns a window, whose default is 0, cut to the number of commands that one
// workflow task holds. largest is the size of the largest command, in bytes.
func windowFor(window, largest int) int {
	return max(1, min(cmp.Or(window, DefaultWindow), maxTaskSize/largest))
}

// firstOf returns the first of the errors, with the resources that sagas in the others have
// left. It returns nil if there is no error.
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
		// Only this loop waits for a place. If a thousand coroutines did, the SDK would
		// evaluate a thousand conditions after each event.
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
