package workflows

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
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
		result activities.CancelResult
		sent   activities.Sent
		want   ends
	}{
		{"accepted: the end decides", activities.CancelDelivered, activities.SentAccepted, asDelivered},
		{"accepted, by a worker that does not tell how far it came", activities.CancelDelivered, activities.SentNone, asDelivered},
		{"never reached the service: another program canceled what ended CANCELLED", activities.CancelRefused, activities.SentNone, ends{undelivered, undelivered, undelivered, undelivered, undelivered, undelivered}},
		{"refused: another program canceled what ended CANCELLED", activities.CancelRefused, activities.SentRefused, ends{undelivered, undelivered, undelivered, undelivered, undelivered, undelivered}},
		{"never delivered: one of the tries may have canceled what ended CANCELLED", activities.CancelRefused, activities.SentFailed, ends{undelivered, undelivered, canceled, undelivered, undelivered, undelivered}},
		{"refused after one without an answer, which may have been accepted", activities.CancelRefused, activities.SentUnanswered, asDelivered},
		{"refused after one that was accepted", activities.CancelRefused, activities.SentAccepted, asDelivered},
		{"no cancel: another program canceled what ended CANCELLED", activities.CancelUnsupported, activities.SentRefused, ends{unsupported, unsupported, unsupported, unsupported, unsupported, unsupported}},
		{"no cancel, whatever an earlier try did not hear", activities.CancelUnsupported, activities.SentUnanswered, ends{unsupported, unsupported, unsupported, unsupported, unsupported, unsupported}},
		{"404, and it can be read: no cancel in its collection; where it cannot, that is not known", activities.CancelGone, activities.SentRefused, ends{unsupported, unsupported, unsupported, unsupported, gone, undelivered}},
		{"404 after one without an answer", activities.CancelGone, activities.SentUnanswered, ends{unsupported, unsupported, canceled, unsupported, gone, unconfirmed}},
		{"404 after one that was answered 503: it may have canceled what ended CANCELLED", activities.CancelGone, activities.SentFailed, ends{unsupported, unsupported, canceled, unsupported, gone, undelivered}},
		{"it had ended, and was sent none", activities.CancelEnded, activities.SentNone, ends{"", "", "", "", "", ""}},
		{"it had ended; an earlier attempt was refused", activities.CancelEnded, activities.SentRefused, ends{undelivered, undelivered, undelivered, undelivered, undelivered, undelivered}},
		{"it had ended; an earlier attempt was answered 503", activities.CancelEnded, activities.SentFailed, ends{undelivered, undelivered, canceled, undelivered, undelivered, undelivered}},
		{"it had ended; an earlier attempt may have canceled it", activities.CancelEnded, activities.SentUnanswered, asDelivered},
		{"it had ended; an earlier attempt canceled it", activities.CancelEnded, activities.SentAccepted, asDelivered},
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
	for _, result := range []activities.CancelResult{activities.CancelDelivered, activities.CancelUnsupported, activities.CancelGone, activities.CancelRefused, activities.CancelEnded, "of another release"} {
		for sent := activities.SentNone; sent <= activities.SentAccepted; sent++ {
			for _, end := range cancelEnds {
				none := result == activities.CancelEnded && sent == activities.SentNone
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
		want   activities.Sent
		code   lro.Code
	}{
		{"the attempt says how far it came", failed(status, activities.SentFailed), activities.SentFailed, lro.CodeUnavailable},
		{"an attempt of another release does not", failed(status), activities.SentUnanswered, lro.CodeUnavailable},
		{"the input was refused", activities.NewError(lro.Invalid(lro.Ref{}, errors.New("no"))), activities.SentNone, lro.CodeUnknown},
		{"a panic", failed(), activities.SentUnanswered, lro.CodeUnknown},
		{"canceled, wherever it was", temporal.NewCanceledError(), activities.SentUnanswered, lro.CodeUnknown},
		{"no worker was there", timeout(nil), activities.SentNone, lro.CodeUnknown},
		{"the worker died after it had recorded a cancel", timeout(nil, activities.Heartbeat{Sent: activities.SentUnanswered}), activities.SentUnanswered, lro.CodeUnknown},
		{"a record that does not decode", timeout(nil, 17), activities.SentUnanswered, lro.CodeUnknown},
		{"the last attempt timed out, after one that failed", timeout(failed(status, activities.SentFailed), activities.Heartbeat{}), activities.SentFailed, lro.CodeUnavailable},
	}
	for _, row := range rows {
		var beat activities.Heartbeat
		converter := temporal.GetDefaultFailureConverter()
		got := reportOfFailed(converter.FailureToError(converter.ErrorToFailure(row.err)), &beat) // as through the server
		if sent := max(got.sent, beat.Sent); sent != row.want || got.status.Code != row.code || got.result != activities.CancelRefused {
			t.Errorf("%s: %s, %q, %v, want %q and %s", row.reason, got.result, sent, got.status, row.want, row.code)
		}
	}
}
