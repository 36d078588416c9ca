package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// setWait is one await of a set in a workflow.
type setWait struct {
	options         AwaitAllOptions
	initialInterval time.Duration // the caller's, 0 where the operations' methods decide
	outcome         AllOutcome
	steps           []string       // the names of the steps that have started the operations, by index; nil for none
	started         bool           // the caller has started the operations, and so they exist
	limits          *limits        // nil if no timeout ends the workflow
	invalid         *lro.Failure   // the activity has refused its input
	expired         bool           // the deadline has come
	failed          int            // the first operation that failed; -1 for none
	unread          int            // the first that could not be read; -1 for none
	reports         []cancelReport // by index, of those that were to be canceled
}

func newSetWait(ctx workflow.Context, options AwaitAllOptions, outcome AllOutcome) *setWait {
	w := &setWait{limits: limitsOf(ctx, options.EndMargin), initialInterval: options.Policy.InitialInterval, outcome: outcome, failed: -1, unread: -1}
	options.AwaitOptions = options.withDefaults()
	if options.OnFailure == "" {
		options.OnFailure = CancelRest
	}
	w.options = options
	return w
}

// setSituation is all that decides how the wait for a set ends, once its polls have.
type setSituation struct {
	invalid bool // the activity has refused its input
	ctxDone bool // the context is canceled
	failed  bool // an operation has failed
	expired bool // the deadline has come
	unread  bool // an operation could not be read

	onFailure        FailurePolicy
	abandonOnCancel  bool // the CancelPolicy
	cancelOnDeadline bool // the DeadlinePolicy
}

// next is the one decision of a wait for a set.
func (s setSituation) next() action {
	switch {
	case s.invalid:
		return doFail
	case s.ctxDone && s.abandonOnCancel:
		return doAbandon
	case s.ctxDone:
		return doCancel
	case s.failed && s.onFailure == CancelRest:
		return doCancelRest
	case s.failed:
		return doFail
	case s.expired && s.cancelOnDeadline:
		return doCancelLate
	case s.expired:
		return doExpire
	case s.unread:
		return doFail
	default:
		return doFinish
	}
}

// run awaits all operations, and ends the wait.
func (w *setWait) run(ctx workflow.Context) error {
	defer w.options.attribute(ctx, w.parts()...)()
	w.poll(ctx)
	return w.conclude(ctx)
}

// conclude ends the wait, whose polls have ended, as the situation asks for.
func (w *setWait) conclude(ctx workflow.Context) error {
	end := setSituation{
		invalid: w.invalid != nil, ctxDone: ctx.Err() != nil, failed: w.failed >= 0, expired: w.expired, unread: w.unread >= 0,
		onFailure: w.options.OnFailure, abandonOnCancel: w.options.CancelPolicy == Abandon,
		cancelOnDeadline: w.options.DeadlinePolicy == CancelOnDeadline,
	}.next()
	switch end {
	case doCancel, doCancelRest, doCancelLate:
		w.cancelRest(ctx)
	case doAbandon:
		w.abandonRest()
	}
	return w.close(ctx, end)
}

// parts are what the names of the set begin with.
func (w *setWait) parts() []string {
	var parts []string
	if w.options.SearchAttributes {
		for _, c := range w.chunks() {
			for _, part := range c.set {
				parts = append(parts, part.In)
			}
		}
	}
	return parts
}

// close returns the error of a wait that ends so.
func (w *setWait) close(ctx workflow.Context, end action) error {
	switch end {
	case doFinish:
		return nil
	case doFail, doCancelRest:
		return activities.NewError(w.firstFailure(ctx))
	case doExpire, doCancelLate:
		return activities.NewError(w.timeout(ctx))
	default:
		return w.canceled(ctx)
	}
}

// firstFailure is that of the first operation that failed, or else of the first that
// could not be read.
func (w *setWait) firstFailure(ctx workflow.Context) lro.Failure {
	switch {
	case w.invalid != nil:
		return *w.invalid
	case w.failed >= 0:
		return w.failure(ctx, w.failed)
	default:
		return w.failure(ctx, w.unread)
	}
}

// timeout is the failure of a wait whose deadline has come: that of the first operation
// that still runs, or else of the first that had to be canceled.
func (w *setWait) timeout(ctx workflow.Context) lro.Failure {
	late := w.firstOf(func(r SetResult) bool { return r.State == lro.StateRunning })
	if late < 0 {
		late = w.firstOf(func(r SetResult) bool { return r.Cancellation != "" })
	}
	if late < 0 { // all ended by themselves between the last read and the cancel
		late = 0
	}
	failure := w.failure(ctx, late)
	failure.Type, failure.PollError, failure.Reason = lro.TypeAwaitTimeout, nil, w.limits.reason(w.callersDeadline())
	return failure
}

// canceled is the error of a wait whose workflow was canceled. A failure outranks the
// cancel, and so does that all succeeded.
func (w *setWait) canceled(ctx workflow.Context) error {
	bad := w.firstOf(func(r SetResult) bool {
		return r.State == lro.StateFailed || r.Failure != "" && r.State != lro.StateCanceled
	})
	stopped := w.firstOf(func(r SetResult) bool { return r.State != lro.StateSucceeded })
	switch {
	case bad >= 0:
		return activities.NewError(w.failure(ctx, bad))
	case stopped >= 0 && w.options.FailWhenCanceled:
		failure := w.failure(ctx, stopped)
		failure.Type, failure.PollError = lro.TypeOperationCanceled, nil
		return activities.NewError(failure)
	case stopped >= 0:
		return temporal.NewCanceledError(w.outcome.Summary())
	default:
		return nil
	}
}

// firstOf returns the index of the first operation for which is holds, -1 for none.
func (w *setWait) firstOf(is func(SetResult) bool) int {
	return slices.IndexFunc(w.outcome.Operations, is)
}

// failure is that of one operation. It names what still runs.
func (w *setWait) failure(ctx workflow.Context, index int) lro.Failure {
	result := w.outcome.Operations[index]
	summary := w.outcome.Summary()
	failure := lro.Failure{Type: result.Failure, Resources: summary.Left, ResourcesOmitted: summary.Running - len(summary.Left)}
	failure.Set = &lro.SetCounts{Succeeded: summary.Succeeded, Failed: summary.Failed, Canceled: summary.Canceled, Running: summary.Running}
	failure.Outcome = lro.Outcome{
		Ref: result.Ref, Operation: lro.Operation{Name: result.Ref.Name}, Polls: w.outcome.Polls,
		StartTime: w.outcome.StartTime, EndTime: workflow.Now(ctx).UTC(),
		Cancellation: result.Cancellation, CancelStatus: result.CancelStatus,
	}
	if result.State.Terminal() {
		failure.Operation.Done, failure.Operation.Error = true, result.Status
	} else {
		failure.PollError = result.Status
	}
	return failure
}
