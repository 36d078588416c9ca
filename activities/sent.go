package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// sentBy is how far a try came that ended with err.
func sentBy(err error) cancels.Sent {
	var failed *lro.Error
	answered := errors.As(err, &failed)
	switch {
	case err == nil:
		return cancels.SentAccepted
	case answered && failed.Unsent, lro.Classify(err) == lro.ClassInvalid:
		return cancels.SentNone
	case !lro.Classify(err).MayHaveActed():
		return cancels.SentRefused
	case answered && failed.HTTP >= 300:
		return cancels.SentFailed
	default:
		return cancels.SentUnanswered
	}
}

// sendCancel sends a cancel when it is its turn, once begin has returned nil. It returns how far
// the cancel came, over all tries of the client.
func sendCancel(ctx context.Context, p *poller.Poller, ref lro.Ref, begin func(context.Context) error) (sent cancels.Sent, err error) {
	err = p.Do(ctx, ref.Service, ref.Name, poller.PriorityCancel, func(ctx context.Context) error {
		if err := begin(ctx); err != nil {
			return err
		}
		sent = cancels.SentUnanswered // in case the client panics
		farthest := cancels.SentNone
		err := p.Unwrap().CancelOperation(poller.OnFurtherTry(ctx, func(err error) { farthest = max(farthest, sentBy(err)) }), ref)
		sent = max(farthest, sentBy(err))
		return err
	})
	return sent, err
}

// recordedSent reads the record of earlier attempts of an activity into record, and leaves record
// as it is without one. It returns the value that holds for each cancel in any case: SentNone, or
// SentUnanswered if the record does not decode or may have been lost.
func (a *Activities) recordedSent(ctx context.Context, record any) cancels.Sent {
	switch {
	case !activity.HasHeartbeatDetails(ctx):
		if activity.GetInfo(ctx).Attempt > 1 && !a.holder.RecordsAtOnce() {
			return cancels.SentUnanswered
		}
		return cancels.SentNone
	case activity.GetHeartbeatDetails(ctx, record) != nil:
		return cancels.SentUnanswered
	default:
		return cancels.SentNone
	}
}
