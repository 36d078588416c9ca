package workflows

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// Defaults of [Step].
const (
	DefaultStartTimeout   = 10 * time.Minute
	DefaultAttemptTimeout = time.Minute
	DefaultQuarantine     = time.Minute
)

// Step is an operation that a workflow starts, awaits, and may have to undo; see
// [Run]. Package workflows/spanner makes those of Cloud Spanner. It is a value:
// change its fields before it is run.
type Step struct {
	// Name tells the step from the workflow's others, and is part of what marks
	// its operation as the workflow's own: it must be the same in each retry,
	// reset and release of the workflow, and one step's only. Default: the
	// method and the Target, such as "CreateInstance projects/p/instances/i".
	Name string
	// Activity is the registered name of the starter, which takes an
	// activities.StartInput. Required.
	Activity string
	// Target is the resource that the operation makes or changes. Required.
	Target string
	// Request encodes as the JSON of the method's request. nil for none.
	Request any
	// Undo is the registered name of an activity that deletes Target, which
	// takes an activities.RemoveInput. "" for a step that makes nothing.
	Undo string
	// Compensate undoes what the operation changed, once it has succeeded. It
	// runs before Undo, on a context that is canceled only when the saga's window is
	// over and whose activity options are the saga's. nil for nothing. A schema change that it makes with
	// [Run] marks the step's own as undone, so that a later run of the workflow
	// makes that again.
	Compensate func(ctx workflow.Context, outcome lro.Outcome) error
	// Await says how to await. Operation is the step's own; Timeout counts from
	// when the operation has been started. The starter and the undo run on its
	// ControlTaskQueue, or else its TaskQueue.
	Await AwaitOptions
	// StartTimeout bounds all attempts to start. Default 10 min.
	StartTimeout time.Duration
	// AttemptTimeout bounds one attempt, and so how soon another worker takes
	// over from one that died. Default 1 min.
	AttemptTimeout time.Duration
	// Quarantine is how long a request that nobody waits for any more may still
	// act: after a start that was canceled, or whose end is not known, the
	// operation is looked for at once, and again after it. Default 1 min.
	Quarantine time.Duration
	// Invalid is why the step cannot be run, an [*lro.InvalidError] of the function that
	// made it. The step is refused with it before anything is sent. nil for nothing.
	Invalid error
}

// withDefaults returns s with its zero fields set.
func (s Step) withDefaults() Step {
	method := s.Activity[strings.LastIndexByte(s.Activity, '.')+1:]
	s.Name = cmp.Or(s.Name, method+" "+s.Target)
	s.StartTimeout = cmp.Or(s.StartTimeout, DefaultStartTimeout)
	s.AttemptTimeout = cmp.Or(s.AttemptTimeout, DefaultAttemptTimeout)
	s.Quarantine = cmp.Or(s.Quarantine, DefaultQuarantine)
	return s
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (s Step) validate() error {
	if s.Activity == "" {
		return &lro.InvalidError{Field: "step.activity", Want: "the registered name of a starter, such as awaitop.spanner.CreateInstance"}
	}
	if s.Invalid != nil {
		return s.Invalid
	}
	if s.Name != strings.TrimSpace(s.Name) {
		return &lro.InvalidError{Field: "step.name", Value: s.Name, Want: "a name that neither begins nor ends with a space"}
	}
	if err := lro.ValidateName("step.target", s.Target); err != nil {
		return err
	}
	for _, f := range []durationField{
		{"step.startTimeout", &s.StartTimeout}, {"step.attemptTimeout", &s.AttemptTimeout}, {"step.quarantine", &s.Quarantine},
	} {
		if err := lro.ValidateDuration(f.name, *f.at, "the default"); err != nil {
			return err
		}
	}
	if s.Await.Operation != nil {
		return &lro.InvalidError{Field: "step.await.operation", Value: s.Await.Operation.Name, Want: "none: the step starts its own"}
	}
	return s.Await.validate()
}

// input is what the step's starter gets.
func (s Step) input(ctx workflow.Context) (activities.StartInput, error) {
	in := activities.StartInput{Target: s.Target, Key: startKey(ctx, s.Name), Since: since(ctx), Retried: retried(ctx)}
	if s.Request == nil {
		return in, nil
	}
	raw, err := json.Marshal(s.Request)
	if err != nil {
		return in, &lro.InvalidError{Field: "step.request", Value: s.Name, Want: "a value that encodes as JSON", Problem: err.Error()}
	}
	if len(raw) > lro.MaxEncodedSize {
		return in, &lro.InvalidError{Field: "step.request", Value: s.Name, Problem: fmt.Sprintf("is %d bytes of JSON", len(raw)), Want: fmt.Sprintf("%d at most, which fit a payload", lro.MaxEncodedSize)}
	}
	in.Request = raw
	return in, nil
}
