package poller

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// jitter is the largest part that is taken off an interval at random.
	jitter = 0.1
	// scatter is the same for many waits that come at once.
	scatter = 0.5
	// estimatePart is the part of the estimated remaining time after which to
	// read again. The rest makes up for progress that is not linear.
	estimatePart = 0.75
	// estimateWhole is an estimate short enough to wait for all of it: its error
	// is a few seconds then.
	estimateWhole = 40 * time.Second
	// estimateReach bounds an estimate, in ages of the operation.
	estimateReach = 8
	// halfPercent is the mean error of a percentage that is rounded down.
	halfPercent = 0.5
	// progressFloor is the shortest interval of a progress estimate. If the operation is so young
	// that the formula's interval is shorter, that one holds.
	progressFloor = 5 * time.Second
	// cheapPart is the part that is taken off an interval if a List makes many reads at once, so
	// that a read costs next to nothing.
	cheapPart = 0.125
)

// intervals are the times between reads, as [lro.PollPolicy] documents. They hold no count. An
// interval is a function of the time since the wait began and of the last observation, so a new
// attempt goes on from where an old one died.
type intervals struct {
	policy   lro.PollPolicy // with its defaults
	byMethod bool           // the policy leaves the first delay to the method
	start    time.Time
}

func newIntervals(policy lro.PollPolicy, start time.Time) intervals {
	return intervals{policy: policy.WithDefaults(), byMethod: policy.InitialInterval == 0, start: start}
}

// observationOf is the observation of a running operation, without a first delay that is over.
func (i *intervals) observationOf(op *lro.Operation, now time.Time) Observation {
	if i.byMethod && now.Sub(i.start) < longestFirstDelay {
		return ObservationOf(*op)
	}
	return Observation{Progress: compact(lro.ProgressOf(op.Metadata))}
}

// first is the time from the start of the wait to the first read of an operation that was observed
// when it was started. It has no jitter: operations seldom start at the same time, and an attempt that
// goes on with the wait has to find the same time.
func (i *intervals) first(o *Observation) time.Duration {
	if estimate, ok := i.estimated(o, i.start); ok {
		return estimate
	}
	return max(i.planned(i.start), i.untilFirst(o, i.start))
}

// next is the time until the next read. random is from 0 up to 1.
func (i *intervals) next(o *Observation, now time.Time, random float64) time.Duration {
	if estimate, ok := i.estimated(o, now); ok {
		return less(estimate, jitter, random)
	}
	return max(less(i.planned(now), jitter, random), i.untilFirst(o, now))
}

// cheap is next for an operation whose read costs next to nothing. It does not shorten an estimate
// of the end, or a method's first delay, because before that there is nothing new to see.
func (i *intervals) cheap(o *Observation, now time.Time, random float64) time.Duration {
	wait := i.next(o, now, random)
	if _, estimated := i.estimated(o, now); estimated {
		return wait
	}
	return max(less(wait, cheapPart, 1), i.untilFirst(o, now))
}

// less is an interval less a part of it at random.
func less(interval time.Duration, part, random float64) time.Duration {
	return interval - time.Duration(part*random*float64(interval))
}

// planned is the interval by the time that has passed.
func (i *intervals) planned(now time.Time) time.Duration { return i.plannedAfter(now.Sub(i.start)) }

func (i *intervals) plannedAfter(elapsed time.Duration) time.Duration {
	// In float64, a long wait times a large coefficient does not overflow.
	interval := float64(i.policy.InitialInterval) + (i.policy.Coefficient-1)*float64(max(elapsed, 0))
	return time.Duration(min(interval, float64(i.policy.MaximumInterval)))
}

// untilFirst is the time until the operation is first worth a read. It is 0 or less once it is, or
// if the policy has an initial interval of its own.
func (i *intervals) untilFirst(o *Observation, now time.Time) time.Duration {
	if !i.byMethod {
		return 0
	}
	delay := o.firstDelay()
	return min(i.started(o).Add(delay).Sub(now), delay) // a worker's clock may be behind
}

// started is when the operation started, by its metadata if that says so. It is at most the wait's
// start, because the clocks of the service and of the worker may differ.
func (i *intervals) started(o *Observation) time.Time {
	if at := o.Progress.StartTime; !at.IsZero() && at.Before(i.start) {
		return at
	}
	return i.start
}

// estimated is the interval by the operation's progress.
func (i *intervals) estimated(o *Observation, now time.Time) (time.Duration, bool) {
	if i.policy.IgnoreProgress || !o.Progress.Known || o.Progress.Percent <= 0 {
		return 0, false
	}
	elapsed := max(now.Sub(i.started(o)), 0)
	done := min((float64(o.Progress.Percent)+halfPercent)/100, 1)
	rest := float64(elapsed) * (1 - done) / done
	interval := max(estimatePart*rest, min(rest, float64(estimateWhole)))
	interval = min(interval, estimateReach*float64(elapsed), float64(i.policy.MaximumEstimate))
	shortest := min(progressFloor, i.plannedAfter(elapsed), i.policy.MaximumEstimate)
	return max(time.Duration(interval), shortest), true
}
