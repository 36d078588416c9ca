package poller

import (
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/awaitop/awaitop/lro"
)

// Schedule says when to read an operation next, as [lro.PollPolicy] documents, to a program that
// waits by itself. It holds no count: an interval is a function of the time since the wait began
// and of the last observation. It is not safe for concurrent use.
type Schedule struct {
	intervals intervals
	now       func() time.Time
	random    func() float64
	observed  Observation
}

var _ backoff.BackOff = (*Schedule)(nil)

// ScheduleOptions configures [NewSchedule]. The zero value is the default.
type ScheduleOptions struct {
	// Now tells the time; nil for time.Now.
	Now func() time.Time
	// Random returns numbers from 0 up to 1, for jitter; nil for math/rand/v2.
	Random func() float64
}

// NewSchedule returns the schedule of a wait that began at start. Zero fields of the policy are its
// defaults. The policy must be valid.
func NewSchedule(policy lro.PollPolicy, start time.Time, options ScheduleOptions) *Schedule {
	s := &Schedule{intervals: newIntervals(policy, start), now: options.Now, random: options.Random}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Float64
	}
	return s
}

// Reset forgets the observation.
func (s *Schedule) Reset() { s.observed = Observation{} }

// Observe notes the parts of a running operation that say when it ends.
func (s *Schedule) Observe(op lro.Operation) { s.observed = s.intervals.observationOf(&op, s.now()) }

// FirstBackOff returns the time from the start of the wait to the first read of an
// operation that was observed when it was started. It has no jitter.
func (s *Schedule) FirstBackOff() time.Duration { return s.intervals.first(&s.observed) }

// NextBackOff returns the time until the next read. It never stops.
func (s *Schedule) NextBackOff() time.Duration {
	return s.intervals.next(&s.observed, s.now(), s.random())
}
