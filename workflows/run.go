package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// Run starts a step's operation, awaits it, and returns its result. If saga is not nil,
// the step is undone with it. [Step].Outcome tells more than the result.
//
// The start survives: after a lost reply, a worker's death, a retry or a reset of the
// workflow there is one operation, and it is this workflow's. If ctx is canceled
// while the operation starts, Run looks for the operation, cancels it and awaits its end.
//
// The errors are those of [Await] and
//
//   - lro.TypeStartFailed if no operation was started. ALREADY_EXISTS says that
//     the target is not this workflow's. Failure.MayRun says that the operation may run
//     all the same, and could not be found;
//   - lro.TypeInvalidInput if the step was refused before anything was sent.
//
// As with Await, a step that succeeded in spite of a cancel is a result and no
// error; a saga whose context was canceled undoes it all the same.
func Run[T any](ctx workflow.Context, saga *Saga, step Step[T]) (T, error) {
	var result T
	_, err := runStep(ctx, saga, step.Into(&result), nil)
	return result, err
}

// runStep is Run of a step of any result. If enter is not nil, it gets the step's run before anything is sent.
func runStep(ctx workflow.Context, saga *Saga, any AnyStep, enter func(*stepRun)) (*stepRun, error) {
	r, err := newStepRun(ctx, saga, any)
	if enter != nil {
		enter(r)
	}
	if err := saga.enterAll([]*stepRun{r}, err); err != nil {
		return r, err
	}
	if err = r.run(ctx); err == nil {
		err = readTargets(ctx, []*stepRun{r})
	}
	return r, r.finish(err)
}

// stepRun is a step under way. Its saga undoes it later.
type stepRun struct {
	step      step
	result    resultFunc // nil if the step's result is not read
	saga      *Saga      // nil for none
	input     starters.StartInput
	stage     stage
	began     time.Time // when the start did
	outcome   lro.Outcome
	given     *lro.Operation // as the start returned it; nil if it is not known
	adopted   bool
	bare      bool          // a set has awaited the operation, and so the outcome has no response
	resumed   bool          // it is undone without its run: only what is proven is the caller's
	unread    bool          // the wait ended because the operation could not be read
	gone      bool          // the operation was there, by a read or by its start, and was not there any more when it was read last
	readFor   time.Duration // how long it took to read the operation again
	limits    *limits       // nil if no timeout ends the workflow
	ambiguous bool          // a step of another service has a target of the same name
	// stopped, takenBack and removed say what the undo did: whether it stopped the operation, whether
	// Compensate took the change back, and what became of the resource.
	stopped, takenBack bool
	removed            starters.RemoveResult
	// lateUntil is until when a request may still start the operation, if the quarantine
	// was cut; zero if it was not.
	lateUntil time.Time
}

// stage is how far a step has come. Its undo goes on from there.
type stage int

const (
	stageWaiting stage = iota // nothing was started yet
	stageNothing              // nothing was started, nor will be
	stageUnknown              // an operation may or may not have been started
	stageRunning              // an operation was started, and may run
	stageEnded                // the operation has ended, as its outcome says
)

// newStepRun makes a step ready to run. Options that the step does not set are the saga's.
// Nothing is sent yet. The step is returned with an error, too, because its operation may
// be started already.
func newStepRun(ctx workflow.Context, saga *Saga, any AnyStep) (*stepRun, error) {
	s, result := any.untyped()
	r := &stepRun{step: s.named(), result: result}
	r.adopt(ctx)
	if err := s.validate(); err != nil {
		return r, r.invalid(err)
	}
	r.step.StepOptions = r.step.or(saga.sharedIn(ctx)).or(defaultStepOptions)
	r.limits = limitsOf(ctx, r.step.Await.EndMargin)
	in, err := r.step.input(ctx)
	if err != nil {
		return r, r.invalid(err)
	}
	r.input = in
	r.input.Removable = saga != nil && s.Method != "" && s.Undo != ""
	return r, nil
}

// invalid returns the failure of a step that is refused before anything is sent.
func (r *stepRun) invalid(err error) error {
	return activities.NewError(r.refused(err))
}

func (r *stepRun) refused(err error) lro.Failure {
	failure := lro.Invalid(lro.Ref{}, err)
	failure.Resources = []string{r.step.Target}
	return failure
}

// nameTaken is the failure of a step whose name another one has: they would share a key, and take each other's operation
// for their own.
func (r *stepRun) nameTaken(problem string) error {
	return r.invalid(&lro.InvalidError{
		Field: "step.name", Value: r.step.Name, Problem: problem,
		Want: "a Name of its own for one of the two, which each run and release of the workflow gives it",
	})
}

// run starts the step's operation, unless that is started already, and awaits it.
func (r *stepRun) run(ctx workflow.Context) error {
	if err := r.launch(ctx); err != nil {
		return err
	}
	return r.await(ctx)
}

// finish sets the step's Outcome and result. It returns err, the step's error; if that is
// nil and the result cannot be read, it returns the failure of that.
func (r *stepRun) finish(err error) error {
	r.saga.leave()
	if r.step.Outcome != nil {
		*r.step.Outcome = StepOutcome{Outcome: r.outcome, Adopted: r.adopted}
	}
	if r.result == nil {
		return err
	}
	if unread := r.result(r.outcome.Operation); unread != nil && err == nil {
		status := &lro.Status{Code: lro.CodeUnknown, Message: unread.Error()}
		return activities.NewError(lro.Failure{Type: lro.TypeProtocolError, Outcome: r.outcome, PollError: status})
	}
	return err
}

// tooLate is the failure of a step that has no time left to start, because a timeout of the
// workflow is near.
func (r *stepRun) tooLate() lro.Failure {
	return lro.Failure{Type: lro.TypeAwaitTimeout, Resources: []string{r.step.Target}, Reason: r.limits.reason(time.Time{})}
}

// launch starts the step's operation, unless that is started already. On a context that is
// canceled it starts nothing and returns the cancel.
func (r *stepRun) launch(ctx workflow.Context) error {
	if r.stage >= stageRunning {
		return nil
	}
	if err := ctx.Err(); err != nil {
		r.stage = stageNothing
		return err
	}
	if r.limits.passed(ctx) {
		r.stage = stageNothing
		return activities.NewError(r.tooLate())
	}
	started, err := r.start(ctx)
	switch {
	case err != nil:
		return err
	case !started.Found:
		return temporal.NewCanceledError() // nothing was started, nothing will be
	}
	r.given, r.adopted = &started.Operation, started.Adopted
	r.started(ctx, started.Ref, started.Operation)
	return nil
}

// started notes the step's operation, which runs, or has ended if op is done.
func (r *stepRun) started(ctx workflow.Context, ref lro.Ref, op lro.Operation) {
	now := workflow.Now(ctx).UTC()
	r.stage, r.outcome = stageRunning, lro.Outcome{Ref: ref, Operation: op, StartTime: now}
	if op.Done {
		r.stage, r.outcome.EndTime = stageEnded, now
	}
}

// await awaits the operation. On a context that is canceled already it sends the operation
// a cancel and awaits its end.
func (r *stepRun) await(ctx workflow.Context) error {
	options := r.step.Await
	options.Operation = r.given
	var err error
	r.outcome, err = awaitStep(ctx, r.outcome.Ref, options, r.step.shown())
	if r.outcome.Operation.Done {
		r.stage = stageEnded
	}
	failure, _ := lro.AsFailure(err)
	r.unread, r.gone = unreadable(err), failure.Type == lro.TypeOperationGone
	return err
}

// unreadable reports whether err says of an operation that its state could not
// be read.
func unreadable(err error) bool {
	failure, ok := lro.AsFailure(err)
	return ok && (failure.Type == lro.TypePollFailed || failure.Type == lro.TypeProtocolError)
}
