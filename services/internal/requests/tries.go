package requests

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// How transient failures within one call are retried. Three tries get over a dropped connection or
// a frontend's restart. Longer failures are for the activities, which know the deadline and show
// that they wait.
const (
	maxTries     = 3
	initialDelay = 250 * time.Millisecond // then twice that; each +-50%, backoff's own
)

// Tries are the tries of one call. No try begins later than Within after the call began.
type Tries struct {
	Clock  poller.Clock
	Within time.Duration
}

// Send makes up to three tries. If the caller's ctx ends before a try that may not be made again, it
// returns the context's own error, which says nothing about the service.
//
// Under a Poller each try after the first waits for its turn, as the first did.
func Send[T any](ctx context.Context, tries Tries, try func(ctx context.Context) (T, error)) (T, error) {
	waits := tries.waits()
	for {
		out, failed := try(ctx)
		if failed == nil || !mayTryAgain(failed) {
			return out, failed
		}
		wait := waits.NextBackOff()
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case wait == backoff.Stop:
			return out, failed
		}
		if err := tries.Clock.Sleep(ctx, wait); err != nil {
			return out, err
		}
		if err := poller.NextTry(ctx, failed); err != nil {
			return out, err
		}
	}
}

// waits are the waits between the tries of one call.
func (t Tries) waits() backoff.BackOff {
	exponential := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(initialDelay),
		backoff.WithMultiplier(2),
		backoff.WithMaxElapsedTime(t.Within),
		backoff.WithClockProvider(t.Clock),
	)
	return backoff.WithMaxRetries(exponential, maxTries-1)
}

// mayTryAgain reports whether err may pass at once. The caller has to follow advice to wait.
func mayTryAgain(err error) bool {
	var failed *lro.Error
	return errors.As(err, &failed) && failed.RetryAfter == 0 && lro.Classify(err).RetryableAtOnce()
}
