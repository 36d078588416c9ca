package workflows

import (
	"cmp"
	"encoding/json"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// RunOperation is a step as a workflow, for clients, sagas in other SDKs, and callers in other namespaces. It starts the
// operation of a method of awaitop's catalog, or adopts the one that it has started before, awaits it, and returns what
// it has made.
//
// If the step fails, or if the workflow is canceled, it undoes exactly what it has done, as a saga of this one step
// does. It then ends in the step's error, in a temporal.CanceledError, or with FailWhenCanceled in
// lro.TypeOperationCanceled. What it could not undo is named by lro.TypeCompensationFailed. A step that has succeeded is
// undone by [UndoOperation], or while HoldFor lasts by a cancel or the update [UndoUpdate].
//
// The input and the result are not nil. second is nil: a second argument is refused.
func RunOperation(ctx workflow.Context, in *RunInput, second *extra) (*RunOutcome, error) {
	in = cmp.Or(in, &RunInput{}) // the payload may be null
	if err := second.or(in.validate()); err != nil {
		return &RunOutcome{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	r := &operationRun{in: in}
	if err := r.steerable(ctx); err != nil {
		return &RunOutcome{}, err
	}
	err := r.close(r.run(ctx))
	r.settle(ctx)
	return &r.out, err
}

// RunOutcome is what a [RunOperation] has done.
type RunOutcome struct {
	// Outcome is the operation, and the time and the reads that it took to await it. It is zero if nothing was started.
	// Operation has the result as its response: of an operation that has none, as those of Compute Engine, it is the
	// target as it was afterwards.
	lro.Outcome
	// Adopted is true if another attempt had started the operation, see [StepOutcome].
	Adopted bool `json:"adopted,omitempty"`
}

// operationRun is a RunOperation under way.
type operationRun struct {
	in     *RunInput
	step   *stepRun // nil until it is made
	saga   *Saga
	out    RunOutcome
	holds  time.Time           // until when the step, which has succeeded, may be undone; zero before and after
	undo   workflow.CancelFunc // makes the saga undo
	undoes bool                // by an update, or as an UndoOperation
	ended  bool
	reason string // why it is undone, by the update
	failed error  // of the undo
}

// run runs the step, and undoes it if it fails or is to be undone.
func (r *operationRun) run(ctx workflow.Context) error {
	ctx, r.undo = workflow.WithCancel(r.in.inItsName(ctx))
	return WithSaga(ctx, r.in.sagaOptions(), func(ctx workflow.Context, saga *Saga) error {
		r.saga = saga
		var result json.RawMessage
		_, err := runStep(ctx, saga, r.in.step().Into(&result), func(step *stepRun) { r.step = step })
		if err != nil {
			return r.in.inItsWords(err)
		}
		return r.hold(ctx)
	})
}

// hold keeps the workflow open for HoldFor, so that the step can be undone. A timeout of the workflow would end it
// without its result.
func (r *operationRun) hold(ctx workflow.Context) error {
	if r.in.HoldFor == 0 {
		return nil
	}
	now := workflow.Now(ctx)
	r.holds = r.step.limits.cut(now.Add(r.in.HoldFor)).UTC()
	defer func() { r.holds = time.Time{} }()
	return sleep(ctx, r.holds.Sub(now), "hold "+r.step.step.Name+" for its undo")
}

// close ends the run with the error of its saga, and returns that of the workflow.
func (r *operationRun) close(err error) error {
	r.ended = true
	if r.step != nil { // the undo may have canceled the operation
		r.out = RunOutcome{Outcome: r.step.outcome, Adopted: r.step.adopted}
	}
	if r.out.CancelReason == "" {
		r.out.CancelReason = r.reason
	}
	switch failure, typed := lro.AsFailure(err); {
	case typed && failure.Type == lro.TypeCompensationFailed:
		r.failed = err
		return err
	case err == nil, typed && failure.Type != lro.TypeOperationCanceled, !typed && !temporal.IsCanceledError(err):
		return err
	default:
		return r.canceled()
	}
}

// canceled is the error of a run that was canceled, and has undone what it did.
func (r *operationRun) canceled() error {
	if !r.in.Await.FailWhenCanceled {
		return temporal.NewCanceledError(CanceledRun{Outcome: r.out.Outcome, Removal: r.removal()})
	}
	return activities.NewError(lro.Failure{
		Type: lro.TypeOperationCanceled, Outcome: r.out.Outcome, Resources: []string{r.in.Target}, Removal: string(r.removal()),
	})
}

// steerable registers the workflow's query and update.
func (r *operationRun) steerable(ctx workflow.Context) error {
	if err := r.askable(ctx, "What is run, and how far it is."); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, UndoUpdate, r.undoNow, workflow.UpdateHandlerOptions{
		Validator: r.mayUndo, Description: "Cancels the operation, and undoes what it has done.",
	})
}

// askable registers the workflow's query.
func (r *operationRun) askable(ctx workflow.Context, description string) error {
	return workflow.SetQueryHandlerWithOptions(ctx, RunQuery, func() (RunStatus, error) { return r.status(), nil },
		workflow.QueryHandlerOptions{Description: description})
}

// settle waits until the handlers of all updates have ended: the workflow may end then.
func (r *operationRun) settle(ctx workflow.Context) {
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return workflow.AllHandlersFinished(ctx) })
}

func (r *operationRun) mayUndo(_ workflow.Context, in StopInput, second *extra) error {
	switch err := second.or(in.validate()); {
	case err != nil:
		return activities.NewError(lro.Invalid(r.out.Ref, err))
	case r.undoes:
		return refusal("%s is being undone", r.in.Target)
	case r.ended:
		return refusal("the run of %s has ended", r.in.Target)
	default:
		return nil
	}
}

// undoNow stops and undoes the step. Its result is how the run has ended, and its error that of an undo that failed.
func (r *operationRun) undoNow(ctx workflow.Context, in StopInput, _ *extra) (UndoOutcome, error) {
	r.undoes, r.reason = true, oneLine(in.Reason)
	_ = workflow.Await(ctx, func() bool { return r.undo != nil || r.ended })
	if r.undo != nil {
		r.undo()
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(free, func() bool { return r.ended })
	return r.undone(), r.failed
}

// undone is what the undo has done.
func (r *operationRun) undone() UndoOutcome {
	return UndoOutcome{Outcome: r.out.Outcome, Target: r.in.Target, Removal: r.removal()}
}

// RunPhase says how far a [RunOperation] is. An [UndoOperation] has the last two.
type RunPhase string

// The phases.
const (
	RunStarting RunPhase = "starting"
	RunAwaiting RunPhase = "awaiting"
	// RunHolding: the step has succeeded, and can be undone until HoldUntil.
	RunHolding RunPhase = "holding"
	RunUndoing RunPhase = "undoing"
	RunEnded   RunPhase = "ended"
)

// RunStatus is the answer of a [RunOperation] or an [UndoOperation] to [RunQuery].
type RunStatus struct {
	Phase RunPhase `json:"phase"`
	// Method and Target are those of the input.
	Method string `json:"method"`
	Target string `json:"target"`
	// Step is the step's name, that of the input or its default.
	Step string `json:"step,omitempty"`
	// Ref is the operation, "" before it has been started, or found for its undo.
	Ref lro.Ref `json:"ref,omitzero"`
	// StartTime is when the wait for the operation began.
	StartTime time.Time `json:"startTime,omitzero"`
	// Adopted is that of the [RunOutcome]. It is false in an UndoOperation.
	Adopted bool `json:"adopted,omitempty"`
	// HoldUntil is when a run that holds closes with its result. Zero in the other phases.
	HoldUntil time.Time `json:"holdUntil,omitzero"`
}

func (r *operationRun) status() RunStatus {
	s := RunStatus{Phase: r.phase(), Method: r.in.Method, Target: r.in.Target, Step: r.in.step().named().Name}
	if r.step != nil {
		s.Ref, s.StartTime = r.step.outcome.Ref, r.step.outcome.StartTime
		s.Adopted = r.step.adopted && !r.step.resumed
	}
	if s.Phase == RunHolding {
		s.HoldUntil = r.holds
	}
	return s
}

func (r *operationRun) phase() RunPhase {
	switch {
	case r.ended:
		return RunEnded
	case r.undoes, r.saga != nil && r.saga.closed:
		return RunUndoing
	case !r.holds.IsZero():
		return RunHolding
	case r.step != nil && r.step.stage >= stageRunning:
		return RunAwaiting
	default:
		return RunStarting
	}
}
