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
// lro.TypeInvalidInput. It is lro.TypeAwaitTimeout if nothing was found, and a timeout of the workflow left no time to wait
// for a late request. The input and the result are not nil. second is nil: a second argument is refused.
func UndoOperation(ctx workflow.Context, in *UndoInput, second *extra) (*UndoOutcome, error) {
	in = cmp.Or(in, &UndoInput{}) // the payload may be null
	if err := second.or(nil); err != nil {
		return &UndoOutcome{}, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	if err := in.Validate(); err != nil {
		return &UndoOutcome{}, err
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
// the outcome stands beside the fields of a [RunInput]. Without an Outcome, Key or WorkflowID is required: the undo of a
// run that had neither names that run's own workflow. StartTimeout bounds a look. Not read are HoldFor, Timeout,
// DeadlinePolicy, CancelPolicy, FailWhenCanceled and DeleteWhenDone.
type UndoInput struct {
	RunInput
	// Outcome is the result of the RunOperation. Its operation has to be one of Method and Target. nil if it is not known:
	// the undo then looks for what bears the key. Without an outcome it neither cancels nor deletes what nothing marks.
	Outcome *RunOutcome

	invalidOutcome error
}

// UndoOutcome is what an undo has done.
type UndoOutcome struct {
	// Outcome is the operation after the undo. Its Cancellation says what became of a cancel. It is zero if there was no
	// operation.
	Outcome lro.Outcome `json:"outcome,omitzero"`
	// Target is that of the input.
	Target string `json:"target"`
	// Removal is what became of the target.
	Removal Removal `json:"removal"`
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
		_, in.invalidOutcome = lro.DecodeLenient("outcome", wire.Outcome, in.Outcome)
	}
	in.invalid = err
	return nil
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (in *UndoInput) validate() error {
	if err := in.RunInput.validate(); err != nil {
		return err
	}
	if err := in.validateOutcome(); err != nil {
		return err
	}
	if in.Key == "" && in.WorkflowID == "" && in.Outcome.claim() == nil {
		return &lro.InvalidError{Field: "key", Want: "the key of the run, or its workflowId and firstRunId: without one, a run has the key of its own workflow"}
	}
	return nil
}

// validateOutcome reports an outcome that cannot be that of a run.
func (in *UndoInput) validateOutcome() error {
	switch known := in.Outcome; {
	case in.invalidOutcome != nil:
		return in.invalidOutcome
	case known == nil || known.Ref.IsZero():
		return nil
	default:
		return lro.InField(known.Ref.Validate(), "ref", "outcome.ref")
	}
}

// Validate reports why [UndoOperation] would refuse in before it asks the catalog, as the same lro.TypeInvalidInput
// failure. It sends nothing.
func (in *UndoInput) Validate() error {
	if err := in.RunInput.Validate(); err != nil {
		return startedNothing(err)
	}
	if err := in.validate(); err != nil {
		return activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	return nil
}

// startedNothing adds to the refusal of an input that a run of it was refused, too.
func startedNothing(err error) error {
	failure, _ := lro.AsFailure(err)
	failure.Reason += "; a run of this input has started nothing"
	return activities.NewError(failure)
}

// errUndo is why an UndoOperation's saga undoes.
var errUndo = errors.New("an undo was asked for")

// undoEarlier undoes the step of an earlier run, whose outcome is nil if it is not known.
func (r *operationRun) undoEarlier(ctx workflow.Context, known *RunOutcome) error {
	var final error
	err := WithSaga(ctx, r.in.sagaOptions(), func(ctx workflow.Context, saga *Saga) (err error) {
		if r.step, err = newStepRun(ctx, saga, r.in.step()); err != nil {
			return err
		}
		if err = saga.enter([]*stepRun{r.step}); err != nil {
			return err
		}
		defer saga.leave()
		final = r.step.resume(ctx, known)
		return errUndo
	})
	switch {
	case final != nil:
		return r.in.inItsWords(final)
	case errors.Is(err, errUndo):
		return nil
	default:
		return err
	}
}

// resume takes up the step of an earlier run. If it returns an error, there is nothing to undo: the starter refuses the
// step, which then has started nothing, or the outcome, which is of another one. Or nothing was found, and no time is left
// to wait for a late request.
func (r *stepRun) resume(ctx workflow.Context, known *RunOutcome) error {
	r.input.Retried, r.input.MarkedOnly, r.adopted, r.resumed = true, true, true, true
	r.stage, r.input.Claimed = stageUnknown, known.claim()
	now := workflow.Now(ctx).UTC()
	deadline := r.limits.cutGrace(now.Add(r.step.StartTimeout))
	out, err := r.ask(ctx, deadline, nil, max(deadline.Sub(now), 0)+deadlineSlack) // no alarm, whose timer would be a command
	if refused(err) {
		r.stage = stageNothing
		return notOfOutcome(err)
	}
	if err != nil || !out.Found {
		out, err = r.lookAfterQuarantine(ctx)
	}
	switch {
	case err == nil && out.Found:
		r.take(ctx, out, known)
	case err == nil && !r.leaves(out) && r.mayBeLate(ctx):
		return activities.NewError(lro.Failure{Type: lro.TypeAwaitTimeout, Resources: []string{r.step.Target}, Reason: r.late()})
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
	if failure.Field != starters.ClaimedField {
		return startedNothing(err)
	}
	failure.Field = "outcome.ref"
	failure.Reason = strings.Replace(failure.Reason, starters.ClaimedField, failure.Field, 1)
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
