package rest

import (
	"cmp"
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

// send makes up to maxTries tries of r and decodes the reply. If the caller's ctx ends before a try
// that may not be made again, it returns the context's own error, which says nothing about the
// service.
//
// Under a Poller each try after the first waits for its turn, as the first did.
func send[T any](ctx context.Context, c *Client, r request, decode func(reply) (T, error)) (T, error) {
	waits := c.waits()
	for {
		out, failed := sendOnce(ctx, c, r, decode)
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
		if err := c.options.Clock.Sleep(ctx, wait); err != nil {
			return out, err
		}
		if err := poller.NextTry(ctx, failed); err != nil {
			return out, err
		}
	}
}

// sendOnce makes one try, within the request's time.
func sendOnce[T any](ctx context.Context, c *Client, r request, decode func(reply) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	limited, cancel := context.WithTimeout(ctx, cmp.Or(r.within, c.options.RequestTimeout))
	defer cancel()
	return observe(limited, c.measures, r.method, r.about, func(ctx context.Context) (T, error) {
		answer, err := c.try(ctx, r)
		defer answer.done()
		if err != nil {
			return none, err
		}
		return decode(answer)
	})
}

// waits are the waits between the tries of one call.
func (c *Client) waits() backoff.BackOff {
	exponential := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(initialDelay),
		backoff.WithMultiplier(2),
		backoff.WithMaxElapsedTime(c.options.RequestTimeout),
		backoff.WithClockProvider(c.options.Clock),
	)
	return backoff.WithMaxRetries(exponential, maxTries-1)
}

// mayTryAgain reports whether err may pass at once. The caller has to follow advice to wait.
func mayTryAgain(err error) bool {
	var failed *lro.Error
	return errors.As(err, &failed) && failed.RetryAfter == 0 && lro.Classify(err).RetryableAtOnce()
}
