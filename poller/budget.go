package poller

import (
	"math"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// DefaultRequestsPerSecond is the budget of a service that has none of its own:
// no limit in practice, until the service says RESOURCE_EXHAUSTED.
const DefaultRequestsPerSecond = 1000

// Budget is how many requests a process may send to one service for one consumer, the
// project whose quota they use: each project has as much of its own. Where several
// processes use one project's quota, give each its share of it.
type Budget struct {
	// RequestsPerSecond is the share of this process. 0 is
	// [DefaultRequestsPerSecond]; at least 0.001, a request in
	// 17 minutes; at most 1e6.
	RequestsPerSecond float64
	// Burst is how many requests may go at once after a quiet time. 0 is what
	// RequestsPerSecond gives in a second, and at least 1.
	Burst int
}

func (b Budget) withDefaults() Budget {
	if b.RequestsPerSecond == 0 {
		b.RequestsPerSecond = DefaultRequestsPerSecond
	}
	if b.Burst == 0 {
		b.Burst = int(math.Ceil(b.RequestsPerSecond))
	}
	return b
}

func (b Budget) validate(field string) error {
	if r := b.RequestsPerSecond; r != 0 && !(r >= minShare && r <= maxShare) { // NaN as well
		return &lro.InvalidError{Field: field + ".requestsPerSecond", Value: strconv.FormatFloat(r, 'g', -1, 64), Want: "0 (the default), or a number from 0.001 to 1000000"}
	}
	if b.Burst < 0 {
		return &lro.InvalidError{Field: field + ".burst", Value: strconv.Itoa(b.Burst), Want: "0 (a second's worth) or more"}
	}
	return nil
}

// BudgetStats is what the budgets of a service have seen, those of all its consumers
// together. The zero value is that of a service nothing was sent to.
type BudgetStats struct {
	// Requests counts those sent, Rejected those of them answered with
	// RESOURCE_EXHAUSTED or a 403 about quota.
	Requests, Rejected int
	// RequestsPerSecond is the lowest rate in force: below the share after rejections
	// of one of the consumers.
	RequestsPerSecond float64
	// Waiting is how many requests wait for their turn.
	Waiting int
	// LongestWait is the longest that a request has waited for it.
	LongestWait time.Duration
}

const (
	// minShare and maxShare bound a share, in requests per second: below, a wait is not
	// polled within any deadline, and times between requests overflow.
	minShare, maxShare = 0.001, 1e6
	// minRate is the lowest rate, in requests per second, that a rejection can cause. A
	// share below it is not lowered.
	minRate = 0.1
	// leastExcess is what a rejection takes the rate of requests for at least: a
	// service that is asked less is not asked too much, and yet has to be heard.
	leastExcess = 5
	// raiseEvery is how often a lowered rate is raised, and raiseFactor by what:
	// from half of it, back in 14 s.
	raiseEvery  = time.Second
	raiseFactor = 1.05
	// echoTime is for how long after a rate was lowered further rejections are
	// taken for echoes of the same excess.
	echoTime = time.Second
)

// lowerRate is the rate after a rejection: half of what was asked for, recently, of what
// is allowed. It is never above what is allowed.
func lowerRate(allowed, asked float64) float64 {
	half := min(allowed, max(asked, leastExcess)) / 2
	return max(half, min(allowed, minRate))
}

// raiseRate is a lowered rate after some steps of raiseEvery: up to the share, and never
// beyond.
func raiseRate(lowered, share float64, steps int) float64 {
	for ; steps > 0 && lowered < share; steps-- {
		lowered *= raiseFactor
	}
	return min(lowered, share)
}

// raiseTime is how long a share takes to be raised back from the lowest rate that a
// rejection can cause.
func raiseTime(share float64) time.Duration {
	steps := math.Log(max(share/minRate, 1)) / math.Log(raiseFactor)
	return time.Duration(math.Ceil(steps)) * raiseEvery
}

// membershipTime is for how long after its last rejection an account shares the bucket of
// the consumer that one has named: as long as a share takes to be raised back, and two
// requests at the lowest rate, so that the next rejection can come. 0 for a share that is
// never lowered.
func membershipTime(share float64) time.Duration {
	if share <= minRate {
		return 0
	}
	return raiseTime(share) + time.Duration(2/minRate)*time.Second
}
