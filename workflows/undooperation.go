package workflows

import (
	"cmp"
	"encoding/json"
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// UndoOperation undoes what a [RunOperation] with the same input has done, for sagas in other SDKs: it cancels an
// operation in flight and awaits its end, and deletes the target if that is the caller's own. It undoes what is there, so
// it may be run again, and for a run that was terminated or did nothing. A cancel does not stop it. It answers [RunQuery].
//
// Its error is lro.TypeCompensationFailed, which names the target and says why it could not be undone, or
// lro.TypeInvalidInput. The input and the result are not nil. second is nil: a second argument is refused.
func UndoOperation(ctx workflow.Context, in *UndoInput, second *extra) (*UndoOutcome, error) {
	in = cmp.Or(in, &UndoInput{}) // the payload may be null
	if err := second.or(in.validate()); err != nil {
		return &UndoOutcome{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	r := &operationRun{in: &in.RunInput, undoes: true}
	if err := r.askable(ctx, "What is undone, and how far that is."); err != nil {
		return &UndoOutcome{}, err
	}
	free, _ := workflow.NewDisconnectedContext(ctx)
	err := r.undoEarlier(in.inItsName(free), in.Outcome)
	r.ended = true
	if r.step != nil {
		r.out.Outcome = r.step.outcome
	}
	out := r.undone()
	return &out, err
}

// UndoInput is the input of the workflow [UndoOperation]: that of the RunOperation, and what is known of its end. In JSON
// the outcome stands beside the fields of a [RunInput].
type UndoInput struct {
	RunInput
	// Outcome is the result of the RunOperation. nil if it is not known: the operation is then looked for.
	Outcome *RunOutcome
}

// UndoOutcome is what an undo has done.
type UndoOutcome struct {
	// Outcome is the operation after the undo. Its Cancellation says what became of a cancel. It is zero if there was no
	// operation.
	Outcome lro.Outcome `json:"outcome,omitzero"`
	// Target is that of the input.
	Target string `json:"target"`
	// Removal is what became of the target, "" if the undo deletes nothing.
	Removal starters.RemoveResult `json:"removal,omitempty"`
}

// undoWire is UndoInput in JSON.
type undoWire struct {
	runWire
	Outcome json.RawMessage `json:"outcome,omitempty"`
}

// MarshalJSON writes the form shown at [UndoInput].
func (in UndoInput) MarshalJSON() ([]byte, error) {
	wire := undoWire{runWire: in.wire()}
	if in.Outcome != nil {
		raw, err := json.Marshal(in.Outcome)
		if err != nil {
			return nil, err
		}
		wire.Outcome = raw
	}
	return json.Marshal(wire)
}

// UnmarshalJSON never fails, see [RunInput.UnmarshalJSON]. The outcome may have fields of a newer release, whose worker
// wrote it.
func (in *UndoInput) UnmarshalJSON(raw []byte) error {
	var wire undoWire
	err := lro.DecodeStrict("", raw, &wire)
	*in = UndoInput{RunInput: wire.input()}
	if len(wire.Outcome) > 0 {
		in.Outcome = &RunOutcome{}
		_, invalid := lro.DecodeLenient("outcome", wire.Outcome, in.Outcome)
		err = errors.Join(err, invalid)
	}
	in.invalid = err
	return nil
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (in *UndoInput) validate() error {
	if err := in.RunInput.validate(); err != nil {
		return err
	}
	if in.Outcome == nil || in.Outcome.Ref.IsZero() {
		return nil
	}
	return lro.InField(in.Outcome.Ref.Validate(), "ref", "outcome.ref")
}

// errUndo is why an UndoOperation's saga undoes.
var errUndo = errors.New("an undo was asked for")

// undoEarlier undoes the step of an earlier run, whose outcome is nil if it is not known.
func (r *operationRun) undoEarlier(ctx workflow.Context, known *RunOutcome) error {
	var invalid error
	err := WithSaga(ctx, r.in.sagaOptions(), func(ctx workflow.Context, saga *Saga) (err error) {
		if r.step, err = newStepRun(ctx, saga, r.in.step()); err != nil {
			return err
		}
		if err = saga.enter([]*stepRun{r.step}); err != nil {
			return err
		}
		defer saga.leave()
		invalid = r.step.resume(ctx, known)
		return errUndo
	})
	switch {
	case invalid != nil:
		return r.in.inItsWords(invalid)
	case errors.Is(err, errUndo):
		return nil
	default:
		return err
	}
}

// resume takes up the step of an earlier run. Its error is that the starter refuses the step, which then has started
// nothing.
func (r *stepRun) resume(ctx workflow.Context, known *RunOutcome) error {
	r.input.Retried, r.adopted = true, true // what is the caller's is not older than the caller
	if known != nil && (!known.Ref.IsZero() || known.Operation.Done) {
		r.outcome, r.stage = known.Outcome, stageRunning
		if known.Operation.Done {
			r.stage = stageEnded
		}
		return nil
	}
	r.stage = stageUnknown
	out, err := r.ask(ctx, workflow.Now(ctx).UTC().Add(r.step.StartTimeout), nil)
	if refused(err) {
		r.stage = stageNothing
		failure, _ := lro.AsFailure(err)
		return activities.NewError(failure)
	}
	if err != nil || !out.Found {
		out, err = r.lookLate(ctx)
	}
	if err == nil && out.Found {
		r.started(ctx, out.Ref, out.Operation)
	}
	return nil
}

// inItsName returns ctx for steps that run in the name of the input's caller.
func (in *RunInput) inItsName(ctx workflow.Context) workflow.Context {
	if c, is := in.caller(); is {
		return workflow.WithValue(ctx, callerKey{}, c)
	}
	return ctx
}

// sagaOptions are those of the saga of the one step.
func (in *RunInput) sagaOptions() SagaOptions {
	return SagaOptions{UndoWindow: in.UndoWindow, EndMargin: in.Await.EndMargin}
}
