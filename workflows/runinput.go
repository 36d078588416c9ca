package workflows

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/awaitop/awaitop/lro"
)

// RunInput is the input of the workflow [RunOperation]. In JSON all options stand beside the method. Durations are as
// [lro.Duration] reads them:
//
//	{"method": "spanner.projects.instances.create", "target": "projects/p/instances/i",
//	 "request": {"body": {"displayName": "orders"}},
//	 "workflowId": "orders-1", "firstRunId": "0199...", "step": "instance", "timeout": "3600s"}
type RunInput struct {
	// Method is the id of the API's method in awaitop's catalog, such as "alloydb.projects.locations.clusters.create".
	// With "notebooks/v2:" in front it is that of one version. Required.
	Method string
	// Target is the name of what the method makes or changes. Required.
	Target string
	// Request is the method's request. Default: empty.
	Request RunRequest
	// Key tells what the step starts from all else. It is a text of the caller's, up to 1,000 bytes, that no other step
	// has, such as an order's number and the step's name. Default: the key is made of WorkflowID.
	Key string
	// WorkflowID and FirstRunID name the caller's workflow, as its SDK tells them ("firstExecutionRunId" in TypeScript).
	// The key is then made of them and of Step, as for a step of a workflow in Go: a retry and a reset of the caller
	// find what it has started, and a sweep finds the caller. Default: they are those of this workflow.
	WorkflowID string `json:"workflowId,omitempty"`
	// FirstRunID is the id of the first run of the caller's workflow, a UUID. Required with a WorkflowID.
	FirstRunID string `json:"firstRunId,omitempty"`
	// RunID is the id of the caller's run. If it is another one than FirstRunID, an earlier run may have started the
	// step. Default: none has.
	RunID string `json:"runId,omitempty"`
	// Since is when the caller's first run began, or when Key was first used: what is older is not the caller's.
	// Default: what FirstRunID tells, or when this workflow began.
	Since time.Time
	// Step is the step's name, which is part of the key. It must be the same in each retry of the caller, and no other
	// step of the caller may have it. Default: the method and the target.
	Step string
	// WithoutUndo leaves what the step has done. An operation in flight is canceled all the same. For a method that
	// makes nothing, it is required.
	WithoutUndo bool
	// ForceUndo makes the undo delete the target with all that it holds, if the API's delete of it can do that.
	ForceUndo bool
	// UndoWindow is for how long the undo is tried, as [SagaOptions].UndoWindow. Default 2 h.
	UndoWindow time.Duration
	// HoldFor is how long the workflow stays open after its success, for the update [UndoUpdate] or a cancel to undo the
	// step. Default 0: it closes at once. A run or execution timeout of the workflow cuts it, by EndMargin before it.
	HoldFor time.Duration
	// StepOptions say how the step is run.
	StepOptions

	invalid error
}

// RunRequest is the request of a method, as it travels in JSON.
type RunRequest struct {
	// Body is the request's body, the API's JSON. Of a method that makes a resource it is that resource, even where the
	// request wraps it. The starter sets the id, a label awaitop_key and the requestId. Default: empty.
	Body json.RawMessage `json:"body,omitempty"`
	// UpdateMask names the fields that an update changes. Default: none is sent.
	UpdateMask []string `json:"updateMask,omitempty"`
	// Parameters are further parameters of the request's query. Default: none.
	Parameters map[string]string `json:"parameters,omitempty"`
	// MayStartTwice allows a method of which nothing tells its operation from another's: after a lost reply the call is
	// made again. Default: such a method is refused.
	MayStartTwice bool `json:"mayStartTwice,omitempty"`
}

// runWire is RunInput in JSON.
type runWire struct {
	Method         string       `json:"method,omitempty"`
	Target         string       `json:"target,omitempty"`
	Request        RunRequest   `json:"request,omitzero"`
	Key            string       `json:"key,omitempty"`
	WorkflowID     string       `json:"workflowId,omitempty"`
	FirstRunID     string       `json:"firstRunId,omitempty"`
	RunID          string       `json:"runId,omitempty"`
	Since          time.Time    `json:"since,omitzero"`
	Step           string       `json:"step,omitempty"`
	WithoutUndo    bool         `json:"withoutUndo,omitempty"`
	ForceUndo      bool         `json:"forceUndo,omitempty"`
	UndoWindow     lro.Duration `json:"undoWindow,omitzero"`
	HoldFor        lro.Duration `json:"holdFor,omitzero"`
	StartTimeout   lro.Duration `json:"startTimeout,omitzero"`
	AttemptTimeout lro.Duration `json:"attemptTimeout,omitzero"`
	Quarantine     lro.Duration `json:"quarantine,omitzero"`
	optionsWire
}

// IsZero reports whether the request is empty.
func (r RunRequest) IsZero() bool {
	return len(r.Body) == 0 && len(r.UpdateMask) == 0 && len(r.Parameters) == 0 && !r.MayStartTwice
}

// durations are in the order of [RunInput.durations].
func (w *runWire) durations() []*lro.Duration {
	return []*lro.Duration{&w.UndoWindow, &w.HoldFor, &w.StartTimeout, &w.AttemptTimeout, &w.Quarantine}
}

func (in *RunInput) durations() []durationField {
	return []durationField{
		{"undoWindow", &in.UndoWindow}, {"holdFor", &in.HoldFor},
		{"startTimeout", &in.StartTimeout}, {"attemptTimeout", &in.AttemptTimeout}, {"quarantine", &in.Quarantine},
	}
}

// wire is in in JSON.
func (in RunInput) wire() runWire {
	wire := runWire{
		Method: in.Method, Target: in.Target, Request: in.Request, Key: in.Key,
		WorkflowID: in.WorkflowID, FirstRunID: in.FirstRunID, RunID: in.RunID, Since: in.Since, Step: in.Step,
		WithoutUndo: in.WithoutUndo, ForceUndo: in.ForceUndo, optionsWire: wireOf(in.Await),
	}
	for i, d := range wire.durations() {
		*d = lro.DurationOf(*in.durations()[i].at)
	}
	return wire
}

// input is the RunInput of the wire. A duration that cannot be read is 0: the decoder says so.
func (w *runWire) input() RunInput {
	in := RunInput{
		Method: w.Method, Target: w.Target, Request: w.Request, Key: w.Key,
		WorkflowID: w.WorkflowID, FirstRunID: w.FirstRunID, RunID: w.RunID, Since: w.Since, Step: w.Step,
		WithoutUndo: w.WithoutUndo, ForceUndo: w.ForceUndo, StepOptions: StepOptions{Await: w.options()},
	}
	for i, d := range w.durations() {
		*in.durations()[i].at, _ = d.In("")
	}
	return in
}

// MarshalJSON writes the form shown at [RunInput].
func (in RunInput) MarshalJSON() ([]byte, error) { return json.Marshal(in.wire()) }

// UnmarshalJSON never fails: the workflow fails for an invalid raw, with a typed failure that names the field. Fields
// that this release does not have are refused.
func (in *RunInput) UnmarshalJSON(raw []byte) error {
	var wire runWire
	err := lro.DecodeStrict("", raw, &wire)
	*in = wire.input()
	in.invalid = err
	return nil
}

// validate reports the first invalid field as an [*lro.InvalidError]. What the catalog says of the method is told by the
// starter.
func (in *RunInput) validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
	case in.Method == "":
		return &lro.InvalidError{Field: "method", Want: "the id of a method, such as spanner.projects.instances.create"}
	case in.Target == "":
		return &lro.InvalidError{Field: "target", Want: "the name of what the method makes or changes"}
	case in.Await.Operation != nil:
		return &lro.InvalidError{Field: "operation", Value: in.Await.Operation.Name, Want: "none: the step starts its own"}
	}
	if err := in.validateCaller(); err != nil {
		return err
	}
	for _, f := range in.durations() {
		if err := lro.ValidateDuration(f.name, *f.at, "the default"); err != nil {
			return err
		}
	}
	if err := in.Await.validate(); err != nil {
		return err
	}
	return in.validateStep()
}

// validateStep reports what a step would refuse, by the field's name in RunInput.
func (in *RunInput) validateStep() error {
	if in.Step != strings.TrimSpace(in.Step) {
		return &lro.InvalidError{Field: "step", Value: in.Step, Want: "a name that neither begins nor ends with a space"}
	}
	if err := validateCallersText("step", in.Step); err != nil {
		return err
	}
	if err := lro.ValidateName("target", in.Target); err != nil {
		return err
	}
	if n := len(in.Request.Body); n > lro.MaxEncodedSize {
		return &lro.InvalidError{Field: "request.body", Value: fmt.Sprint(n) + " bytes", Want: fmt.Sprint(lro.MaxEncodedSize) + " bytes at most, which fit a payload"}
	}
	return in.validateOwn()
}

// maxCallersText bounds a text of the caller's, in bytes, as the server does an id by default.
const maxCallersText = 1000

// validateCallersText reports why a text of the caller's cannot be part of a key, or be shown.
func validateCallersText(field, text string) error {
	switch {
	case len(text) > maxCallersText:
		return &lro.InvalidError{Field: field, Value: text, Want: fmt.Sprintf("%d bytes at most", maxCallersText)}
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return &lro.InvalidError{Field: field, Value: text, Want: "a text without control characters"}
	default:
		return nil
	}
}
