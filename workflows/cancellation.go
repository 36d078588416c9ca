package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// cancelReport is what is known of an operation's cancel when no more are sent.
type cancelReport struct {
	result activities.CancelResult // of the last attempt
	sent   activities.Sent         // over all attempts
	status *lro.Status             // the service's answer, where it was not OK
}

// cancelEnd is how the wait for an operation ended that was to be canceled.
type cancelEnd string

const (
	endSucceeded cancelEnd = "succeeded"
	endFailed    cancelEnd = "failed"
	endCanceled  cancelEnd = "canceled"
	// endRunning: the grace was over, and it was running when it was last read.
	endRunning cancelEnd = "running"
	// endMissing: reads answer 404.
	endMissing cancelEnd = "missing"
	// endUnread: its state is not known.
	endUnread cancelEnd = "unread"
)

// cancelEndOf is how the wait for an operation ended: with a state, or else with a
// failure, "" for none, and why it could not be read.
func cancelEndOf(state lro.State, failure lro.FailureType, unread *lro.Status) cancelEnd {
	switch {
	case state == lro.StateSucceeded:
		return endSucceeded
	case state == lro.StateFailed:
		return endFailed
	case state == lro.StateCanceled:
		return endCanceled
	case failure == "":
		return endRunning
	case failure == lro.TypeOperationGone, failure == lro.TypePollFailed && unread != nil && unread.Code == lro.CodeNotFound:
		return endMissing
	default:
		return endUnread
	}
}

// cancellation says what became of a cancel.
//
// One whose answer is not known counts as delivered, since it may have been, except
// where the service has no cancel. One that failed in a way that says nothing of what
// was done counts as delivered only if the operation was canceled.
func (r cancelReport) cancellation(end cancelEnd) lro.Cancellation {
	delivered := r.result == activities.CancelDelivered || r.sent >= activities.SentUnanswered
	switch {
	case r.result == activities.CancelUnsupported:
		return lro.CancellationUnsupported
	case end == endCanceled && r.sent >= activities.SentFailed:
		return lro.CancellationCanceled
	case r.result == activities.CancelGone && end != endMissing && end != endUnread:
		return lro.CancellationUnsupported // it can be read: its collection has no cancel
	case r.result == activities.CancelEnded && r.sent == activities.SentNone:
		return ""
	case end == endMissing && (delivered || r.result == activities.CancelGone):
		return lro.CancellationGone
	case !delivered:
		return lro.CancellationUndelivered
	default:
		return endsOfDelivered[end]
	}
}

// endsOfDelivered is what became of a cancel that was delivered.
var endsOfDelivered = map[cancelEnd]lro.Cancellation{
	endSucceeded: lro.CancellationCompleted,
	endFailed:    lro.CancellationFailed,
	endCanceled:  lro.CancellationCanceled,
	endMissing:   lro.CancellationGone,
	endRunning:   lro.CancellationUnconfirmed,
	endUnread:    lro.CancellationUnconfirmed,
}

// why is the service's answer, where it says why a cancel came to this.
func (r cancelReport) why(cancellation lro.Cancellation) *lro.Status {
	switch cancellation {
	case lro.CancellationUnsupported, lro.CancellationGone, lro.CancellationUndelivered, lro.CancellationUnconfirmed:
		return r.status
	default:
		return nil
	}
}

// soFar is what is known of a cancel before the operation is read again: "" if it may
// still come to anything.
func (r cancelReport) soFar() lro.Cancellation {
	if known := r.cancellation(endUnread); known != lro.CancellationUnconfirmed {
		return known
	}
	return ""
}

// unreported is what is known of a cancel whose activity failed with err. What its last
// heartbeat says, where the error has one, is read into record, which may tell more:
// each cancel was recorded before it was sent.
func unreported(err error, record any) cancelReport {
	status, sent, told := cancelFailure(err)
	_, refused := lro.AsFailure(err) // the input, before anything was sent
	var timedOut *temporal.TimeoutError
	switch {
	case errors.As(err, &timedOut):
		if timedOut.HasLastHeartbeatDetails() && timedOut.LastHeartbeatDetails(record) != nil {
			sent = max(sent, activities.SentUnanswered)
		}
	case !told && !refused:
		sent = activities.SentUnanswered
	}
	return cancelReport{result: activities.CancelRefused, sent: sent, status: status}
}

// cancelFailure is what the error of a CancelOperation tells: the service's answer,
// and how far the cancel had come.
func cancelFailure(err error) (status *lro.Status, sent activities.Sent, told bool) {
	var app *temporal.ApplicationError
	status = &lro.Status{}
	if !errors.As(err, &app) || !app.HasDetails() || app.Details(status) != nil || status.Code == lro.CodeOK {
		return &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}, activities.SentNone, false
	}
	sent = activities.SentUnanswered
	_ = app.Details(status, &sent) // which another release does not tell
	return status, sent, true
}
