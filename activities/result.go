package activities

import (
	"strconv"

	"github.com/awaitop/awaitop/internal/polls"
	"github.com/awaitop/awaitop/lro"
)

// The Validate methods of outputs report, as an [*lro.InvalidError], why the activity cannot have
// returned an output for its input. Somebody may have completed the activity by hand.

// Validate reports why out is not a result of a PollOperation: it holds the operation, done and by
// its own name, or the deadline came, or a report was due.
func (out PollOutput) Validate(in PollInput) error {
	if err := polls.Validate("result.polls", out.Polls); err != nil {
		return err
	}
	switch op := out.Operation; {
	case op.Done:
		return validateSame(in.Ref, op)
	case out.Expired && !in.Deadline.IsZero(), out.Seen && !out.Expired && !in.ReportTime.IsZero():
		return nil
	default:
		return &lro.InvalidError{Field: "result.operation.done", Value: strconv.FormatBool(op.Done), Want: "an operation that has ended"}
	}
}

func validateSame(ref lro.Ref, op lro.Operation) error {
	if !lro.SameOperation(ref.Name, op.Name) {
		return &lro.InvalidError{Field: "result.operation.name", Value: op.Name, Want: ref.Name}
	}
	if err := op.Normalize(); err != nil {
		return &lro.InvalidError{Field: "result.operation", Value: op.Name, Want: "a google.longrunning.Operation", Problem: err.Error()}
	}
	return nil
}

// Validate reports why out is not a result of a CancelOperation. Another release may have other
// words.
func (out CancelOutput) Validate() error {
	if out.Result == "" {
		return &lro.InvalidError{Field: "result.result", Want: "what became of the cancel", Problem: "is missing"}
	}
	return nil
}

// Validate reports why out is not a result of a DeleteOperation.
func (out DeleteOutput) Validate() error {
	switch out.Result {
	case lro.DeletionDeleted, lro.DeletionUnsupported, lro.DeletionFailed:
		return nil
	default:
		return &lro.InvalidError{Field: "result.result", Value: string(out.Result), Want: "one of deleted, unsupported, failed"}
	}
}

// ValidateRead reports why op is not a result of a GetOperation for ref.
func ValidateRead(ref lro.Ref, op lro.Operation) error {
	if !op.Done && op.Name == "" {
		return &lro.InvalidError{Field: "result", Want: "a google.longrunning.Operation", Problem: "has no name and is not done"}
	}
	return validateSame(ref, op)
}
