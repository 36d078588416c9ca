package activities

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/poller"
)

const (
	// skewSamples and skewAge bound the attempts that a skew is taken from. Few
	// enough for a clock that was set to be noticed, enough for one that was not late:
	// a burst of 1,900 attempts begins up to 100 ms after the server's StartedTime.
	skewSamples = 64
	skewAge     = 5 * time.Minute
	// leastSkew is how far clocks differ that are taken to differ: the lateness of
	// attempts is below it as a rule, and a deadline's last read is made as long before.
	leastSkew = time.Second
)

// skew is how far the machine's clock is ahead of the Temporal server's, negative
// if it is behind. The server tells each attempt when it started it. An attempt
// begins later than that, never sooner, so the smallest difference of the recent
// attempts is the nearest: by a few milliseconds as a rule, 1.5 s under a worker's
// rate limit. It is the machine's clock that is measured, whatever Clock is
// injected. Less than leastSkew is 0, and so is the zero skew. It is safe for
// concurrent use.
type skew struct {
	ahead atomic.Int64 // nanoseconds

	mu     sync.Mutex
	recent []lateness // the oldest first
}

// lateness is how long after its StartedTime an attempt began by the machine's clock.
type lateness struct {
	by time.Duration
	at time.Time // with a monotonic reading, by which it ages
}

// observe takes an attempt that began now.
func (s *skew) observe(now, started time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ahead time.Duration
	s.recent, ahead = withSample(s.recent, lateness{by: now.Round(0).Sub(started), at: now})
	if ahead.Abs() < leastSkew {
		ahead = 0
	}
	s.ahead.Store(int64(ahead))
}

// withSample adds a sample to those of recent attempts and drops the outdated. It
// returns the smallest as well.
func withSample(recent []lateness, newest lateness) (kept []lateness, smallest time.Duration) {
	smallest = newest.by
	kept = recent[:0]
	for i, sample := range recent {
		if newest.at.Sub(sample.at) > skewAge || len(recent)-i >= skewSamples {
			continue
		}
		kept, smallest = append(kept, sample), min(smallest, sample.by)
	}
	return append(kept, newest), smallest
}

// server is the Temporal server's time when the machine's clock shows local. It has
// no monotonic reading: the two clocks may be set.
func (s *skew) server(local time.Time) time.Time {
	return local.Round(0).Add(-time.Duration(s.ahead.Load()))
}

// local is what the machine's clock shows at the Temporal server's time.
func (s *skew) local(server time.Time) time.Time {
	return server.Add(time.Duration(s.ahead.Load()))
}

// ServerTime returns the Temporal server's time: that of the Clock, less how far the
// machine's clock is ahead by the activities that [Timed] has seen. Compare times of
// workflows and of the server with it, never with time.Now.
func (a *Activities) ServerTime() time.Time { return a.skew.server(a.clock.Now()) }

// Timed returns run as an activity whose attempts tell a how far the machine's clock is
// from the Temporal server's. Register each activity so that reckons with times of the
// server. A panic of a client is logged by the activity's logger.
func Timed[I, O any](a *Activities, run func(context.Context, I) (O, error)) func(context.Context, I) (O, error) {
	return func(ctx context.Context, in I) (O, error) {
		a.skew.observe(time.Now(), activity.GetInfo(ctx).StartedTime)
		return run(poller.WithLogger(ctx, activity.GetLogger(ctx)), in)
	}
}
