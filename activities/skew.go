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
	// skewSamples and skewAge bound the attempts that a skew is computed from: few enough to notice
	// that a clock was set, and enough to include one that was not late. A burst of 1,900 attempts
	// begins up to 100 ms after the server's StartedTime.
	skewSamples = 64
	skewAge     = 5 * time.Minute
	// leastSkew is the least difference of clocks that counts. The lateness of attempts is below it
	// as a rule, and a deadline's last read is made as long before.
	leastSkew = time.Second
)

// skew is how far the machine's clock is ahead of the Temporal server's, negative if it is behind.
// It is safe for concurrent use. The zero skew is 0.
//
// The server tells each attempt when it started it. An attempt begins later than that, never
// sooner. So the smallest difference of the recent attempts is the nearest: by a few milliseconds
// as a rule, 1.5 s under a worker's rate limit. Less than leastSkew counts as 0. The skew is that
// of the machine's clock, whatever Clock is injected.
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

// observe notes an attempt that begins now.
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

// withSample adds a sample to those of recent attempts and drops old ones. It also returns the
// smallest.
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

// server is the Temporal server's time when the machine's clock shows local. It has no monotonic
// reading, because the two clocks may be set.
func (s *skew) server(local time.Time) time.Time {
	return local.Round(0).Add(-time.Duration(s.ahead.Load()))
}

// local is the time of the machine's clock at the Temporal server's time.
func (s *skew) local(server time.Time) time.Time {
	return server.Add(time.Duration(s.ahead.Load()))
}

// ServerTime returns the Temporal server's time: that of the Clock, less how far the machine's
// clock is ahead by the activities that [Timed] has seen. Compare times of workflows and of the
// server with it, never with time.Now.
func (a *Activities) ServerTime() time.Time { return a.skew.server(a.clock.Now()) }

// Timed returns run as an activity whose attempts measure how far the machine's clock is from the
// Temporal server's. Register each activity that compares times of the server so. The activity's
// logger logs a panic of a client.
func Timed[I, O any](a *Activities, run func(context.Context, I) (O, error)) func(context.Context, I) (O, error) {
	return func(ctx context.Context, in I) (O, error) {
		a.skew.observe(time.Now(), activity.GetInfo(ctx).StartedTime)
		return run(poller.WithLogger(ctx, activity.GetLogger(ctx)), in)
	}
}
