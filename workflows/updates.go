package workflows

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// maxReason bounds the reason of an update, in bytes.
const maxReason = 1 << 10

// noInput is the input of [PollNowUpdate]: nothing, or an object without fields.
type noInput struct{ invalid error }

// UnmarshalJSON never fails, see [SetPolicyInput.UnmarshalJSON].
func (in *noInput) UnmarshalJSON(raw []byte) error {
	in.invalid = lro.DecodeStrict("", raw, new(struct{}))
	return nil
}

// SetPolicyInput is the input of [SetPolicyUpdate].
type SetPolicyInput struct {
	// Policy replaces the wait's. Zero fields are its defaults. In JSON it is required;
	// {} is the default policy.
	Policy lro.PollPolicy `json:"policy"`

	present bool // whether the JSON has a policy
	invalid error
}

// UnmarshalJSON never fails: the update's validator refuses an invalid raw, with
// lro.TypeInvalidInput. It refuses unknown fields, because a misspelled one would mean the
// default.
func (in *SetPolicyInput) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Policy *lro.PollPolicy `json:"policy"`
	}
	*in = SetPolicyInput{invalid: lro.DecodeStrict("", raw, &wire)}
	if wire.Policy != nil {
		in.Policy, in.present = *wire.Policy, true
	}
	var misplaced *lro.InvalidError
	if errors.As(in.invalid, &misplaced) && !in.present && lro.DecodeStrict("", raw, new(lro.PollPolicy)) == nil {
		misplaced.Want = "it inside of policy"
	}
	return nil
}

func (in SetPolicyInput) validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
	case !in.present:
		return &lro.InvalidError{Field: "policy", Want: "a poll policy; {} is the default one", Problem: "is missing"}
	}
	return in.Policy.Validate()
}

// SetDeadlineInput is the input of [SetDeadlineUpdate]. Exactly one of its fields is set.
type SetDeadlineInput struct {
	// Deadline is the new deadline.
	Deadline time.Time `json:"deadline,omitzero"`
	// In is the time from the update to the new deadline.
	In lro.Duration `json:"in,omitzero"`
	// None lifts the deadline.
	None bool `json:"none,omitempty"`

	invalid error
}

// UnmarshalJSON never fails, see [SetPolicyInput.UnmarshalJSON].
func (in *SetDeadlineInput) UnmarshalJSON(raw []byte) error {
	type plain SetDeadlineInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

// fieldsSet are the names of the fields that are set.
func (in SetDeadlineInput) fieldsSet() (names []string) {
	if !in.Deadline.IsZero() {
		names = append(names, "deadline")
	}
	if in.In != (lro.Duration{}) {
		names = append(names, "in")
	}
	if in.None {
		names = append(names, "none")
	}
	return names
}

// at is the new deadline, zero for none.
func (in SetDeadlineInput) at(now time.Time) (time.Time, error) {
	after, err := in.In.In("in")
	if err != nil {
		return time.Time{}, err
	}
	switch set := in.fieldsSet(); {
	case len(set) == 0:
		return time.Time{}, &lro.InvalidError{Field: "input", Value: "{}", Want: "one of deadline, in and none"}
	case len(set) > 1:
		return time.Time{}, &lro.InvalidError{Field: "input", Value: strings.Join(set, ", "), Problem: "are set together", Want: "one of deadline, in and none"}
	case in.None:
		return time.Time{}, nil
	case in.Deadline.IsZero():
		if after <= 0 || after > lro.MaxDuration {
			return time.Time{}, &lro.InvalidError{Field: "in", Value: after.String(), Want: "a duration of more than 0, at most 87600h"}
		}
		return now.Add(after), nil
	case !in.Deadline.After(now), in.Deadline.Sub(now) > lro.MaxDuration:
		return time.Time{}, &lro.InvalidError{Field: "deadline", Value: in.Deadline.Format(time.RFC3339), Want: "a time to come; to end the wait now, cancel or abandon it"}
	default:
		return in.Deadline.UTC(), nil
	}
}

// StopInput is the input of [CancelUpdate] and [AbandonUpdate].
type StopInput struct {
	// Reason is shown in the history and in the Outcome. At most 1 KiB.
	Reason string `json:"reason,omitempty"`

	invalid error
}

// UnmarshalJSON never fails, see [SetPolicyInput.UnmarshalJSON].
func (in *StopInput) UnmarshalJSON(raw []byte) error {
	type plain StopInput
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
	return nil
}

func (in StopInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if len(in.Reason) > maxReason {
		return &lro.InvalidError{Field: "reason", Value: fmt.Sprintf("%d bytes", len(in.Reason)), Want: fmt.Sprintf("at most %d", maxReason)}
	}
	return nil
}
