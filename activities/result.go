package activities

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// The Validate methods of outputs report, as an [*lro.InvalidError], why the activity cannot have
// returned an output for its input. Somebody may have completed the activity by hand.

// Validate reports why out is not a result of a PollOperation: it holds the operation, done and by
// its own name, or the deadline came, or a report was due.
func (out PollOutput) Validate(in PollInput) error {
	if err := lro.ValidatePolls("result.polls", out.Polls); err != nil {
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

// Validate reports why out is not a result of a PollOperations.
func (out PollSetOutput) Validate(in PollSetInput) error {
	const letters = "rsfcx"
	if n := in.Operations.Len(); len(out.States) != n || strings.Trim(string(out.States), letters) != "" {
		return &lro.InvalidError{Field: "result.states", Value: string(out.States), Want: fmt.Sprintf("a letter of %s for each of %d operations", letters, n)}
	}
	ended := out.Expired && !in.Deadline.IsZero() || in.StopOnFailure && len(out.Failures) > 0
	if strings.ContainsRune(string(out.States), SetRunning) && !ended {
		return &lro.InvalidError{Field: "result.states", Value: string(out.States), Want: "operations that have ended, as neither the deadline came nor one failed"}
	}
	if err := lro.ValidatePolls("result.polls", out.Polls); err != nil {
		return err
	}
	return validateFailures(out.Failures, in.Operations.Len())
}

// Validate reports why out is not a result of a CancelOperations on n operations. Another release
// may have other letters, see [CancelSetOutput.Result].
func (o *CancelSetOutput) Validate(n int) error {
	if len(o.Results) != n {
		return &lro.InvalidError{Field: "result.results", Value: o.Results, Want: fmt.Sprintf("a letter for each of %d operations", n)}
	}
	return validateFailures(o.Failures, n)
}

func validateFailures(failures []SetFailure, n int) error {
	for i, failure := range failures {
		if failure.Index < 0 || failure.Index >= n {
			return &lro.InvalidError{Field: fmt.Sprintf("result.failures[%d].index", i), Value: strconv.Itoa(failure.Index), Want: fmt.Sprintf("the index of one of %d operations", n)}
		}
	}
	return nil
}

// Validate reports why out is not a page of a ReadOperations.
func (out ReadSetOutput) Validate(in ReadSetInput) error {
	n, left := len(out.Operations), in.Operations.Len()-in.From
	if n == 0 || n > left || out.Next != 0 && out.Next != in.From+n || out.Next == 0 && n != left {
		return &lro.InvalidError{Field: "result.operations", Value: fmt.Sprintf("%d operations", n), Want: fmt.Sprintf("a page of the %d that are left", left)}
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
