package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
)

// cancelReport tells how the sending of an operation's cancel ended.
type cancelReport struct {
	result cancels.Result // of the last attempt
	sent   cancels.Sent   // how far any of the attempts came
	status *lro.Status    // the service's answer, nil if it was OK
}

// cancelEnd is how an operation stood at the end of the wait after its cancel.
type cancelEnd string

const (
	endSucceeded cancelEnd = "succeeded"
	endFailed    cancelEnd = "failed"
	endCanceled  cancelEnd = "canceled"
	// endRunning: the last read showed it running.
	endRunning cancelEnd = "running"
	// endMissing: reads answer 404.
	endMissing cancelEnd = "missing"
	// endUnread: no read tells its state.
	endUnread cancelEnd = "unread"
)

// cancelEndOf tells how the operation stood, from its state or else from the failure of the
// wait, "" for none, and from the reason why it could not be read.
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
// A cancel without an answer may have been delivered, and counts as delivered unless the
// service has no cancel. A cancel that failed with an error that leaves open whether it took
// effect counts as delivered only if the operation ended canceled.
func (r cancelReport) cancellation(end cancelEnd) lro.Cancellation {
	switch {
	case r.result == cancels.Unsupported:
		return lro.CancellationUnsupported
	case end == endCanceled && r.sent >= cancels.SentFailed:
		return lro.CancellationCanceled
	case r.result == cancels.Gone && end.readable():
		return lro.CancellationUnsupported // its collection has no cancel
	case r.result == cancels.Ended && r.sent == cancels.SentNone:
		return ""
	case end == endMissing && (r.delivered() || r.result == cancels.Gone):
		return lro.CancellationGone
	case !r.delivered():
		return lro.CancellationUndelivered
	default:
		return endsOfDelivered[end]
	}
}

// delivered reports whether the service has accepted the cancel, or may have.
func (r cancelReport) delivered() bool {
	return r.result == cancels.Delivered || r.sent >= cancels.SentUnanswered
}

// readable reports whether the operation could be read.
func (e cancelEnd) readable() bool { return e != endMissing && e != endUnread }

// endsOfDelivered tells what became of a cancel that was delivered.
var endsOfDelivered = map[cancelEnd]lro.Cancellation{
	endSucceeded: lro.CancellationCompleted,
	endFailed:    lro.CancellationFailed,
	endCanceled:  lro.CancellationCanceled,
	endMissing:   lro.CancellationGone,
	endRunning:   lro.CancellationUnconfirmed,
	endUnread:    lro.CancellationUnconfirmed,
}

// why is the service's answer, if it explains the cancellation.
func (r cancelReport) why(cancellation lro.Cancellation) *lro.Status {
	switch cancellation {
	case lro.CancellationUnsupported, lro.CancellationGone, lro.CancellationUndelivered, lro.CancellationUnconfirmed:
		return r.status
	default:
		return nil
	}
}

// soFar is what became of a cancel, before the operation is read again. It is "" if that
// is still open.
func (r cancelReport) soFar() lro.Cancellation {
	if cancellation := r.cancellation(endUnread); cancellation != lro.CancellationUnconfirmed {
		return cancellation
	}
	return ""
}

// reportOfFailed is the report of a cancel whose activity failed with err. The activity
// records each cancel in a heartbeat before it sends it. If err holds the last heartbeat, it
// is read into record, which may tell that the cancel came further.
func reportOfFailed(err error, record any) cancelReport {
	status, sent, tells := cancelFailure(err)
	_, refused := lro.AsFailure(err) // the input, before anything was sent
	var timedOut *temporal.TimeoutError
	switch {
	case errors.As(err, &timedOut):
		if timedOut.HasLastHeartbeatDetails() && timedOut.LastHeartbeatDetails(record) != nil {
			sent = max(sent, cancels.SentUnanswered)
		}
	case !tells && !refused:
		sent = cancels.SentUnanswered
	}
	return cancelReport{result: cancels.Refused, sent: sent, status: status}
}

// cancelFailure reads the error of a CancelOperation: the service's answer and how far the
// cancel came. tells is false if the error holds neither.
func cancelFailure(err error) (status *lro.Status, sent cancels.Sent, tells bool) {
	var app *temporal.ApplicationError
	status = &lro.Status{}
	if !errors.As(err, &app) || !app.HasDetails() || app.Details(status) != nil || status.Code == lro.CodeOK {
		return &lro.Status{Code: lro.CodeUnknown, Message: err.Error()}, cancels.SentNone, false
	}
	sent = cancels.SentUnanswered
	_ = app.Details(status, &sent) // another release may leave it out
	return status, sent, true
}
