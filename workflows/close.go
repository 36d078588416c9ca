package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// close ends the wait by an action that ends it.
func (w *wait) close(ctx workflow.Context, end action) error {
	switch end {
	case doRenew:
		return w.renewed(ctx)
	case doFinish:
		return w.finish(ctx)
	case doFail:
		return w.fail(ctx, *w.last.failure)
	case doExpire:
		return w.expire(ctx)
	case doAbandon:
		w.outcome.Cancellation = lro.CancellationAbandoned
		w.end(ctx, "abandoned")
	default:
		w.end(ctx, "canceled")
	}
	return w.canceled()
}

// canceled is the error of a wait that was canceled or abandoned.
func (w *wait) canceled() error {
	if w.in.FailWhenCanceled {
		return activities.NewError(lro.Failure{Type: lro.TypeOperationCanceled, Outcome: w.outcome})
	}
	return temporal.NewCanceledError(w.outcome)
}

// finish ends the wait with the terminal operation. A response may be missing, because
// the poll dropped it, or may not fit a payload, because it was written by hand.
func (w *wait) finish(ctx workflow.Context) error {
	w.phase = PhaseEnded
	op, fits := w.outcome.Operation.Bound()
	w.outcome.Operation = op
	if (w.last.dropped || !fits) && op.State() == lro.StateSucceeded {
		// The record stays: it is the only place left to read the result from.
		return w.fail(ctx, lro.Failure{Type: lro.TypeResultTooLarge})
	}
	w.deleteWhenDone(ctx)
	switch {
	case op.State() == lro.StateSucceeded:
		w.end(ctx, "")
		return nil
	case op.State() == lro.StateCanceled && w.outcome.Cancellation != "":
		w.end(ctx, "")
		return w.canceled()
	default:
		return w.fail(ctx, lro.Failure{Type: lro.TypeOperationFailed})
	}
}

// expire ends the wait at its deadline. If the operation was canceled first, the Outcome
// tells what became of that.
func (w *wait) expire(ctx workflow.Context) error {
	if w.outcome.Operation.Done {
		w.deleteWhenDone(ctx)
	}
	return w.fail(ctx, lro.Failure{Type: lro.TypeAwaitTimeout, PollError: w.lastError, Reason: w.limits.reason(w.callersDeadline())})
}

// fail ends the wait and returns f, with the Outcome, as an error.
func (w *wait) fail(ctx workflow.Context, f lro.Failure) error {
	w.end(ctx, reasonOf(f.Type))
	f.Outcome = w.outcome
	return activities.NewError(f)
}

// end completes and measures the outcome. reason is why the wait ended, where the
// operation has not.
func (w *wait) end(ctx workflow.Context, reason string) {
	w.outcome = w.outcome.Bound()
	w.outcome.EndTime = workflow.Now(ctx).UTC()
	w.enter(ctx, PhaseEnded)
	w.measure(ctx, reason)
}
