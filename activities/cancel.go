package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// notFoundRetry is the delay between two tries of a cancel that gets a 404 within its grace.
const notFoundRetry = 2 * time.Second

// CancelFailedType is the ApplicationError type, followed by a dot and a code, of a CancelOperation
// attempt that could not be delivered. Its details hold an lro.Status and a [Sent].
const CancelFailedType = "CancelFailed"

// CancelInput is the input of CancelOperation.
type CancelInput struct {
	Ref lro.Ref `json:"ref"`
	// NotFoundGrace is how long after the activity was scheduled a 404 is retried, because a new
	// operation may not be readable everywhere yet. With 0 a 404 is final.
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Insist retries a refusal, too, as the activity's retry policy says. It is for an undo, which
	// waits until an operator mends its cause.
	Insist bool `json:"insist,omitempty"`
	// Deadline is when the cancel is given up on. An attempt that fails so late that the next would
	// begin after it is final. Zero for never.
	Deadline time.Time `json:"deadline,omitzero"`
	// Undo says what is undone by the cancel, nil if nothing is. It is shown, and changes nothing.
	Undo *undos.Record `json:"undo,omitempty"`

	invalid error
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *CancelInput) UnmarshalJSON(raw []byte) error {
	type plain CancelInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in CancelInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if err := validateGrace("notFoundGrace", in.NotFoundGrace); err != nil {
		return err
	}
	return in.Ref.Validate()
}

// CancelOutput is the result of a CancelOperation.
type CancelOutput struct {
	Result cancels.Result `json:"result"`
	// Sent is how far the cancel came, over all attempts of the activity.
	Sent cancels.Sent `json:"sent,omitempty"`
	// Status is the service's answer if it was not OK.
	Status *lro.Status `json:"status,omitempty"`
}

// CancelOperation asks the service to cancel an operation. The service's decision is data. Only a
// request that could not be delivered fails the attempt, with an error of type [CancelFailedType]
// that is retryable until the input's deadline.
//
// A request is recorded in the activity's heartbeat before it is sent. So a later attempt knows
// that it may have been accepted, although the worker died. A cancel that is known to have been
// accepted is not sent again.
func (a *Activities) CancelOperation(ctx context.Context, in CancelInput) (out CancelOutput, err error) {
	if err := in.validate(); err != nil {
		return CancelOutput{}, NewError(lro.Invalid(in.Ref, err))
	}
	var beat Heartbeat
	unknown := a.recordedSent(ctx, &beat)
	beat.Sent = max(beat.Sent, unknown)
	beat.describes(&PollInput{Ref: in.Ref, Canceling: true, Undo: in.Undo})
	if beat.Sent == cancels.SentAccepted {
		out = CancelOutput{Result: cancels.Delivered, Sent: cancels.SentAccepted}
	} else {
		out, err = a.cancelOnce(ctx, in, beat)
	}
	if err == nil {
		a.instruments.countCancel(ctx, a.poller.Label(in.Ref.Service), out.Result)
	}
	return out, err
}

// cancelOnce is one attempt of a cancel, after the attempts that before records. If the SDK writes
// records when it sees fit, the first one already says that the cancel may have been sent.
func (a *Activities) cancelOnce(ctx context.Context, in CancelInput, before Heartbeat) (CancelOutput, error) {
	first := before
	if !a.holder.RecordsAtOnce() {
		first = before.sent(cancels.SentUnanswered)
	}
	ctx, recorder := a.holder.StartRecorder(ctx, a.clock, first)
	defer recorder.Close()
	sent, err := sendCancel(ctx, a.poller, in.Ref, func(context.Context) error {
		recorder.SetRecord(before.sent(cancels.SentUnanswered))
		return recorder.Write(ctx)
	})
	after := before.sent(sent)
	recorder.SetRecord(after)
	if err != nil && ctx.Err() != nil {
		recorder.Flush()
		return CancelOutput{}, hold.Interrupted(ctx)
	}
	if lro.Classify(err) == lro.ClassInvalid {
		return CancelOutput{}, NewError(lro.Invalid(in.Ref, err))
	}
	out := CancelOutput{Result: cancelResult(err, a.mayAppear(ctx, in.NotFoundGrace), in.Insist), Sent: after.Sent}
	if err != nil {
		out.Status = lro.StatusOf(err)
	}
	if out.Result != "" {
		err = nil // the service has decided
	}
	a.countUndo(ctx, in.Ref.Service, in.Undo, err)
	if out.Result == "" {
		recorder.Flush() // for the next attempt
		return CancelOutput{}, cancelFailed(in.Ref, out, a.Retry(ctx, in.Deadline, cancelAfter(err)))
	}
	return out, nil
}

// sent is the record with the end of a further try.
func (h Heartbeat) sent(try cancels.Sent) Heartbeat {
	h.Sent = max(h.Sent, try)
	return h
}

// cancelResult is the result of a cancel that ended with err, "" if it is to be sent again.
// mayAppear says that an operation that was not found may appear yet, insist that a refusal is not
// final.
func cancelResult(err error, mayAppear, insist bool) cancels.Result {
	if err == nil {
		return cancels.Delivered
	}
	switch class := lro.Classify(err); {
	case class == lro.ClassUnsupported:
		return cancels.Unsupported
	case class == lro.ClassNotFound && !mayAppear:
		return cancels.Gone
	case class == lro.ClassUnreadable: // the next answer would be as large; the operation's end says what the cancel did
		return cancels.Refused
	case class == lro.ClassNotFound, !isFinal(err), insist:
		return ""
	default:
		return cancels.Refused
	}
}

// mayAppear reports whether the grace has time for another try after a 404.
func (a *Activities) mayAppear(ctx context.Context, notFoundGrace lro.Duration) bool {
	grace, _ := notFoundGrace.In("") // validated
	next := a.ServerTime().Add(notFoundRetry)
	return grace > 0 && next.Before(activity.GetInfo(ctx).ScheduledTime.Add(grace))
}

// cancelAfter is the delay after a cancel that failed with err, 0 to leave it to the retry policy.
func cancelAfter(err error) time.Duration {
	if lro.Classify(err) == lro.ClassNotFound {
		return notFoundRetry
	}
	return lro.RetryAfter(err)
}

func cancelFailed(ref lro.Ref, out CancelOutput, retry temporal.ApplicationErrorOptions) error {
	retry.Details = []any{out.Status, out.Sent}
	return temporal.NewApplicationErrorWithOptions(
		"cancel of "+ref.String()+" was not delivered: "+out.Status.Code.String(),
		CancelFailedType+"."+out.Status.Code.String(), retry)
}
