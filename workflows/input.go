package workflows

import (
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

// AwaitInput is the input of the workflow [AwaitOperation]. In JSON the options
// stand beside the ref. Durations are as [lro.Duration] reads them, such as "90s" or
// "1h30m", and are written in seconds:
//
//	{"ref": "//spanner.googleapis.com/projects/p/instances/i/operations/o",
//	 "timeout": "3600s", "policy": {"maximumInterval": "30s"}}
type AwaitInput struct {
	// Ref names the operation. It may be zero only if Operation is done.
	Ref lro.Ref
	AwaitOptions
	// Resume is nil for a new wait.
	Resume *Resume

	step    string // the name of the step that has started the operation, "" for none
	origin  origin
	invalid error
}

// origin says who wrote an AwaitInput in JSON, "" for a user. A user's input is read
// strictly. The input that a worker passes on, to a child or to the next run, may hold
// fields of a newer release. They are ignored, and the wait goes on without them.
type origin string

const originWorker origin = "worker"

// awaitWire is AwaitInput in JSON.
type awaitWire struct {
	Ref       lro.Ref        `json:"ref,omitzero"`
	Operation *lro.Operation `json:"operation,omitempty"`
	optionsWire
	Resume *Resume `json:"resume,omitempty" awaitop:"internal"`
	Origin origin  `json:"origin,omitempty" awaitop:"internal"`
}

// MarshalJSON writes the form shown at [AwaitInput].
func (in AwaitInput) MarshalJSON() ([]byte, error) {
	return json.Marshal(awaitWire{
		Ref: in.Ref, Operation: in.Operation, optionsWire: wireOf(in.AwaitOptions), Resume: in.Resume, Origin: in.origin,
	})
}

// UnmarshalJSON never fails: the workflow fails for an invalid raw, with a typed failure
// that names the field. Fields that can be read are kept, such as the Ref. Fields that this
// release does not have are refused. Beside an origin of "worker" or a resume they are
// ignored, because a worker of another release wrote them.
func (in *AwaitInput) UnmarshalJSON(raw []byte) error {
	var wire awaitWire
	err := lro.DecodeStrict("", raw, &wire)
	if err != nil && (wire.Origin == originWorker || wire.Resume != nil) {
		_, err = lro.DecodeLenient("", raw, &wire)
	}
	*in = AwaitInput{Ref: wire.Ref, AwaitOptions: wire.options(), Resume: wire.Resume, origin: wire.Origin, invalid: err}
	in.Operation = wire.Operation
	return nil
}

// validate reports the first invalid field as an [*lro.InvalidError]. It normalizes the
// operation.
func (in *AwaitInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if in.origin != "" && in.origin != originWorker {
		return &lro.InvalidError{Field: "origin", Value: string(in.origin), Want: "no origin: awaitop's workers write it"}
	}
	if err := in.AwaitOptions.validate(); err != nil {
		return err
	}
	if in.Operation == nil {
		return in.Ref.Validate()
	}
	op := *in.Operation // the caller's stays as it is
	in.Operation = &op
	if err := op.Normalize(); err != nil {
		return &lro.InvalidError{Field: "operation", Value: op.Name, Want: "a google.longrunning.Operation", Problem: err.Error()}
	}
	*in.Operation = op
	if op.Done && in.Ref.IsZero() {
		return nil
	}
	if err := in.Ref.Validate(); err != nil {
		return err
	}
	if op.Name != "" && op.Name != in.Ref.Name {
		return &lro.InvalidError{Field: "operation.name", Value: op.Name, Want: "the name in ref, " + in.Ref.Name}
	}
	return nil
}
