package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// FailurePolicy says what [AwaitAll] does with the other operations when one has failed.
type FailurePolicy string

// The failure policies.
const (
	// CancelRest cancels the others and awaits what becomes of them. The default.
	CancelRest FailurePolicy = "cancelRest"
	// AwaitRest awaits the others first.
	AwaitRest FailurePolicy = "awaitRest"
	// LeaveRest returns at once and leaves the others running.
	LeaveRest FailurePolicy = "leaveRest"
)

// AwaitAllOptions configures [AwaitAll]. The zero value is the default.
type AwaitAllOptions struct {
	// AwaitOptions are as for [Await], for each operation. The deadline and the
	// graces are the set's. Operation and DeleteWhenDone are refused.
	AwaitOptions
	// OnFailure is what the first failure does to the others. Default CancelRest.
	OnFailure FailurePolicy
}

func (p FailurePolicy) validate() error {
	switch p {
	case "", CancelRest, AwaitRest, LeaveRest:
		return nil
	default:
		return &lro.InvalidError{Field: "onFailure", Value: string(p), Want: "cancelRest (the default), awaitRest or leaveRest"}
	}
}

func (o AwaitAllOptions) validate() error {
	switch {
	case o.Operation != nil:
		return &lro.InvalidError{Field: "operation", Value: o.Operation.Name, Want: "none: a set has many"}
	case o.ProgressInterval != 0:
		return &lro.InvalidError{Field: "progressInterval", Value: o.ProgressInterval.String(), Want: "0: a set's progress is in its heartbeat alone"}
	case o.DeleteWhenDone:
		return &lro.InvalidError{Field: "deleteWhenDone", Value: "true", Want: "false: a set's records are not deleted"}
	}
	if err := o.OnFailure.validate(); err != nil {
		return err
	}
	return o.AwaitOptions.validate()
}

// validateSet reports why the refs cannot be awaited so.
func (o AwaitAllOptions) validateSet(refs []lro.Ref) error {
	err := o.validate()
	for i := 0; i < len(refs) && err == nil; i++ {
		err = lro.InField(refs[i].Validate(), "ref", fmt.Sprintf("refs[%d]", i))
	}
	return err
}

// SetResult is how one operation of a set ended.
type SetResult struct {
	Ref lro.Ref `json:"ref"`
	// State is the operation's; running if the wait for it ended first.
	State lro.State `json:"state"`
	// Failure is the type of the failure that [Await] would return for it: the operation
	// failed, or could not be read. "" for none.
	Failure lro.FailureType `json:"failure,omitempty"`
	// Status is the operation's error, or why it could not be read. If thousands of
	// operations fail, it loses its details, then its message.
	Status *lro.Status `json:"status,omitempty"`
	// Cancellation says what became of a cancel, "" if none was sent. A worker records each
	// cancel of a set before it sends it, so that its death loses none.
	Cancellation lro.Cancellation `json:"cancellation,omitempty"`
	// CancelStatus is why a cancel was not delivered, or may not have been. nil if that is
	// not known.
	CancelStatus *lro.Status `json:"cancelStatus,omitempty"`
}

// AllOutcome is how the wait for a set ended.
type AllOutcome struct {
	// Operations are in the order of the Refs.
	Operations []SetResult `json:"operations"`
	// Polls is how many reads were made: a lower bound.
	Polls int `json:"polls"`
	// StartTime and EndTime enclose the wait, in the Temporal server's clock.
	StartTime time.Time `json:"startTime"`
	EndTime   time.Time `json:"endTime"`
}

// AllSummary counts the operations of a set: the details of the CanceledError
// that a canceled AwaitAll ends with.
type AllSummary struct {
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Canceled  int `json:"canceled"`
	Running   int `json:"running"`
	// Left names operations that still run, at most 100.
	Left []string `json:"left,omitempty"`
}

// maxLeft bounds AllSummary.Left.
const maxLeft = 100

// Summary counts o's operations.
func (o AllOutcome) Summary() AllSummary {
	var s AllSummary
	for _, result := range o.Operations {
		switch result.State {
		case lro.StateSucceeded:
			s.Succeeded++
		case lro.StateFailed:
			s.Failed++
		case lro.StateCanceled:
			s.Canceled++
		default:
			s.Running++
			if len(s.Left) < maxLeft {
				s.Left = append(s.Left, result.Ref.String())
			}
		}
	}
	return s
}

// AwaitAll awaits operations, 5,000 in one activity. Such a chunk adds three activity events
// and one workflow task to the history, however long it takes. One List answers for many
// operations instead of a Get each.
//
// It returns nil if all succeeded. That holds even if ctx was canceled meanwhile: then they
// succeeded in spite of the cancel. Otherwise the error is one of
//
//   - a temporal.ApplicationError of package lro's failure types, that of the first
//     operation that failed. Its Resources name the operations that were left running. An
//     operation whose state could not be read does not stop the others: they are awaited
//     first, whatever OnFailure says;
//   - lro.TypeAwaitTimeout if the deadline passed;
//   - a temporal.CanceledError if ctx was canceled and operations ended canceled
//     or were left running, none having failed. Its details are an [AllSummary].
//
// The AllOutcome, which is returned with every error too, tells what became of each
// operation. It has no responses: [AllOutcome.Responses] reads them.
func AwaitAll(ctx workflow.Context, refs []lro.Ref, options AwaitAllOptions) (AllOutcome, error) {
	now := workflow.Now(ctx).UTC()
	outcome := AllOutcome{StartTime: now, EndTime: now, Operations: make([]SetResult, len(refs))}
	for i, ref := range refs {
		outcome.Operations[i] = SetResult{Ref: ref, State: lro.StateRunning}
	}
	if err := options.validateSet(refs); err != nil {
		return outcome, activities.NewError(lro.Invalid(lro.Ref{}, err))
	}
	if len(refs) == 0 {
		return outcome, nil
	}
	w := newSetWait(ctx, options, outcome)
	err := w.run(ctx)
	w.measure(ctx, err)
	w.outcome.EndTime = workflow.Now(ctx).UTC()
	return w.outcome, err
}

// waiting reports whether the operation may yet be awaited.
func (r SetResult) waiting() bool { return r.State == lro.StateRunning && r.Failure == "" }
