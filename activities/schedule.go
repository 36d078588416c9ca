package activities

import (
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/awaitop/awaitop/lro"
)

// jitter is the largest part taken off an interval at random.
const jitter = 0.1

// schedule says when to read next, as [lro.PollPolicy] documents. It holds no
// count: what it answers is a function of the time since start and of the last
// metadata, so that a new one goes on where an old one died.
type schedule struct {
	policy   lro.PollPolicy // with its defaults
	start    time.Time
	now      func() time.Time
	random   func() float64
	progress lro.Progress
}

var _ backoff.BackOff = (*schedule)(nil)

// Reset forgets what was observed.
func (s *schedule) Reset() { s.progress = lro.Progress{} }

// observe takes the progress out of a running operation's metadata.
func (s *schedule) observe(op lro.Operation) { s.progress = lro.ProgressOf(op.Metadata) }

// NextBackOff returns the time until the next read. It never stops.
func (s *schedule) NextBackOff() time.Duration {
	interval, ok := s.estimated()
	if !ok {
		interval = s.planned()
	}
	return interval - time.Duration(jitter*s.random()*float64(interval))
}

// planned is the interval by the time that has passed.
func (s *schedule) planned() time.Duration {
	elapsed := max(s.now().Sub(s.start), 0)
	// In float64, a long wait times a large coefficient does not overflow.
	interval := float64(s.policy.InitialInterval) + (s.policy.Coefficient-1)*float64(elapsed)
	return time.Duration(min(interval, float64(s.policy.MaximumInterval)))
}

// estimated is half of the remaining time that the progress lets expect.
func (s *schedule) estimated() (time.Duration, bool) {
	percent := float64(s.progress.Percent)
	if s.policy.IgnoreProgress || !s.progress.Known || percent <= 0 {
		return 0, false
	}
	began := s.progress.StartTime
	if began.IsZero() {
		began = s.start
	}
	elapsed := float64(max(s.now().Sub(began), 0))
	half := time.Duration(min(elapsed*(100-percent)/percent/2, float64(s.policy.MaximumInterval)))
	return min(max(half, lro.ProgressFloor), s.policy.MaximumInterval), true
}
