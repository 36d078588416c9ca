package activities

import (
	"context"
	"errors"
	"slices"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// Sent says how far the cancels of one operation have come: the farthest of all tries and all
// attempts. A farther one is larger.
//
// As text it is "", "refused", "failed", "unanswered" or "accepted". A text of another release
// reads as [SentUnanswered].
type Sent byte

// How far cancels have come.
const (
	// SentNone: no cancel has reached the service.
	SentNone Sent = iota
	// SentRefused: a cancel was answered by an error that says that nothing was done.
	SentRefused
	// SentFailed: a cancel was answered by an error that does not say whether anything was done,
	// such as 503.
	SentFailed
	// SentUnanswered: a cancel was about to be sent, and its answer is not known. The service may
	// have accepted it.
	SentUnanswered
	// SentAccepted: the service accepted a cancel.
	SentAccepted
)

var sentTexts = []string{SentNone: "", SentRefused: "refused", SentFailed: "failed", SentUnanswered: "unanswered", SentAccepted: "accepted"}

// String returns the text form.
func (s Sent) String() string { return sentTexts[min(int(s), len(sentTexts)-1)] }

// MarshalText returns the text form.
func (s Sent) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form. It does not fail.
func (s *Sent) UnmarshalText(text []byte) error {
	*s = SentUnanswered
	if at := slices.Index(sentTexts, string(text)); at >= 0 {
		*s = Sent(at)
	}
	return nil
}

// sentBy is how far a try came that ended with err.
func sentBy(err error) Sent {
	var failed *lro.Error
	answered := errors.As(err, &failed)
	switch {
	case err == nil:
		return SentAccepted
	case answered && failed.Unsent, lro.Classify(err) == lro.ClassInvalid:
		return SentNone
	case !lro.Classify(err).MayHaveActed():
		return SentRefused
	case answered && failed.HTTP >= 300:
		return SentFailed
	default:
		return SentUnanswered
	}
}

// sendCancel sends a cancel when it is its turn, once begin has returned nil. It returns how far
// the cancel came, over all tries of the client.
func sendCancel(ctx context.Context, p *poller.Poller, ref lro.Ref, begin func(context.Context) error) (sent Sent, err error) {
	err = p.Do(ctx, ref.Service, ref.Name, poller.PriorityCancel, func(ctx context.Context) error {
		if err := begin(ctx); err != nil {
			return err
		}
		sent = SentUnanswered // in case the client panics
		farthest := SentNone
		err := p.Unwrap().CancelOperation(poller.OnFurtherTry(ctx, func(err error) { farthest = max(farthest, sentBy(err)) }), ref)
		sent = max(farthest, sentBy(err))
		return err
	})
	return sent, err
}

// recordedSent reads the record of earlier attempts of an activity into record, and leaves record
// as it is without one. It returns the value that holds for each cancel in any case: SentNone, or
// SentUnanswered if the record does not decode or may have been lost.
func (a *Activities) recordedSent(ctx context.Context, record any) Sent {
	switch {
	case !activity.HasHeartbeatDetails(ctx):
		if activity.GetInfo(ctx).Attempt > 1 && !a.holder.RecordsAtOnce() {
			return SentUnanswered
		}
		return SentNone
	case activity.GetHeartbeatDetails(ctx, record) != nil:
		return SentUnanswered
	default:
		return SentNone
	}
}
