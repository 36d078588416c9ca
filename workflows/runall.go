package workflows

import (
	"cmp"
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// RunAll is [Run] for steps side by side: it starts all of their operations,
// options.Window at the same time, awaits them as one set, as [AwaitAll] does, and
// decodes their responses. The
// results are in the order of the steps, and are returned with an error as far as
// they are known.
//
// The steps are awaited by options, and have no Await of their own. The first
// failure, of a start or of an operation, is the error; what it does to the
// others is options.OnFailure, to those that are being started, too. Steps that wait
// for their start meanwhile are not started, nor are they once ctx is canceled.
// Responses are read once all have succeeded, unless T is struct{}.
func RunAll[T any](ctx workflow.Context, saga *Saga, options AwaitAllOptions, steps ...Step) ([]Result[T], error) {
	results := make([]Result[T], len(steps))
	options.EndMargin = cmp.Or(options.EndMargin, saga.endMargin())
	runs, err := enterAll(ctx, saga, options, steps)
	if err != nil {
		return results, err
	}
	err = awaitSteps(ctx, runs, options)
	if _, unwanted := any(*new(T)).(struct{}); err == nil && !unwanted {
		err = readResponses(ctx, runs, options)
	}
	for i, r := range runs {
		decoded, failed := resultOf[T](r)
		if results[i] = decoded; err == nil {
			err = failed
		}
	}
	return results, err
}

// enterAll makes the steps ready to run. Nothing is sent if one of them is invalid.
func enterAll(ctx workflow.Context, saga *Saga, options AwaitAllOptions, steps []Step) ([]*stepRun, error) {
	if err := options.validate(); err != nil {
		return nil, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	runs := make([]*stepRun, len(steps))
	names := map[string]bool{}
	for i, step := range steps {
		if step.Await != (AwaitOptions{}) {
			failure := lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: "step.await", Value: "options of step " + step.withDefaults().Name, Want: "none: the options are those of RunAll"})
			failure.Resources = []string{step.Target}
			return nil, activities.NewError(failure)
		}
		step.Await = options.AwaitOptions
		r, err := newStepRun(ctx, step)
		if err != nil {
			return nil, err
		}
		if names[r.step.Name] { // they would share a key, and take each other's operation for their own
			return nil, r.nameTaken()
		}
		names[r.step.Name], runs[i] = true, r
	}
	return runs, saga.enter(runs...)
}

// awaitSteps starts all and awaits what was started.
func awaitSteps(ctx workflow.Context, runs []*stepRun, options AwaitAllOptions) error {
	starts := make([]func(workflow.Context) error, len(runs))
	for i, r := range runs {
		starts[i] = r.begin
	}
	failed := parallel(ctx, windowFor(options.Window, largestCommand(runs)), options.OnFailure != AwaitRest, starts)
	for _, r := range runs {
		if r.stage == stageWaiting {
			r.stage = stageNothing // its turn did not come
		}
	}
	var waiting []*stepRun
	outcome := AllOutcome{StartTime: workflow.Now(ctx).UTC()}
	for _, r := range runs {
		if r.stage == stageRunning {
			waiting = append(waiting, r)
			outcome.Operations = append(outcome.Operations, SetResult{Ref: r.outcome.Ref, State: lro.StateRunning})
		}
	}
	w := newSetWait(ctx, options, outcome)
	w.started = true
	var err error
	switch refused := failed != nil && ctx.Err() == nil; {
	case len(waiting) == 0:
	case refused && w.options.OnFailure == LeaveRest:
		return failed
	case refused && w.options.OnFailure == CancelRest:
		w.cancelRest(ctx)
	default:
		err = w.run(ctx)
	}
	if len(waiting) > 0 {
		w.measure(ctx, errors.Join(failed, err))
	}
	w.outcome.EndTime = workflow.Now(ctx).UTC()
	for i, r := range waiting {
		r.ended(w.outcome, w.outcome.Operations[i])
	}
	if failed != nil {
		return failed
	}
	return err
}

// begin starts the step's operation. One that is done already and failed is an
// error.
func (r *stepRun) begin(ctx workflow.Context) error {
	started, err := r.launch(ctx)
	if err != nil {
		return err
	}
	if started.Operation.Done {
		return r.await(ctx, started)
	}
	r.stage, r.adopted = stageRunning, started.Adopted
	r.outcome = lro.Outcome{Ref: started.Ref, Operation: started.Operation, StartTime: workflow.Now(ctx).UTC()}
	return nil
}

// ended takes over how the set's operation ended.
func (r *stepRun) ended(all AllOutcome, result SetResult) {
	r.outcome = lro.Outcome{
		Ref: result.Ref, Operation: lro.Operation{Name: result.Ref.Name}, Polls: all.Polls,
		StartTime: all.StartTime, EndTime: all.EndTime,
		Cancellation: result.Cancellation, CancelStatus: result.CancelStatus,
	}
	r.unread = result.Failure == lro.TypePollFailed || result.Failure == lro.TypeProtocolError
	if !result.State.Terminal() {
		return
	}
	r.stage, r.outcome.Operation.Done = stageEnded, true
	switch {
	case result.State == lro.StateSucceeded:
	case result.Status != nil:
		r.outcome.Operation.Error = result.Status
	default: // as asked for
		r.outcome.Operation.Error = &lro.Status{Code: lro.CodeCanceled}
	}
}

// readResponses reads the responses that the set's outcome does not hold.
func readResponses(ctx workflow.Context, runs []*stepRun, options AwaitAllOptions) error {
	var all AllOutcome
	var missing []*stepRun
	for _, r := range runs {
		if len(r.outcome.Operation.Response) == 0 && !r.outcome.Ref.IsZero() {
			missing = append(missing, r)
			all.Operations = append(all.Operations, SetResult{Ref: r.outcome.Ref, State: lro.StateSucceeded})
		}
	}
	return all.Responses(ctx, options, func(index int, op lro.Operation) error {
		r := missing[index]
		r.outcome.Operation = op
		if op.Truncated && len(op.Response) == 0 {
			return activities.NewError(lro.Failure{Type: lro.TypeResultTooLarge, Outcome: r.outcome})
		}
		return nil
	})
}
