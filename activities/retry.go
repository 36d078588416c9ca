package activities

import (
	"context"
	"math"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/internal/hold"
)

// Retry says whether Temporal is to try the failed activity ctx again, and after how long. after is
// the service's advice, 0 to leave it to the activity's retry policy. The error is final if the
// next attempt would begin at the deadline or later, by the server's time, zero for no deadline.
//
// Activities of an undo, a cancel or a read are bounded by this rather than by a
// ScheduleToCloseTimeout. The SDK computes that with the worker's own clock, and drops the result
// of an attempt if that clock is ahead.
func (a *Activities) Retry(ctx context.Context, deadline time.Time, after time.Duration) temporal.ApplicationErrorOptions {
	info := activity.GetInfo(ctx)
	return temporal.ApplicationErrorOptions{
		NextRetryDelay: after,
		NonRetryable:   isLast(deadline, a.ServerTime(), retryDelay(info.RetryPolicy, info.Attempt, after)),
	}
}

// isLast reports whether an attempt is the last before the deadline.
func isLast(deadline, now time.Time, delay time.Duration) bool {
	return !deadline.IsZero() && !now.Add(delay).Before(deadline)
}

// defaultMaximum is Temporal's MaximumInterval for a policy without one, in initial intervals.
const defaultMaximum = 100

// retryDelay is how long Temporal waits after an attempt, counted from 1. In the SDK's test
// environments there is no policy.
func retryDelay(policy *temporal.RetryPolicy, attempt int32, after time.Duration) time.Duration {
	if after > 0 {
		return max(after, hold.MinimumRetryDelay)
	}
	if policy == nil {
		return hold.MinimumRetryDelay
	}
	maximum := policy.MaximumInterval
	if maximum == 0 {
		maximum = defaultMaximum * policy.InitialInterval
	}
	delay := float64(policy.InitialInterval) * math.Pow(policy.BackoffCoefficient, float64(attempt-1))
	return time.Duration(min(delay, float64(maximum)))
}
