package workflows

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
)

var cancelEnds = []cancelEnd{endSucceeded, endFailed, endCanceled, endRunning, endMissing, endUnread}

// The table of what became of a cancel, for each end of the operation.
func TestCancellation(t *testing.T) {
	t.Parallel()
	const (
		completed, failed, canceled = lro.CancellationCompleted, lro.CancellationFailed, lro.CancellationCanceled
		unsupported, gone           = lro.CancellationUnsupported, lro.CancellationGone
		undelivered, unconfirmed    = lro.CancellationUndelivered, lro.CancellationUnconfirmed
	)
	type ends [6]lro.Cancellation // as cancelEnds
	asDelivered := ends{completed, failed, canceled, unconfirmed, gone, unconfirmed}
	rows := []struct {
		reason string
		result cancels.Result
		sent   cancels.Sent
		want   ends
	}{
		{"accepted: the end decides", cancels.Delivered, cancels.SentAccepted, asDelivered},
		{"accepted, by a worker that does not tell how far it came", cancels.Delivered, cancels.SentNone, asDelivered},
		{"never reached the service: another program canceled what ended CANCELLED", cancels.Refused, cancels.SentNone, ends{undelivered, undelivered, undelivered, undelivered, undelivered, undelivered}},
		{"refused: another program canceled what ended CANCELLED", cancels.Refused, cancels.SentRefused, ends{undelivered, undelivered, undelivered, undelivered, undelivered, undelivered}},
		{"never delivered: one of the tries may have canceled what ended CANCELLED", cancels.Refused, cancels.SentFailed, ends{undelivered, undelivered, canceled, undelivered, undelivered, undelivered}},
		{"refused after one without an answer, which may have been accepted", cancels.Refused, cancels.SentUnanswered, asDelivered},
		{"refused after one that was accepted", cancels.Refused, cancels.SentAccepted, asDelivered},
		{"no cancel: another program canceled what ended CANCELLED", cancels.Unsupported, cancels.SentRefused, ends{unsupported, unsupported, unsupported, unsupported, unsupported, unsupported}},
		{"no cancel, whatever an earlier try did not hear", cancels.Unsupported, cancels.SentUnanswered, ends{unsupported, unsupported, unsupported, unsupported, unsupported, unsupported}},
		{"404, and it can be read: no cancel in its collection; where it cannot, that is not known", cancels.Gone, cancels.SentRefused, ends{unsupported, unsupported, unsupported, unsupported, gone, undelivered}},
		{"404 after one without an answer", cancels.Gone, cancels.SentUnanswered, ends{unsupported, unsupported, canceled, unsupported, gone, unconfirmed}},
		{"404 after one that was answered 503: it may have canceled what ended CANCELLED", cancels.Gone, cancels.SentFailed, ends{unsupported, unsupported, canceled, unsupported, gone, undelivered}},
		{"it had ended, and was sent none", cancels.Ended, cancels.SentNone, ends{"", "", "", "", "", ""}},
		{"it had ended; an earlier attempt was refused", cancels.Ended, cancels.SentRefused, ends{undelivered, undelivered, undelivered, undelivered, undelivered, undelivered}},
		{"it had ended; an earlier attempt was answered 503", cancels.Ended, cancels.SentFailed, ends{undelivered, undelivered, canceled, undelivered, undelivered, undelivered}},
		{"it had ended; an earlier attempt may have canceled it", cancels.Ended, cancels.SentUnanswered, asDelivered},
		{"it had ended; an earlier attempt canceled it", cancels.Ended, cancels.SentAccepted, asDelivered},
	}
	for _, row := range rows {
		report := cancelReport{result: row.result, sent: row.sent}
		var got ends
		for i, end := range cancelEnds {
			got[i] = report.cancellation(end)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: %s after %q (-want +got):\n%s", row.reason, row.result, row.sent, diff)
		}
	}
}

// Every result has an answer, however far the cancel came. Only that of a cancel that was
// not sent is empty.
func TestCancellationIsTotal(t *testing.T) {
	t.Parallel()
	for _, result := range []cancels.Result{cancels.Delivered, cancels.Unsupported, cancels.Gone, cancels.Refused, cancels.Ended, "of another release"} {
		for sent := cancels.SentNone; sent <= cancels.SentAccepted; sent++ {
			for _, end := range cancelEnds {
				none := result == cancels.Ended && sent == cancels.SentNone
				if got := (cancelReport{result: result, sent: sent}).cancellation(end); (got == "") != none {
					t.Errorf("%s, %s, %s: %q", result, sent, end, got)
				}
			}
		}
	}
}

func TestCancelEnd(t *testing.T) {
	t.Parallel()
	missing, down := &lro.Status{Code: lro.CodeNotFound}, &lro.Status{Code: lro.CodeUnavailable}
	rows := []struct {
		reason  string
		state   lro.State
		failure lro.FailureType
		unread  *lro.Status
		want    cancelEnd
	}{
		{"a state outranks a failure", lro.StateFailed, lro.TypeOperationFailed, missing, endFailed},
		{"a success", lro.StateSucceeded, "", nil, endSucceeded},
		{"a cancel", lro.StateCanceled, lro.TypeOperationFailed, nil, endCanceled},
		{"the grace was over", lro.StateRunning, "", nil, endRunning},
		{"seen before, and now 404", lro.StateRunning, lro.TypeOperationGone, missing, endMissing},
		{"never seen, and 404", lro.StateRunning, lro.TypePollFailed, missing, endMissing},
		{"no answer but a failure", lro.StateRunning, lro.TypePollFailed, down, endUnread},
		{"no operation", lro.StateRunning, lro.TypeProtocolError, nil, endUnread},
		{"why is not known", lro.StateRunning, lro.TypePollFailed, nil, endUnread},
	}
	for _, row := range rows {
		if got := cancelEndOf(row.state, row.failure, row.unread); got != row.want {
			t.Errorf("%s: %s, want %s", row.reason, got, row.want)
		}
	}
}

// The report of a cancel whose activity failed.
func TestReportOfFailed(t *testing.T) {
	t.Parallel()
	status := &lro.Status{Code: lro.CodeUnavailable, Message: "down"}
	failed := func(details ...any) error {
		return temporal.NewApplicationErrorWithOptions("no", activities.CancelFailedType+".UNAVAILABLE", temporal.ApplicationErrorOptions{Details: details})
	}
	timeout := func(cause error, details ...any) error {
		return temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, cause, details...)
	}
	rows := []struct {
		reason string
		err    error
		want   cancels.Sent
		code   lro.Code
	}{
		{"the attempt says how far it came", failed(status, cancels.SentFailed), cancels.SentFailed, lro.CodeUnavailable},
		{"an attempt of another release does not", failed(status), cancels.SentUnanswered, lro.CodeUnavailable},
		{"the input was refused", activities.NewError(lro.Invalid(lro.Ref{}, errors.New("no"))), cancels.SentNone, lro.CodeUnknown},
		{"a panic", failed(), cancels.SentUnanswered, lro.CodeUnknown},
		{"canceled, wherever it was", temporal.NewCanceledError(), cancels.SentUnanswered, lro.CodeUnknown},
		{"no worker was there", timeout(nil), cancels.SentNone, lro.CodeUnknown},
		{"the worker died after it had recorded a cancel", timeout(nil, activities.Heartbeat{Sent: cancels.SentUnanswered}), cancels.SentUnanswered, lro.CodeUnknown},
		{"a record that does not decode", timeout(nil, 17), cancels.SentUnanswered, lro.CodeUnknown},
		{"the last attempt timed out, after one that failed", timeout(failed(status, cancels.SentFailed), activities.Heartbeat{}), cancels.SentFailed, lro.CodeUnavailable},
	}
	for _, row := range rows {
		var beat activities.Heartbeat
		converter := temporal.GetDefaultFailureConverter()
		got := reportOfFailed(converter.FailureToError(converter.ErrorToFailure(row.err)), &beat) // as through the server
		if sent := max(got.sent, beat.Sent); sent != row.want || got.status.Code != row.code || got.result != cancels.Refused {
			t.Errorf("%s: %s, %q, %v, want %q and %s", row.reason, got.result, sent, got.status, row.want, row.code)
		}
	}
}
