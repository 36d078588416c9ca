package nexusservice

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// PollNowInput is the input of [PollNow].
type PollNowInput struct {
	Target

	invalid error
}

// StopInput is the input of [Cancel] and [Abandon].
type StopInput struct {
	Target
	// Reason is shown in the wait's history and in its Outcome. At most 1 KiB.
	Reason string `json:"reason,omitempty"`

	invalid error
}

// SetPolicyInput is the input of [SetPolicy].
type SetPolicyInput struct {
	Target
	// Policy replaces that of the waits. Zero fields are its defaults. In JSON it is required; {} is
	// the default policy.
	Policy *lro.PollPolicy `json:"policy"`

	invalid error
}

// SetDeadlineInput is the input of [SetDeadline]. Beside the target, exactly one of its fields is
// set.
type SetDeadlineInput struct {
	Target
	// Deadline is the new deadline.
	Deadline time.Time `json:"deadline,omitzero"`
	// In is the time from the update to the new deadline.
	In lro.Duration `json:"in,omitzero"`
	// None lifts the deadline.
	None bool `json:"none,omitempty"`

	invalid error
}

// UnmarshalJSON never fails, see [GetInput.UnmarshalJSON].
func (in *PollNowInput) UnmarshalJSON(raw []byte) error {
	type plain PollNowInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// UnmarshalJSON never fails, see [GetInput.UnmarshalJSON].
func (in *StopInput) UnmarshalJSON(raw []byte) error {
	type plain StopInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// UnmarshalJSON never fails, see [GetInput.UnmarshalJSON].
func (in *SetPolicyInput) UnmarshalJSON(raw []byte) error {
	type plain SetPolicyInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// UnmarshalJSON never fails, see [GetInput.UnmarshalJSON].
func (in *SetDeadlineInput) UnmarshalJSON(raw []byte) error {
	type plain SetDeadlineInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

func (in *PollNowInput) check() error     { return in.Target.check(in.invalid) }
func (in *StopInput) check() error        { return in.Target.check(in.invalid) }
func (in *SetDeadlineInput) check() error { return in.Target.check(in.invalid) }

func (in *SetPolicyInput) check() error {
	if err := in.Target.check(in.invalid); err != nil || in.Policy != nil {
		return err
	}
	return &lro.InvalidError{Field: "policy", Want: "a poll policy; {} is the default one", Problem: "is missing"}
}

// policy is the wanted one. It is not nil once the input is checked.
func (in *SetPolicyInput) policy() lro.PollPolicy {
	if in.Policy == nil {
		return lro.PollPolicy{}
	}
	return *in.Policy
}

// check reports why an input is invalid: it did not decode, or has no target. What else may be wrong
// with it the wait says.
func (t Target) check(invalid error) error {
	if invalid != nil {
		return invalid
	}
	return t.validate()
}
