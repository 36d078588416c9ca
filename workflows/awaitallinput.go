package workflows

import (
	"encoding/json"
	"fmt"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// AwaitAllInput is the input of the workflow [AwaitOperations]. In JSON the options stand beside
// the refs, as those of an [AwaitInput] beside its ref:
//
//	{"refs": ["//spanner.googleapis.com/projects/p/instances/i/operations/o"],
//	 "onFailure": "awaitRest", "timeout": "3600s"}
type AwaitAllInput struct {
	// Refs name the operations. An empty list is awaited at once. In JSON the field is required.
	// The names take less than 1 MiB together, some 5,000 of 130 bytes, because the result names
	// each of them again.
	Refs []lro.Ref `json:"refs"`
	AwaitAllOptions

	invalid error
}

// awaitAllWire is AwaitAllInput in JSON.
type awaitAllWire struct {
	Refs      []lro.Ref     `json:"refs"`
	OnFailure FailurePolicy `json:"onFailure,omitempty"`
	optionsWire
	// Operation is refused, as AwaitAllOptions say. It is written so that it is not ignored.
	Operation *lro.Operation `json:"operation,omitempty" awaitop:"internal"`
}

// resultSize bounds, in bytes of JSON, what a [SetResult] of an operation that has succeeded takes
// beside its ref, without its CancelStatus.
const resultSize = 64

// MarshalJSON writes the form shown at [AwaitAllInput].
func (in AwaitAllInput) MarshalJSON() ([]byte, error) {
	wire := awaitAllWire{Refs: in.Refs, OnFailure: in.OnFailure, optionsWire: wireOf(in.AwaitOptions), Operation: in.Operation}
	if wire.Refs == nil {
		wire.Refs = []lro.Ref{}
	}
	return json.Marshal(wire)
}

// UnmarshalJSON never fails: the workflow fails for an invalid raw, with a typed failure that names
// the field. It refuses fields that this release does not have.
func (in *AwaitAllInput) UnmarshalJSON(raw []byte) error {
	var wire awaitAllWire
	err := lro.DecodeStrict("", raw, &wire)
	*in = AwaitAllInput{Refs: wire.Refs, AwaitAllOptions: AwaitAllOptions{AwaitOptions: wire.options(), OnFailure: wire.OnFailure}, invalid: err}
	in.Operation = wire.Operation
	if err == nil && wire.Refs == nil {
		in.invalid = missingRefs()
	}
	return nil
}

func missingRefs() error {
	return &lro.InvalidError{Field: "refs", Want: "the operations to await", Problem: "is missing"}
}

// Validate reports why the workflow would refuse in, as the same lro.TypeInvalidInput failure. It
// sends nothing.
func (in AwaitAllInput) Validate() error {
	if err := in.validate(); err != nil {
		return activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	return nil
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (in AwaitAllInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if err := in.validateSet(in.Refs); err != nil {
		return err
	}
	if size := lro.EncodedSize(in.Refs) + resultSize*len(in.Refs); size > lro.MaxEncodedSize {
		return &lro.InvalidError{
			Field: "refs", Value: fmt.Sprintf("%d operations", len(in.Refs)), Problem: "do not fit the result of one workflow",
			Want: "fewer: start several workflows, or call workflows.AwaitAll",
		}
	}
	return nil
}
