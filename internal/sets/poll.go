package sets

import (
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
)

// PollInput is the input of PollOperations. Fields that are also in activities.PollInput mean the same.
type PollInput struct {
	Operations    Set            `json:"operations"`
	Policy        lro.PollPolicy `json:"policy"`
	StartTime     time.Time      `json:"startTime"`
	Deadline      time.Time      `json:"deadline,omitzero"`
	Resumed       bool           `json:"resumed,omitempty"`
	AuthGrace     lro.Duration   `json:"authGrace,omitzero"`
	NotFoundGrace lro.Duration   `json:"notFoundGrace,omitzero"`
	Canceling     bool           `json:"canceling,omitempty"`
	// StopOnFailure ends the wait with the first operation that failed or was canceled. An
	// operation that cannot be read says nothing about the others.
	StopOnFailure bool `json:"stopOnFailure,omitempty"`
	// Steps name the steps that have started the operations, by index. They are shown, and change
	// nothing. Empty for none.
	Steps []string `json:"steps,omitempty"`

	invalid error
}

// PollOutput is the result of PollOperations.
type PollOutput struct {
	// States are the states of the operations. An operation is left running if the wait expired or
	// stopped.
	States States `json:"states"`
	// Failures are those of operations that failed, were canceled or cannot be read, by index.
	Failures []Failure `json:"failures,omitempty"`
	// Expired is true if the deadline came first.
	Expired bool `json:"expired,omitempty"`
	// Polls counts the answers: a List gives one for each operation.
	Polls int `json:"polls"`
}

// UnmarshalJSON never fails, see activities.OperationInput.
func (in *PollInput) UnmarshalJSON(raw []byte) error {
	type plain PollInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Refs returns the operations by index, or an [*lro.InvalidError] if the input does not decode or has
// an invalid operation. It leaves the other fields to the activity.
func (in PollInput) Refs() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	return in.Operations.Refs()
}

// Step names the step that has started an operation, "" for none.
func (in PollInput) Step(index int) string {
	if index < len(in.Steps) {
		return in.Steps[index]
	}
	return ""
}

// Validate reports why out is not a result of a PollOperations.
func (out PollOutput) Validate(in PollInput) error {
	const letters = "rsfcx"
	if n := in.Operations.Len(); len(out.States) != n || strings.Trim(string(out.States), letters) != "" {
		return &lro.InvalidError{Field: "result.states", Value: string(out.States), Want: fmt.Sprintf("a letter of %s for each of %d operations", letters, n)}
	}
	ended := out.Expired && !in.Deadline.IsZero() || in.StopOnFailure && len(out.Failures) > 0
	if strings.ContainsRune(string(out.States), Running) && !ended {
		return &lro.InvalidError{Field: "result.states", Value: string(out.States), Want: "operations that have ended, as neither the deadline came nor one failed"}
	}
	if err := polls.Validate("result.polls", out.Polls); err != nil {
		return err
	}
	return validateFailures(out.Failures, in.Operations.Len())
}
