package orphans

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Action is what a sweep does about an operation that is an orphan.
type Action string

// The actions.
const (
	// Report names it, and changes nothing. The default.
	Report Action = "report"
	// Adopt starts a workflow that awaits it.
	Adopt Action = "adopt"
	// Cancel sends a cancel to it. An operation that takes back another one is left to end.
	Cancel Action = "cancel"
)

// DefaultMinAge is the [Policy]'s MinAge if that is 0.
const DefaultMinAge = 10 * time.Minute

// Policy says what a sweep does about orphans. The zero value reports them. A sweep never deletes.
type Policy struct {
	// Action is for operations that are orphans or were left by a wait. Default [Report].
	Action Action `json:"action,omitempty"`
	// IncludeUnknown acts on operations with a key of a workflow that the namespace does not have, as on orphans. They
	// may be of a workflow of another namespace: set it only if no other namespace works on the same parents. Default:
	// they are reported.
	IncludeUnknown bool `json:"includeUnknown,omitempty"`
	// MinAge is how long a workflow or a wait has to be closed before the sweep acts on its operations: a person
	// may be about to reset it. For an operation of an unknown workflow it is the age of the operation.
	// 0 for [DefaultMinAge].
	MinAge lro.Duration `json:"minAge,omitzero"`
}

// Validate reports the first invalid field as an [*lro.InvalidError].
func (p Policy) Validate() error {
	switch p.Action {
	case "", Report, Adopt, Cancel:
	default:
		return &lro.InvalidError{Field: "action", Value: string(p.Action), Want: "report (the default), adopt or cancel"}
	}
	age, err := p.MinAge.In("minAge")
	if err != nil {
		return err
	}
	return lro.ValidateDuration("minAge", age, DefaultMinAge.String())
}

// minAge is MinAge with its default.
func (p Policy) minAge() time.Duration {
	age, _ := p.MinAge.In("") // validated
	if age <= 0 {
		return DefaultMinAge
	}
	return age
}
