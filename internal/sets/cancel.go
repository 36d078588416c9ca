package sets

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
)

// CancelInput is the input of CancelOperations.
type CancelInput struct {
	Operations Set `json:"operations"`
	// NotFoundGrace is as in activities.CancelInput.
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Deadline is when to give up on undelivered cancels and report them, zero for the end of the
	// attempt.
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// UnmarshalJSON never fails, see activities.OperationInput.
func (in *CancelInput) UnmarshalJSON(raw []byte) error {
	type plain CancelInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Refs returns the operations by index, or an [*lro.InvalidError] if the input does not decode or has
// an invalid operation. It leaves the other fields to the activity.
func (in CancelInput) Refs() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	return in.Operations.Refs()
}

// CancelOutput is the result of a CancelOperations.
type CancelOutput struct {
	// Results has a letter for each operation, see [CancelOutput.Result].
	Results string `json:"results"`
	// Sent has a digit for each operation: how far its cancel came, over all attempts, as [cancels.Sent].
	Sent string `json:"sent,omitempty"`
	// Failures hold the service's answers that were not OK. Their Type is empty.
	Failures []Failure `json:"failures,omitempty"`
}

// cancelResults are the meanings of the letters of [CancelOutput].Results.
var cancelResults = []cancels.Result{cancels.Delivered, cancels.Unsupported, cancels.Gone, cancels.Refused, cancels.Ended}

const cancelLetters = "dugre"

// NewCancelOutput returns the output for the result of each operation, and for how far its cancel
// came.
func NewCancelOutput(results []cancels.Result, sent []cancels.Sent, failures []Failure) CancelOutput {
	letters, digits := make([]byte, len(results)), make([]byte, len(results))
	for i, result := range results {
		letters[i], digits[i] = cancelLetters[slices.Index(cancelResults, result)], '0'+byte(sent[i])
	}
	return CancelOutput{Results: string(letters), Sent: string(digits), Failures: BoundFailures(failures)}
}

// Result returns the result of the cancel of an operation. It is [cancels.Refused] for a letter of
// another release.
func (o *CancelOutput) Result(index int) cancels.Result {
	if index < len(o.Results) {
		if at := strings.IndexByte(cancelLetters, o.Results[index]); at >= 0 {
			return cancelResults[at]
		}
	}
	return cancels.Refused
}

// SentOf returns how far the cancel of an operation has come. It is [cancels.SentUnanswered] if another
// release does not say.
func (o *CancelOutput) SentOf(index int) cancels.Sent {
	if index < len(o.Sent) {
		if sent := cancels.Sent(o.Sent[index] - '0'); sent <= cancels.SentAccepted {
			return sent
		}
	}
	return cancels.SentUnanswered
}

// Validate reports why out is not a result of a CancelOperations on n operations. Another release
// may have other letters, see [CancelOutput.Result].
func (o *CancelOutput) Validate(n int) error {
	if len(o.Results) != n {
		return &lro.InvalidError{Field: "result.results", Value: o.Results, Want: fmt.Sprintf("a letter for each of %d operations", n)}
	}
	return validateFailures(o.Failures, n)
}
