package poller

import (
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/awaitop/awaitop/lro"
)

const (
	// jitter is the largest part taken off an interval at random.
	jitter = 0.1
	// scatter is the largest part taken off at random where many come at once.
	scatter = 0.5
	// estimatePart is the part of the estimated remaining time after which to
	// read again. The rest makes up for progress that is not linear.
	estimatePart = 0.75
	// estimateWhole is an estimate short enough to wait for all of it: what it
	// is wrong by is a few seconds then.
	estimateWhole = 40 * time.Second
	// estimateReach bounds an estimate, in ages of the operation.
	estimateReach = 8
	// halfPercent is what a percentage lacks on average that is rounded down.
	halfPercent = 0.5
)

// Schedule says when to read an operation next, as [lro.PollPolicy] documents.
// It holds no count: what it answers is a function of the time since the wait
// began and of the last observation, so that a new one goes on where an old one
// died. It is not safe for concurrent use.
type Schedule struct {
	Policy   lro.PollPolicy // with its defaults
	byMethod bool           // the policy leaves the first delay to the method
	start    time.Time
	now      func() time.Time
	random   func() float64
	Observed Observation
}

var _ backoff.BackOff = (*Schedule)(nil)

// ScheduleOptions configures [NewSchedule]. The zero value is the default.
type ScheduleOptions struct {
	// Now tells the time; nil for time.Now.
	Now func() time.Time
	// Random returns numbers from 0 up to 1, for jitter; nil for math/rand/v2.
	Random func() float64
}

// NewSchedule returns the schedule of a wait that began at start. Zero fields of
// the policy are its defaults; it is expected to be valid.
func NewSchedule(policy lro.PollPolicy, start time.Time, options ScheduleOptions) *Schedule {
	s := &Schedule{
		Policy:   policy.WithDefaults(),
		byMethod: policy.InitialInterval == 0,
		start:    start,
		now:      options.Now,
		random:   options.Random,
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Float64
	}
	return s
}

// Reset forgets what was observed.
func (s *Schedule) Reset() { s.Observed = Observation{} }

// Observe takes what counts out of a running operation.
func (s *Schedule) Observe(op lro.Operation) {
	s.Observed = Observation{Progress: compact(lro.ProgressOf(op.Metadata))}
	if s.byMethod && s.now().Sub(s.start) < lro.LongestFirstDelay {
		s.Observed.FirstDelay = lro.DurationOf(lro.FirstDelay(op.Metadata)) // later it would be over
	}
}

// FirstBackOff returns the time from the start of the wait to the first read of
// an operation that was observed when it was started. It has no jitter: starts
// do not march in step, and an attempt that goes on with the wait finds the
// same.
func (s *Schedule) FirstBackOff() time.Duration {
	if estimate, ok := s.estimated(s.start); ok {
		return estimate
	}
	return max(s.planned(s.start), s.untilFirst(s.start))
}

// NextBackOff returns the time until the next read. It never stops.
func (s *Schedule) NextBackOff() time.Duration {
	now := s.now()
	if estimate, ok := s.estimated(now); ok {
		return s.jittered(estimate)
	}
	return max(s.jittered(s.planned(now)), s.untilFirst(now))
}

// scatteredBackOff is NextBackOff for one of many that find no place at the same time: so
// that they do not all come back at the same time, while at others the budget is not used.
func (s *Schedule) ScatteredBackOff() time.Duration {
	interval := s.NextBackOff()
	return interval - time.Duration(scatter*s.random()*float64(interval))
}

func (s *Schedule) jittered(interval time.Duration) time.Duration {
	return interval - time.Duration(jitter*s.random()*float64(interval))
}

// planned is the interval by the time that has passed.
func (s *Schedule) planned(now time.Time) time.Duration { return s.plannedAfter(now.Sub(s.start)) }

func (s *Schedule) plannedAfter(elapsed time.Duration) time.Duration {
	// In float64, a long wait times a large coefficient does not overflow.
	interval := float64(s.Policy.InitialInterval) + (s.Policy.Coefficient-1)*float64(max(elapsed, 0))
	return time.Duration(min(interval, float64(s.Policy.MaximumInterval)))
}

// untilFirst is the time until the operation is first worth a read; 0 or less
// once it is, or if the policy has an initial interval of its own.
func (s *Schedule) untilFirst(now time.Time) time.Duration {
	if !s.byMethod {
		return 0
	}
	delay := s.Observed.firstDelay()
	return min(s.began().Add(delay).Sub(now), delay) // a worker's clock may be behind
}

// began is when the operation started, by its metadata if that says so. Service
// and worker may have clocks that differ: it is not later than the wait's start.
func (s *Schedule) began() time.Time {
	if began := s.Observed.Progress.StartTime; !began.IsZero() && began.Before(s.start) {
		return began
	}
	return s.start
}

// estimated is the interval that the progress lets expect.
func (s *Schedule) estimated(now time.Time) (time.Duration, bool) {
	progress := s.Observed.Progress
	if s.Policy.IgnoreProgress || !progress.Known || progress.Percent <= 0 {
		return 0, false
	}
	elapsed := max(now.Sub(s.began()), 0)
	done := min((float64(progress.Percent)+halfPercent)/100, 1)
	rest := float64(elapsed) * (1 - done) / done
	interval := max(estimatePart*rest, min(rest, float64(estimateWhole)))
	interval = min(interval, estimateReach*float64(elapsed), float64(s.Policy.MaximumEstimate))
	shortest := min(lro.ProgressFloor, s.plannedAfter(elapsed), s.Policy.MaximumEstimate)
	return max(time.Duration(interval), shortest), true
}

// cheapPart is the part of the interval by which a read is made sooner if it costs
// next to nothing, because a list makes many at once.
const cheapPart = 8

// after is the time to the next read, after an answer. An estimate of the end is
// kept to, and a method's first delay: before it there is nothing to be seen.
func (s *Schedule) After(a Answer) time.Duration {
	wait, now := s.NextBackOff(), s.now()
	if _, estimated := s.estimated(now); a.cheap && !estimated {
		return max(wait-wait/cheapPart, s.untilFirst(now))
	}
	return wait
}
