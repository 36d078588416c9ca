package starters

import (
	"encoding/json"

	"github.com/awaitop/awaitop/lro"
)

// StartOutput is the operation that a starter found or started.
type StartOutput struct {
	// Found is false if AdoptOnly found nothing, or the start is to be tried Again. The other fields are
	// zero then.
	Found bool `json:"found"`
	// Ref names the operation. It is zero if the record of the operation is gone and only its result was
	// found.
	Ref lro.Ref `json:"ref,omitzero"`
	// Operation is the operation as it was started or found.
	Operation lro.Operation `json:"operation"`
	// Adopted is true if the operation was started before: by an attempt whose reply was lost, or by an
	// earlier run of the workflow.
	Adopted bool `json:"adopted,omitempty"`
	// Left is what an AdoptOnly has left alone: [RemoveUnknown] for a target or a running operation that nothing marks,
	// if the input is MarkedOnly. "" for nothing.
	Left RemoveResult `json:"left,omitempty"`
	// Again says that nothing was found or started yet. nil otherwise.
	Again *StartAgain `json:"again,omitempty"`

	told bool // whether Found was there, read from JSON
}

// StartAgain says that the operation could not be started yet, and that the start is to be tried again.
// It is a result and not an error, so that Known is in the workflow's history. A start that is canceled
// between two attempts would lose a heartbeat.
type StartAgain struct {
	// After is how long to wait before. 0 leaves it to the caller.
	After lro.Duration `json:"after,omitzero"`
	// Known is for the next attempt. If it is nil, nothing was started.
	Known *Known `json:"known,omitempty"`
	// Error is the reason.
	Error *lro.Status `json:"error,omitempty"`
	// Blocker is an operation of somebody else's that is in the way: the service starts nothing until it has
	// ended. The caller awaits it before it tries again, and never cancels it. Zero if there is none, or
	// if it is not known.
	Blocker lro.Ref `json:"blocker,omitzero"`
}

// Validate reports why out is not a result of a starter. A starter has found or started an
// operation, or is to be tried again, or, with AdoptOnly, says that there is none.
func (out StartOutput) Validate(in StartInput) error {
	op := out.Operation
	switch {
	case out.Found && out.Ref.IsZero() && !op.Done:
		return &lro.InvalidError{Field: "result.ref", Want: "the operation that was found", Problem: "is missing"}
	case out.Found, out.Again != nil, in.AdoptOnly && out.told:
		return nil
	default:
		return &lro.InvalidError{Field: "result.found", Want: "an operation that was found or started", Problem: "is missing"}
	}
}

// UnmarshalJSON reads the result of a starter, and notes whether it says that it found nothing. An
// empty object does not say so.
func (out *StartOutput) UnmarshalJSON(raw []byte) error {
	type plain StartOutput
	var said struct {
		Found *bool `json:"found"`
	}
	if err := json.Unmarshal(raw, (*plain)(out)); err != nil {
		return err
	}
	err := json.Unmarshal(raw, &said)
	out.told = said.Found != nil
	return err
}
