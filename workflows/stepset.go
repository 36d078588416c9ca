package workflows

import (
	"cmp"
	"errors"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// stepSet is steps that run side by side.
type stepSet struct {
	runs      []*stepRun
	onFailure FailurePolicy
	window    int // 0 for the default
}

// stepGroup is the steps of a set that are awaited together, by the same options.
type stepGroup struct {
	runs []*stepRun
	wait *setWait
	err  error
}

// run starts all steps and awaits those that have started. It returns the first failure.
func (s stepSet) run(ctx workflow.Context) error {
	failed := s.start(ctx)
	groups := s.groups(ctx)
	refused := failed != nil && ctx.Err() == nil
	if refused && s.onFailure == LeaveRest {
		return failed
	}
	err := failed
	if refused && s.onFailure == CancelRest {
		together(ctx, groups, func(ctx workflow.Context, g *stepGroup) { g.wait.cancelRest(ctx) })
	} else if ended := s.await(ctx, groups); err == nil {
		err = ended
	}
	for _, g := range groups {
		g.ended(ctx, failed)
	}
	return err
}

// start starts the steps that are not started yet. It returns the first error, which may be
// that of an operation that was done before. None is started after that, unless onFailure
// says AwaitRest.
func (s stepSet) start(ctx workflow.Context) error {
	var starts []func(workflow.Context) error
	var failed error
	for _, r := range s.runs {
		if r.stage == stageWaiting {
			starts = append(starts, r.begin)
		} else if err := r.endIfDone(ctx); failed == nil {
			failed = err
		}
	}
	if failed == nil || s.onFailure == AwaitRest {
		err := firstOf(parallel(ctx, windowFor(s.window, largestCommand(s.runs)), s.onFailure != AwaitRest, starts))
		failed = cmp.Or(failed, err)
	}
	for _, r := range s.runs {
		if r.stage == stageWaiting {
			r.stage = stageNothing // an error came before its start
		}
	}
	return failed
}

// groups are the steps whose operations run, by their options, each with a wait.
func (s stepSet) groups(ctx workflow.Context) []*stepGroup {
	var groups []*stepGroup
	for _, runs := range byOptions(s.runs, func(r *stepRun) bool { return r.stage == stageRunning }) {
		outcome := AllOutcome{StartTime: workflow.Now(ctx).UTC()}
		var steps []string
		for _, r := range runs {
			outcome.Operations = append(outcome.Operations, SetResult{Ref: r.outcome.Ref, State: lro.StateRunning})
			steps = append(steps, r.step.shown())
		}
		options := AwaitAllOptions{AwaitOptions: runs[0].step.Await, OnFailure: s.onFailure}
		g := &stepGroup{runs: runs, wait: newSetWait(ctx, options, outcome)}
		g.wait.steps, g.wait.started = steps, true
		groups = append(groups, g)
	}
	return groups
}

// byOptions divides the steps for which wanted holds by their await options. It keeps the
// order of the steps.
func byOptions(runs []*stepRun, wanted func(*stepRun) bool) [][]*stepRun {
	var groups [][]*stepRun
	at := map[AwaitOptions]int{}
	for _, r := range runs {
		if !wanted(r) {
			continue
		}
		i, known := at[r.step.Await]
		if !known {
			i = len(groups)
			at[r.step.Await], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// await awaits the groups. The first failure in one group affects the others as onFailure
// says. await returns that failure, or else the first other error.
func (s stepSet) await(ctx workflow.Context, groups []*stepGroup) error {
	for _, g := range groups {
		defer g.wait.options.attribute(ctx, g.wait.parts()...)()
	}
	var first *stepGroup
	polling, stop := workflow.WithCancel(ctx)
	defer stop()
	together(polling, groups, func(ctx workflow.Context, g *stepGroup) {
		g.wait.poll(ctx)
		if first == nil && g.failed() {
			if first = g; s.onFailure != AwaitRest {
				stop()
			}
		}
	})
	together(ctx, groups, func(ctx workflow.Context, g *stepGroup) {
		stopped := first != nil && s.onFailure != AwaitRest && !g.failed() && ctx.Err() == nil
		switch {
		case !stopped:
			g.err = g.wait.conclude(ctx)
		case s.onFailure == CancelRest:
			g.wait.cancelRest(ctx)
		}
	})
	if first != nil && first.err != nil {
		return first.err
	}
	return firstError(groups)
}

// failed reports whether the group has a failure that affects the others.
func (g *stepGroup) failed() bool {
	return g.wait.failed >= 0 || g.wait.expired || g.wait.invalid != nil
}

// firstError returns the first error of the groups, a cancel last.
func firstError(groups []*stepGroup) (first error) {
	for _, g := range groups {
		if _, failed := lro.AsFailure(g.err); failed {
			return g.err
		}
		if first == nil {
			first = g.err
		}
	}
	return first
}

// together calls do for each group at the same time, and returns when all have returned.
func together(ctx workflow.Context, groups []*stepGroup, do func(workflow.Context, *stepGroup)) {
	if len(groups) == 1 {
		do(ctx, groups[0])
		return
	}
	left := len(groups)
	for _, g := range groups {
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer func() { left-- }()
			do(ctx, g)
		})
	}
	free, _ := workflow.NewDisconnectedContext(ctx) // a cancel reaches the functions alone
	_ = workflow.Await(free, func() bool { return left == 0 })
}

// ended measures the group's wait, and tells its steps how their operations ended. failed
// is the error of a start, nil for none.
func (g *stepGroup) ended(ctx workflow.Context, failed error) {
	g.wait.measure(ctx, errors.Join(failed, g.err))
	g.wait.outcome.EndTime = workflow.Now(ctx).UTC()
	for i, r := range g.runs {
		r.ended(g.wait.outcome, g.wait.outcome.Operations[i])
	}
}

// begin starts the step's operation. One that is done at once and has failed is an error.
func (r *stepRun) begin(ctx workflow.Context) error {
	if err := r.launch(ctx); err != nil {
		return err
	}
	return r.endIfDone(ctx)
}

// endIfDone ends the wait for an operation that is done already, without a read. It does
// nothing with one that runs.
func (r *stepRun) endIfDone(ctx workflow.Context) error {
	if r.stage != stageEnded {
		return nil
	}
	return r.await(ctx)
}

// ended takes over the result that the set has of the step's operation.
func (r *stepRun) ended(all AllOutcome, result SetResult) {
	r.outcome = lro.Outcome{
		Ref: result.Ref, Operation: lro.Operation{Name: result.Ref.Name}, Polls: all.Polls,
		StartTime: all.StartTime, EndTime: all.EndTime,
		Cancellation: result.Cancellation, CancelStatus: result.CancelStatus,
	}
	r.bare = true
	r.unread = result.Failure == lro.TypePollFailed || result.Failure == lro.TypeProtocolError
	r.gone = result.Failure == lro.TypeOperationGone
	if !result.State.Terminal() {
		return
	}
	r.stage, r.outcome.Operation.Done = stageEnded, true
	switch {
	case result.State == lro.StateSucceeded:
	case result.Status != nil:
		r.outcome.Operation.Error = result.Status
	default: // by the cancel of the set
		r.outcome.Operation.Error = &lro.Status{Code: lro.CodeCanceled}
	}
}

// readResults reads the operations of steps whose result is to be read, if a set has awaited
// them. Each of the others has its operation as it ended. If ctx is canceled before or meanwhile, it reads them all the
// same for the cancel grace, because the steps have succeeded.
func (s stepSet) readResults(ctx workflow.Context) (err error) {
	if ctx.Err() == nil {
		err = s.readMissing(ctx, false)
	}
	switch {
	case ctx.Err() == nil, err != nil && !temporal.IsCanceledError(err), !slices.ContainsFunc(s.runs, (*stepRun).missesResult):
		return err
	case changed(ctx, ResultsChange):
		ctx, _ = workflow.NewDisconnectedContext(ctx)
		return s.readMissing(ctx, true)
	case err == nil: // it was canceled before
		return s.readMissing(ctx, false)
	default:
		return err
	}
}

// missesResult reports whether the step's result cannot be read without its operation.
func (r *stepRun) missesResult() bool { return r.result != nil && r.bare }

// readMissing reads the operations that are not read yet, in pages. A page is tried for the AuthGrace, or after a cancel
// for the CancelGrace if that is less.
func (s stepSet) readMissing(ctx workflow.Context, canceled bool) error {
	for _, runs := range byOptions(s.runs, (*stepRun).missesResult) {
		options := runs[0].step.Await
		if canceled {
			set := options.withDefaults()
			options.AuthGrace = min(set.AuthGrace, set.CancelGrace)
		}
		if err := readOperations(ctx, runs, options); err != nil {
			return err
		}
	}
	return nil
}

// readOperations reads the operations of steps.
func readOperations(ctx workflow.Context, runs []*stepRun, options AwaitOptions) error {
	var all AllOutcome
	for _, r := range runs {
		all.Operations = append(all.Operations, SetResult{Ref: r.outcome.Ref, State: lro.StateSucceeded})
	}
	return all.Responses(ctx, AwaitAllOptions{AwaitOptions: options}, func(index int, op lro.Operation) error {
		r := runs[index]
		r.outcome.Operation, r.bare = op, false
		if op.Truncated && len(op.Response) == 0 {
			return activities.NewError(lro.Failure{Type: lro.TypeResultTooLarge, Outcome: r.outcome})
		}
		return nil
	})
}
