package activities

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// CancelSetInput is the input of CancelOperations.
type CancelSetInput struct {
	Operations Set `json:"operations"`
	// NotFoundGrace is as in [CancelInput].
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Deadline is when to give up on undelivered cancels and report them, zero for the end of the
	// attempt.
	Deadline time.Time `json:"deadline,omitzero"`

	invalid error
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *CancelSetInput) UnmarshalJSON(raw []byte) error {
	type plain CancelSetInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Refs returns the operations by index, or an [*lro.InvalidError] if the input does not decode or has
// an invalid operation. It leaves the other fields to the activity.
func (in CancelSetInput) Refs() ([]lro.Ref, error) {
	if in.invalid != nil {
		return nil, in.invalid
	}
	return in.Operations.Refs()
}

// CancelSetOutput is the result of a CancelOperations.
type CancelSetOutput struct {
	// Results has a letter for each operation, see [CancelSetOutput.Result].
	Results string `json:"results"`
	// Sent has a digit for each operation: how far its cancel came, over all attempts, as [Sent].
	Sent string `json:"sent,omitempty"`
	// Failures hold the service's answers that were not OK. Their Type is empty.
	Failures []SetFailure `json:"failures,omitempty"`
}

// cancelResults are the meanings of the letters of [CancelSetOutput].Results.
var cancelResults = []CancelResult{CancelDelivered, CancelUnsupported, CancelGone, CancelRefused, CancelEnded}

const cancelLetters = "dugre"

// NewCancelSetOutput returns the output for the result of each operation, and for how far its cancel
// came.
func NewCancelSetOutput(results []CancelResult, sent []Sent, failures []SetFailure) CancelSetOutput {
	letters, digits := make([]byte, len(results)), make([]byte, len(results))
	for i, result := range results {
		letters[i], digits[i] = cancelLetters[slices.Index(cancelResults, result)], '0'+byte(sent[i])
	}
	return CancelSetOutput{Results: string(letters), Sent: string(digits), Failures: BoundFailures(failures)}
}

// Result returns the result of the cancel of an operation. It is [CancelRefused] for a letter of
// another release.
func (o *CancelSetOutput) Result(index int) CancelResult {
	if index < len(o.Results) {
		if at := strings.IndexByte(cancelLetters, o.Results[index]); at >= 0 {
			return cancelResults[at]
		}
	}
	return CancelRefused
}

// SentOf returns how far the cancel of an operation has come. It is [SentUnanswered] if another
// release does not say.
func (o *CancelSetOutput) SentOf(index int) Sent {
	if index < len(o.Sent) {
		if sent := Sent(o.Sent[index] - '0'); sent <= SentAccepted {
			return sent
		}
	}
	return SentUnanswered
}

// Validate reports why out is not a result of a CancelOperations on n operations. Another release
// may have other letters, see [CancelSetOutput.Result].
func (o *CancelSetOutput) Validate(n int) error {
	if len(o.Results) != n {
		return &lro.InvalidError{Field: "result.results", Value: o.Results, Want: fmt.Sprintf("a letter for each of %d operations", n)}
	}
	return validateFailures(o.Failures, n)
}
