package workflows

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// UndoOperation undoes what a [RunOperation] with the same input has done, for sagas in other SDKs: it cancels an
// operation in flight and awaits its end, and deletes the target if that is the caller's own. It undoes what is there, so
// it may be run again, and for a run that was terminated or did nothing. A cancel does not stop it. It answers [RunQuery].
//
// The caller's own is what bears its key, and what the Outcome proves. If neither tells of a target that is there, or of
// an operation on it that runs, the undo leaves it and fails.
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
	// Outcome is the result of the RunOperation. Its operation has to be one of Method and Target. nil if it is not known:
	// the undo then looks for what bears the key. Without an outcome it neither cancels nor deletes what nothing marks.
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
// nothing, or that the outcome is of another one.
func (r *stepRun) resume(ctx workflow.Context, known *RunOutcome) error {
	r.input.Retried, r.input.MarkedOnly, r.adopted, r.resumed = true, true, true, true
	r.stage, r.input.Claimed = stageUnknown, known.claim()
	out, err := r.ask(ctx, workflow.Now(ctx).UTC().Add(r.step.StartTimeout), nil)
	if refused(err) {
		r.stage = stageNothing
		return notOfOutcome(err)
	}
	if err != nil || !out.Found {
		out, err = r.lookLate(ctx)
	}
	if err == nil && out.Found {
		r.take(ctx, out, known)
	}
	return nil
}

// take takes over the operation that was found. The outcome tells since when an operation without a result may have
// made the target.
func (r *stepRun) take(ctx workflow.Context, out starters.StartOutput, known *RunOutcome) {
	r.started(ctx, out.Ref, out.Operation)
	if known == nil || known.Ref != out.Ref {
		return
	}
	now := r.outcome
	if r.outcome = known.Outcome; now.Operation.Done || !known.Operation.Done {
		r.outcome.Operation = now.Operation
	} else {
		r.stage = stageEnded // its response does not fit
	}
	if r.outcome.EndTime.IsZero() {
		r.outcome.EndTime = now.EndTime
	}
	if !known.Adopted && !known.StartTime.IsZero() {
		r.began, r.adopted = known.StartTime, false
	}
}

// maxClaimed bounds the response of a claimed operation, in bytes. The service has it, too.
const maxClaimed = 128 << 10

// claim is what the outcome claims for the caller, nil for nothing.
func (o *RunOutcome) claim() *starters.Claimed {
	if o == nil || o.Ref.IsZero() && !o.Operation.Done {
		return nil
	}
	claimed := &starters.Claimed{Ref: o.Ref, Operation: o.Operation}
	if len(claimed.Operation.Response) > maxClaimed {
		claimed.Operation.Response = nil
	}
	return claimed
}

// notOfOutcome is the failure of an undo whose step, or outcome, the starter refuses.
func notOfOutcome(err error) error {
	failure, _ := lro.AsFailure(err)
	if failure.Field == starters.ClaimedField {
		failure.Field = "outcome.ref"
		failure.Reason = strings.Replace(failure.Reason, starters.ClaimedField, failure.Field, 1)
	}
	return activities.NewError(failure)
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
