package workflows

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// The updates that an [AwaitOperation] workflow takes while it waits. Each returns
// a [WaitStatus], of over 64 KiB without metadata, response and details; package control
// sends them. What cannot be done is refused with a
// reason, and leaves nothing in history; an input that is not as documented is refused
// with lro.TypeInvalidInput, which names the field and is not retryable.
const (
	// PollNowUpdate reads the operation at once and returns what was seen. The held
	// or yielded poll goes on beside it. Its error is that of the read, which ends
	// no wait. It takes no input, or {}.
	PollNowUpdate = "awaitop.pollNow"
	// SetPolicyUpdate has the wait go on by another poll policy, a
	// [SetPolicyInput], beginning with a read.
	SetPolicyUpdate = "awaitop.setPolicy"
	// SetDeadlineUpdate changes or lifts the deadline, by a [SetDeadlineInput].
	SetDeadlineUpdate = "awaitop.setDeadline"
	// CancelUpdate cancels the operation, whatever the [CancelPolicy]: it does what
	// a cancellation of the workflow does, with a reason, a [StopInput]. It returns
	// when the operation's cancel has been delivered or refused.
	CancelUpdate = "awaitop.cancel"
	// AbandonUpdate ends the wait and leaves the operation as it is, with a reason, a
	// [StopInput]. Of a wait that is being canceled, it does not await the rest.
	AbandonUpdate = "awaitop.abandon"
)

// maxReason bounds the reason of an update, in bytes.
const maxReason = 1 << 10

// noInput is the input of [PollNowUpdate]: none, or an object without fields.
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

	given   bool // whether there was a policy
	invalid error
}

// UnmarshalJSON never fails: the update is refused with what is wrong with raw, as
// lro.TypeInvalidInput. Unknown fields are refused: a misspelled one would be the
// default.
func (in *SetPolicyInput) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Policy *lro.PollPolicy `json:"policy"`
	}
	*in = SetPolicyInput{invalid: lro.DecodeStrict("", raw, &wire)}
	if wire.Policy != nil {
		in.Policy, in.given = *wire.Policy, true
	}
	var misplaced *lro.InvalidError
	if errors.As(in.invalid, &misplaced) && !in.given && lro.DecodeStrict("", raw, new(lro.PollPolicy)) == nil {
		misplaced.Want = "it inside of policy"
	}
	return nil
}

func (in SetPolicyInput) validate() error {
	switch {
	case in.invalid != nil:
		return in.invalid
	case !in.given:
		return &lro.InvalidError{Field: "policy", Want: "a poll policy; {} is the default one", Problem: "is missing"}
	}
	return in.Policy.Validate()
}

// SetDeadlineInput is the input of [SetDeadlineUpdate]. One of its fields is set.
type SetDeadlineInput struct {
	// Deadline is when the wait is to end.
	Deadline time.Time `json:"deadline,omitzero"`
	// In is the same, counted from the update.
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

// given are the names of the fields that are set.
func (in SetDeadlineInput) given() (names []string) {
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

// at is the deadline that is asked for, zero for none.
func (in SetDeadlineInput) at(now time.Time) (time.Time, error) {
	after, err := in.In.In("in")
	if err != nil {
		return time.Time{}, err
	}
	switch given := in.given(); {
	case len(given) == 0:
		return time.Time{}, &lro.InvalidError{Field: "input", Value: "{}", Want: "one of deadline, in and none"}
	case len(given) > 1:
		return time.Time{}, &lro.InvalidError{Field: "input", Value: strings.Join(given, ", "), Problem: "are given together", Want: "one of deadline, in and none"}
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
	// Reason is for those who read the history and the Outcome. At most 1 KiB.
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
