package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// DefaultUndoWindow is for how long an undo is tried if [SagaOptions].UndoWindow is 0.
const DefaultUndoWindow = 2 * time.Hour

// maxMaxHistoryLength keeps numbers of events far from an overflow.
const maxMaxHistoryLength = 10_000_000

// SagaOptions configures [WithSaga]. The zero value is the default.
type SagaOptions struct {
	// Steps are the options that steps do not set themselves: task queues, how to await,
	// how long to try.
	Steps StepOptions
	// Parallel undoes steps side by side rather than in reverse order. For steps
	// that do not depend on each other.
	Parallel bool
	// Window is how many steps a [RunAll] starts, and Parallel undoes, at the same time.
	// Default [DefaultWindow], at most [MaxWindow].
	Window int
	// UndoWindow is for how long each undo is tried, all of its parts together. It is time
	// to mend an obstacle, such as a missing permission. An undo that has not ended 30 s
	// later is canceled. Default 2 h.
	UndoWindow time.Duration
	// EndMargin is how long before an execution or run timeout of the workflow its steps
	// end by themselves, in lro.TypeAwaitTimeout, unless their Await has an EndMargin.
	// UndoWindow is cut so that all undos fit in the margin, less 30 s for the report, or
	// less half of a margin under 1 min. Default 10% of the timeout, 10 min at most.
	// Without such a timeout it has no effect.
	EndMargin time.Duration
	// MaxHistoryLength bounds the workflow's history, in events, so that there is room for
	// all undos. A step is refused with an lro.TypeInvalidInput failure if the history's
	// length and 12 events for each step to undo would pass it, or if the history's size
	// would pass 44 MiB. Default [DefaultMaxHistoryLength], for a server that
	// terminates a workflow at 51,200 events. For another bound, set 88% of it.
	MaxHistoryLength int
	// RetryPolicy says when the activities of an undo are tried again. Default: after 1 s,
	// then twice as long each time, 1 min at most, without a limit on attempts.
	RetryPolicy *temporal.RetryPolicy
}

// validate reports the first invalid field as an [*lro.InvalidError].
func (o SagaOptions) validate() error {
	if op := o.Steps.Await.Operation; op != nil {
		return &lro.InvalidError{Field: "saga.steps.await.operation", Value: op.Name, Want: "none: each step has its own"}
	}
	if err := o.Steps.validate("saga.steps"); err != nil {
		return err
	}
	for _, f := range []durationField{{"saga.undoWindow", &o.UndoWindow}, {"saga.endMargin", &o.EndMargin}} {
		if err := lro.ValidateDuration(f.name, *f.at, "the default"); err != nil {
			return err
		}
	}
	if err := validateWindow("saga.window", o.Window); err != nil {
		return err
	}
	if o.MaxHistoryLength < 0 || o.MaxHistoryLength > maxMaxHistoryLength {
		return &lro.InvalidError{Field: "saga.maxHistoryLength", Value: fmt.Sprint(o.MaxHistoryLength), Want: fmt.Sprintf("0 (the default, %d) or a number of events up to %d", DefaultMaxHistoryLength, maxMaxHistoryLength)}
	}
	if o.RetryPolicy == nil {
		return nil
	}
	return validateRetries("saga.retryPolicy", *o.RetryPolicy)
}

// validateRetries reports the first invalid field of a retry policy.
func validateRetries(where string, r temporal.RetryPolicy) error {
	for _, f := range []durationField{
		{".initialInterval", &r.InitialInterval}, {".maximumInterval", &r.MaximumInterval},
	} {
		if err := lro.ValidateDuration(where+f.name, *f.at, "Temporal's default"); err != nil {
			return err
		}
	}
	switch {
	case r.BackoffCoefficient != 0 && !(r.BackoffCoefficient >= 1 && r.BackoffCoefficient <= 100):
		return &lro.InvalidError{Field: where + ".backoffCoefficient", Value: fmt.Sprint(r.BackoffCoefficient), Want: "0 (Temporal's default) or a number from 1 to 100"}
	case r.MaximumInterval != 0 && r.MaximumInterval < r.InitialInterval:
		return &lro.InvalidError{Field: where + ".maximumInterval", Value: r.MaximumInterval.String(), Want: "at least " + where + ".initialInterval, which is " + r.InitialInterval.String()}
	case r.MaximumAttempts < 0:
		return &lro.InvalidError{Field: where + ".maximumAttempts", Value: fmt.Sprint(r.MaximumAttempts), Want: "0 (no limit) or more"}
	default:
		return nil
	}
}
