package workflows

import (
	"cmp"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// RunAllOptions configures [RunAllWithOptions]. The zero value is the default.
type RunAllOptions struct {
	// OnFailure says how the first failure, of a start or of an operation, affects the
	// other steps, those that are being started included. Default [CancelRest].
	OnFailure FailurePolicy
	// Window is how many steps are started at the same time, at most [MaxWindow].
	// Default the saga's Window, and else [DefaultWindow].
	Window int
}

// RunAll is [Run] for steps side by side, whatever their results: it starts all of their
// operations and awaits them as one set, as [AwaitAll] does. [Step.Into] says where a
// step's result goes:
//
//	var orders spanner.Database
//	err := workflows.RunAll(ctx, saga,
//		spanner.CreateDatabase(name, spanner.DatabaseOptions{}).Into(&orders),
//		spanner.UpdateDatabaseDdl(other, change))
//
// The first failure, of a start or of an operation, cancels the other steps and is the
// error. Steps that wait for their start meanwhile are not started, nor are they once ctx
// is canceled. Results are read once all steps have succeeded, and only of steps
// with Into. If ctx was canceled meanwhile, they are read all the same, for CancelGrace at most.
// Steps whose Await options differ are awaited in a set of their own each.
func RunAll(ctx workflow.Context, saga *Saga, steps ...AnyStep) error {
	return RunAllWithOptions(ctx, saga, RunAllOptions{}, steps...)
}

// RunEach is [RunAll] for steps with results of one type. It returns the results in the
// order of the steps. With an error, a result may be the zero T.
func RunEach[T any](ctx workflow.Context, saga *Saga, steps ...Step[T]) ([]T, error) {
	results := make([]T, len(steps))
	all := make([]AnyStep, len(steps))
	for i, step := range steps {
		all[i] = step.Into(&results[i])
	}
	return results, RunAll(ctx, saga, all...)
}

// RunAllWithOptions is [RunAll] with options. Invalid ones are refused with an
// lro.TypeInvalidInput failure before anything is sent.
func RunAllWithOptions(ctx workflow.Context, saga *Saga, options RunAllOptions, steps ...AnyStep) error {
	runs, err := newSetRuns(ctx, saga, steps)
	if invalid := options.validate(); invalid != nil {
		err = activities.NewError(lro.Invalid(lro.Ref{}, invalid))
	}
	if err := saga.enterAll(runs, err); err != nil {
		return err
	}
	set := stepSet{runs: runs, onFailure: cmp.Or(options.OnFailure, CancelRest), window: cmp.Or(options.Window, saga.startWindow())}
	if err = set.run(ctx); err == nil {
		err = set.readResults(ctx)
	}
	if err == nil {
		err = readTargets(ctx, runs)
	}
	for _, r := range runs {
		err = r.finish(err)
	}
	return err
}

func (o RunAllOptions) validate() error {
	if err := validateWindow("window", o.Window); err != nil {
		return err
	}
	return o.OnFailure.validate()
}

// newSetRuns makes the steps of a set ready to run. All of them are returned with an error,
// too, because the operations of some may be started already.
func newSetRuns(ctx workflow.Context, saga *Saga, steps []AnyStep) ([]*stepRun, error) {
	var runs []*stepRun
	var first error
	names := map[string]int{}
	for i, step := range steps {
		r, err := newSetRun(ctx, saga, i, step)
		if r != nil {
			if before, taken := names[r.step.Name]; taken && err == nil {
				err = r.nameTaken(fmt.Sprintf("is the name of steps[%d] and of steps[%d]", before, i))
			}
			names[r.step.Name], runs = i, append(runs, r)
		}
		if first == nil {
			first = err
		}
	}
	return runs, first
}

// nilStep is the failure of a nil step at an index.
func nilStep(index int) error {
	return activities.NewError(lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: fmt.Sprintf("steps[%d]", index), Value: "nil", Want: "a step"}))
}

// newSetRun is newStepRun for the step of a set at an index. It returns nil for a nil step.
func newSetRun(ctx workflow.Context, saga *Saga, index int, step AnyStep) (*stepRun, error) {
	if step == nil {
		return nil, nilStep(index)
	}
	r, err := newStepRun(ctx, saga, step)
	if own, _ := step.untyped(); err == nil && (own.Await.DeleteWhenDone || own.Await.ProgressInterval != 0) {
		err = r.invalid(AwaitAllOptions{AwaitOptions: own.Await}.validate())
	}
	r.step.Await.DeleteWhenDone, r.step.Await.ProgressInterval = false, 0
	return r, err
}
