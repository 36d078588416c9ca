package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/internal/hold"
	"github.com/awaitop/awaitop/lro"
)

// notFoundRetry is the delay between two tries of a cancel that is answered 404
// within its grace.
const notFoundRetry = 2 * time.Second

// CancelFailedType is the ApplicationError type, followed by a dot and a code,
// of a CancelOperation attempt that could not be delivered. Its details hold
// an lro.Status and a [Sent].
const CancelFailedType = "CancelFailed"

// CancelInput is the input of CancelOperation.
type CancelInput struct {
	Ref lro.Ref `json:"ref"`
	// NotFoundGrace is for how long after the activity was scheduled a 404 is
	// retried: a fresh operation may not be readable everywhere yet. 0 means a
	// 404 is final.
	NotFoundGrace lro.Duration `json:"notFoundGrace,omitzero"`
	// Insist has a refusal retried, too, as the activity's retry policy says: for
	// an undo, which waits for what somebody has to mend.
	Insist bool `json:"insist,omitempty"`
	// Deadline is when the cancel is given up on: an attempt that fails so late that
	// the next would begin after it is final. Zero for never.
	Deadline time.Time `json:"deadline,omitzero"`

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

// CancelResult says what the service answered to a cancel request.
type CancelResult string

// The answers to a cancel request.
const (
	// CancelDelivered: accepted. The operation may still end any other way.
	CancelDelivered CancelResult = "delivered"
	// CancelUnsupported: the service has no cancel (UNIMPLEMENTED).
	CancelUnsupported CancelResult = "unsupported"
	// CancelGone: 404 until the grace was over. The service has no such operation, or no
	// cancel for those of its collection.
	CancelGone CancelResult = "gone"
	// CancelRefused: refused for good, such as for lack of a permission; or answered by
	// a success that is too large to be read, and Sent says that it may have been
	// accepted. Of a set, also not delivered in time.
	CancelRefused CancelResult = "refused"
	// CancelEnded: the operation had ended, and this attempt sent none. Of a set only.
	CancelEnded CancelResult = "ended"
)

// CancelOutput is what became of a cancel request.
type CancelOutput struct {
	Result CancelResult `json:"result"`
	// Sent is how far it came, over all attempts of the activity.
	Sent Sent `json:"sent,omitempty"`
	// Status is the service's answer where it was not OK.
	Status *lro.Status `json:"status,omitempty"`
}

// CancelOperation asks the service to cancel an operation. What the service
// decides is data. Only a request that could not be delivered fails the
// attempt, with an error of type [CancelFailedType] that is retryable until the
// input's deadline.
//
// A request is recorded in the activity's heartbeat before it is sent, so a later
// attempt knows that it may have been accepted, though the worker died. What an
// attempt knows to have been accepted is not sent again.
func (a *Activities) CancelOperation(ctx context.Context, in CancelInput) (out CancelOutput, err error) {
	if err := in.validate(); err != nil {
		return CancelOutput{}, NewError(lro.Invalid(in.Ref, err))
	}
	var beat Heartbeat
	unknown := a.recordedSent(ctx, &beat)
	beat.Sent = max(beat.Sent, unknown)
	beat.describes(&PollInput{Ref: in.Ref, Canceling: true})
	if beat.Sent == SentAccepted {
		out = CancelOutput{Result: CancelDelivered, Sent: SentAccepted}
	} else {
		out, err = a.cancelOnce(ctx, in, beat)
	}
	if err == nil {
		a.instruments.canceled(ctx, a.poller.Label(in.Ref.Service), out.Result)
	}
	return out, err
}

// cancelOnce is one attempt of a cancel, after those that before tells of.
func (a *Activities) cancelOnce(ctx context.Context, in CancelInput, before Heartbeat) (CancelOutput, error) {
	ctx, recorder := a.holder.StartRecorder(ctx, a.clock, before)
	defer recorder.Close()
	sent, err := sendCancel(ctx, a.poller, in.Ref, func(context.Context) error {
		recorder.Note(before.sent(SentUnanswered))
		return recorder.Write(ctx)
	})
	after := before.sent(sent)
	recorder.Note(after)
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
	if out.Result == "" {
		recorder.Flush() // for the next attempt
		return CancelOutput{}, cancelFailed(in.Ref, out, a.Retry(ctx, in.Deadline, cancelAfter(err)))
	}
	return out, nil
}

// sent is the record with what became of a further try.
func (h Heartbeat) sent(try Sent) Heartbeat {
	h.Sent = max(h.Sent, try)
	return h
}

// cancelResult is what a cancel came to that ended with err; "" if it is to be sent
// again. mayAppear says that an operation that was not found may yet be, insist that a
// refusal is not final.
func cancelResult(err error, mayAppear, insist bool) CancelResult {
	if err == nil {
		return CancelDelivered
	}
	switch class := lro.Classify(err); {
	case class == lro.ClassUnsupported:
		return CancelUnsupported
	case class == lro.ClassNotFound && !mayAppear:
		return CancelGone
	case class == lro.ClassUnreadable: // the next answer would be as large; the operation's end tells
		return CancelRefused
	case class == lro.ClassNotFound, !isFinal(err), insist:
		return ""
	default:
		return CancelRefused
	}
}

// mayAppear reports whether there is time, in the grace, for another try of a 404.
func (a *Activities) mayAppear(ctx context.Context, notFoundGrace lro.Duration) bool {
	grace, _ := notFoundGrace.In("") // validated
	next := a.ServerTime().Add(notFoundRetry)
	return grace > 0 && next.Before(activity.GetInfo(ctx).ScheduledTime.Add(grace))
}

// cancelAfter is how long after a cancel that failed with err the next is sent, 0 for
// the retry policy to say.
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
