package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
)

// notFoundRetry is the delay between two tries of a cancel that is answered 404
// within its grace.
const notFoundRetry = 2 * time.Second

// CancelFailedType is the ApplicationError type, followed by a dot and a code,
// of a CancelOperation attempt that could not be delivered. Its details hold
// one lro.Status.
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
	in.invalid = lro.DecodeStrict("", raw, (*plain)(in))
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
	// CancelGone: 404 until the grace was over.
	CancelGone CancelResult = "gone"
	// CancelRefused: refused for good, such as for lack of a permission.
	CancelRefused CancelResult = "refused"
)

// CancelOutput is what became of a cancel request.
type CancelOutput struct {
	Result CancelResult `json:"result"`
	// Status is the service's answer where it was not OK.
	Status *lro.Status `json:"status,omitempty"`
}

// CancelOperation asks the service to cancel an operation. What the service
// decides is data. Only a request that could not be delivered fails the
// attempt, with an error of type [CancelFailedType] that is retryable until the
// input's deadline.
func (a *Activities) CancelOperation(ctx context.Context, in CancelInput) (CancelOutput, error) {
	if err := in.validate(); err != nil {
		return CancelOutput{}, lro.Invalid(in.Ref, err).Err()
	}
	var beat Heartbeat
	beat.describes(&PollInput{Ref: in.Ref, Canceling: true})
	heart := a.startHeart(ctx, beat)
	defer heart.stop()
	err := a.poller.CancelOperation(ctx, in.Ref)
	if err != nil && ctx.Err() != nil {
		return CancelOutput{}, ctx.Err()
	}
	out, err := a.cancelResult(ctx, in, err)
	if err == nil {
		a.poller.instruments.canceled(ctx, a.poller.label(in.Ref.Service), out.Result)
	}
	return out, err
}

// cancelResult says what the service decided, or has the cancel sent again.
func (a *Activities) cancelResult(ctx context.Context, in CancelInput, err error) (CancelOutput, error) {
	if err == nil {
		return CancelOutput{Result: CancelDelivered}, nil
	}
	status := statusOf(err)
	switch class := Classify(err); {
	case class == ClassInvalid:
		return CancelOutput{}, lro.Invalid(in.Ref, err).Err()
	case class == ClassUnsupported:
		return CancelOutput{Result: CancelUnsupported, Status: status}, nil
	case class == ClassNotFound && !a.withinGrace(ctx, in):
		return CancelOutput{Result: CancelGone, Status: status}, nil
	case class == ClassNotFound:
		return CancelOutput{}, cancelFailed(in.Ref, status, a.poller.Retry(ctx, in.Deadline, notFoundRetry))
	case class.Retryable() || in.Insist:
		return CancelOutput{}, cancelFailed(in.Ref, status, a.poller.Retry(ctx, in.Deadline, retryAfter(err)))
	default:
		return CancelOutput{Result: CancelRefused, Status: status}, nil
	}
}

// withinGrace reports whether there is time for another try of a 404.
func (a *Activities) withinGrace(ctx context.Context, in CancelInput) bool {
	grace, _ := in.NotFoundGrace.In("") // validated
	next := a.poller.ServerTime().Add(notFoundRetry)
	return grace > 0 && next.Before(activity.GetInfo(ctx).ScheduledTime.Add(grace))
}

func cancelFailed(ref lro.Ref, status *lro.Status, retry temporal.ApplicationErrorOptions) error {
	retry.Details = []any{status}
	return temporal.NewApplicationErrorWithOptions(
		"cancel of "+ref.String()+" was not delivered: "+status.Code.String(),
		CancelFailedType+"."+status.Code.String(), retry)
}
