package workflows

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// Defaults of [StepOptions].
const (
	DefaultStartTimeout   = 10 * time.Minute
	DefaultAttemptTimeout = time.Minute
	DefaultQuarantine     = time.Minute
)

// Step is an operation that a workflow starts, awaits, and may have to undo; [Adopt] is for
// one that the workflow has started by other means. T is its
// result, which [Run] returns: the operation's response as [lro.Decode] reads it, or as a T
// that is an [OperationDecoder] reads it. struct{} is for an operation whose response says
// nothing.
//
// Packages workflows/spanner and workflows/google make the steps of Cloud Spanner and of any other
// service of Google's. A Step is a value: change its fields before it is run. A conversion gives it another result, such as
// Step[struct{}](step) or the caller's own struct with the same JSON.
type Step[T any] struct {
	// Name tells the step from the workflow's others, and is part of the key that marks
	// its operation as the workflow's own. It must be the same in each retry,
	// reset and release of the workflow, and no other step may have it. Default: the
	// method and the Target, such as "CreateInstance projects/p/instances/i".
	Name string
	// Activity is the registered name of the starter, which takes an
	// starters.StartInput of package activities/starters. Required without a Ref.
	Activity string
	// Method is the API's method, for a starter of many methods, such as that of package
	// workflows/google. "" for a starter of one method.
	Method string
	// Ref names the operation of a step that [Adopt] makes, which has no Activity.
	Ref lro.Ref
	// Target is the resource that the operation makes or changes. Required.
	Target string
	// Request is the method's request: a proto message, or a value that encodes as the
	// request's JSON. nil for none.
	Request any
	// Undo is the registered name of an activity that deletes Target, which
	// takes a starters.RemoveInput. "" for a step that makes nothing.
	Undo string
	// ForceUndo makes Undo delete Target with all that it holds, if the API's delete of it can
	// do that. Of starters of one method only their own Undo can know it.
	ForceUndo bool
	// Check is the registered name of an activity that checks a start without making it, which takes a
	// starters.CheckInput. [PlanSteps] runs it. "" for none.
	Check string
	// Get is the registered name of an activity that reads Target, which takes a
	// starters.ResourceInput. Run then takes the result from Target where the operation has no
	// response, as those of Compute Engine, and where T is a struct and the response is the encoded
	// Target, of a type that the gRPC client did not know. "" for never.
	Get string
	// Compensate takes back the change of an operation that has succeeded. It
	// runs before Undo and does not replace it, which UndoneBy does. Its context is canceled
	// only when the saga's window is over, and its activity options are the saga's. nil for no compensation. A step
	// that it runs, with [Run] and a nil saga, has the options that the saga's steps
	// share. The outcome of a step of [RunAll] has neither response nor metadata, unless Into has
	// read its result. A schema change marks the step's own change as undone, so that a later run
	// of the workflow makes that change again.
	Compensate func(ctx workflow.Context, outcome lro.Outcome) error
	// StepOptions say how the step is run. They override the saga's.
	StepOptions
	// Outcome is set to how the step ended, whether it succeeded or failed. nil for
	// no place to set.
	Outcome *StepOutcome
	// Invalid is why the step cannot be run, an [*lro.InvalidError] of the function that
	// made it. The step is refused with it before anything is sent. nil for nothing.
	Invalid error
}

// WithoutUndo returns the step with no undo: a saga leaves what the step has done. It is for what cannot be taken back,
// such as a restart, and for what is to stay. An operation in flight is canceled all the same.
func (s Step[T]) WithoutUndo() Step[T] { return s.UndoneBy(nil) }

// UndoneBy returns the step with an undo of the caller's own in place of a delete of Target: compensate is its
// Compensate. It is for a change, which is taken back by another one.
func (s Step[T]) UndoneBy(compensate func(ctx workflow.Context, outcome lro.Outcome) error) Step[T] {
	s.Undo, s.Compensate = "", compensate
	return s
}

// StepOptions say how a step is run. A zero field is the saga's, see
// [SagaOptions].Steps, and else the default.
type StepOptions struct {
	// Await says how to await. Timeout counts from when the operation has been started.
	// The starter and the undo run on the ControlTaskQueue, or else the TaskQueue.
	// Operation is for a step that [Adopt] makes: the operation as its start returned
	// it. [RunAll] refuses DeleteWhenDone and ProgressInterval of a step, and ignores
	// the saga's.
	Await AwaitOptions
	// StartTimeout bounds all attempts to start. Default 10 min.
	StartTimeout time.Duration
	// AttemptTimeout bounds one attempt, and so how soon another worker takes
	// over from one that died. Default 1 min.
	AttemptTimeout time.Duration
	// Quarantine is how long a request may still act after its attempt has ended. If a
	// start was canceled, or may or may not have happened, the step looks for the
	// operation at once, and again after the quarantine. Default 1 min.
	Quarantine time.Duration
}

// StepOutcome is how a step ended.
type StepOutcome struct {
	// Outcome is the operation, and the time and the reads that it took to await it.
	// It is zero if the step started nothing.
	lro.Outcome
	// Adopted is true if another attempt had started the operation: one whose reply was
	// lost, one of an earlier run of the workflow, or the caller's own before [Adopt].
	Adopted bool
}

// step is a Step without its result, as untyped code holds it.
type step = Step[struct{}]

// or returns o with its zero fields taken from shared.
func (o StepOptions) or(shared StepOptions) StepOptions {
	o.Await = o.Await.or(shared.Await)
	o.StartTimeout = cmp.Or(o.StartTimeout, shared.StartTimeout)
	o.AttemptTimeout = cmp.Or(o.AttemptTimeout, shared.AttemptTimeout)
	o.Quarantine = cmp.Or(o.Quarantine, shared.Quarantine)
	return o
}

// defaultStepOptions are those that neither a step nor its saga sets.
var defaultStepOptions = StepOptions{
	StartTimeout: DefaultStartTimeout, AttemptTimeout: DefaultAttemptTimeout, Quarantine: DefaultQuarantine,
}

// validate reports the first invalid field as an [*lro.InvalidError]. where is the path of
// the options, which the field's name begins with.
func (o StepOptions) validate(where string) error {
	for _, f := range []durationField{
		{"startTimeout", &o.StartTimeout}, {"attemptTimeout", &o.AttemptTimeout}, {"quarantine", &o.Quarantine},
	} {
		if err := lro.ValidateDuration(where+"."+f.name, *f.at, "the default"); err != nil {
			return err
		}
	}
	return o.Await.validate()
}

// named returns s with its default name, if it has none.
func (s Step[T]) named() Step[T] {
	if s.Ref.IsZero() && s.adopts() {
		s.Name = cmp.Or(s.Name, "adopt "+s.Target)
	} else if s.adopts() {
		s.Name = cmp.Or(s.Name, "adopt "+s.Ref.String())
	}
	method := cmp.Or(s.Method, s.Activity[strings.LastIndexByte(s.Activity, '.')+1:])
	s.Name = cmp.Or(s.Name, method+" "+s.Target)
	return s
}

// shown names the step to people. The default name of a step that [Adopt] makes says more than
// its target.
func (s Step[T]) shown() string {
	if s.adopts() && strings.HasPrefix(s.Name, "adopt ") {
		return s.Target
	}
	return s.Name
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (s Step[T]) validate() error {
	if s.Invalid != nil {
		return s.Invalid
	}
	if err := s.validateStart(); err != nil {
		return err
	}
	if s.Name != strings.TrimSpace(s.Name) {
		return &lro.InvalidError{Field: "step.name", Value: s.Name, Want: "a name that neither begins nor ends with a space"}
	}
	if err := lro.ValidateName("step.target", s.Target); err != nil {
		return err
	}
	return s.StepOptions.validate("step")
}

// validateStart reports why the step cannot have an operation: it needs a starter or a Ref,
// and not both.
func (s Step[T]) validateStart() error {
	switch {
	case s.adopts():
		return s.validateAdopted()
	case s.Activity == "":
		return &lro.InvalidError{Field: "step.activity", Want: "the registered name of a starter, such as awaitop.spanner.CreateInstance"}
	case !s.Ref.IsZero():
		return &lro.InvalidError{Field: "step.ref", Value: s.Ref.String(), Want: "none: the step starts its own operation"}
	case s.Await.Operation != nil:
		return &lro.InvalidError{Field: "step.await.operation", Value: s.Await.Operation.Name, Want: "none: the step starts its own"}
	default:
		return nil
	}
}

// input returns the input of the step's starter.
func (s Step[T]) input(ctx workflow.Context) (starters.StartInput, error) {
	in := starters.StartInput{Target: s.Target, Method: s.Method, Key: startKey(ctx, s.Name), Since: since(ctx)}
	in.Retried, in.MarkedOnly = retried(ctx), markedOnly(ctx)
	in.ChangesSince, in.ChangesRetried = continued(ctx)
	if s.Request == nil {
		return in, nil
	}
	raw, err := lro.Encode(s.Request)
	if err != nil {
		return in, &lro.InvalidError{Field: "step.request", Value: s.Name, Want: "a proto message or a value that encodes as JSON", Problem: err.Error()}
	}
	if len(raw) > lro.MaxEncodedSize {
		return in, &lro.InvalidError{Field: "step.request", Value: s.Name, Problem: fmt.Sprintf("is %d bytes of JSON", len(raw)), Want: fmt.Sprintf("%d at most, which fit a payload", lro.MaxEncodedSize)}
	}
	in.Request = raw
	return in, nil
}
