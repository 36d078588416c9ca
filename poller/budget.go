package poller

import (
	"math"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// DefaultRequestsPerSecond is the budget of a service without one of its own: no limit in practice,
// until the service answers RESOURCE_EXHAUSTED.
const DefaultRequestsPerSecond = 1000

// Budget is how many requests a process may send to one service for one consumer, the project whose
// quota they use. Each project has a budget of its own. If several processes use one project's
// quota, give each its share of it, or give all of them the total.
type Budget struct {
	// RequestsPerSecond is the share of this process. 0 is [DefaultRequestsPerSecond], if there is
	// no total either. It is at least 0.001, a request in 17 minutes, and at most 1e6.
	RequestsPerSecond float64
	// TotalRequestsPerSecond takes the place of RequestsPerSecond: it is the share of all processes
	// together. This process has the total divided by their number, see [Poller.SetProcesses], and
	// at least 0.001. The bounds are those of RequestsPerSecond. 0 is no total.
	TotalRequestsPerSecond float64
	// Burst is how many requests this process may make at once after a quiet time. 0 is the number
	// that its share gives in a second, and at least 1.
	Burst int
}

// over is the budget of one of so many processes.
func (b Budget) over(processes int) Budget {
	if b.TotalRequestsPerSecond > 0 {
		b.RequestsPerSecond = max(b.TotalRequestsPerSecond/float64(processes), minShare)
		b.TotalRequestsPerSecond = 0
	}
	return b.withDefaults()
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
	if err := validateRate(field+".requestsPerSecond", b.RequestsPerSecond, "the default"); err != nil {
		return err
	}
	if err := validateRate(field+".totalRequestsPerSecond", b.TotalRequestsPerSecond, "no total"); err != nil {
		return err
	}
	if b.RequestsPerSecond != 0 && b.TotalRequestsPerSecond != 0 {
		return &lro.InvalidError{
			Field: field + ".totalRequestsPerSecond", Value: formatRate(b.TotalRequestsPerSecond),
			Problem: "stands beside requestsPerSecond " + formatRate(b.RequestsPerSecond), Want: "one of the two",
		}
	}
	if b.Burst < 0 {
		return &lro.InvalidError{Field: field + ".burst", Value: strconv.Itoa(b.Burst), Want: "0 (a second's worth) or more"}
	}
	return nil
}

// validateRate refuses a number of requests per second. none says what 0 means.
func validateRate(field string, r float64, none string) error {
	if r != 0 && !(r >= minShare && r <= maxShare) { // NaN as well
		return &lro.InvalidError{Field: field, Value: formatRate(r), Want: "0 (" + none + "), or a number from 0.001 to 1000000"}
	}
	return nil
}

func formatRate(r float64) string { return strconv.FormatFloat(r, 'g', -1, 64) }

// BudgetStats are the counts of the budgets of a service, for all its consumers together. The zero
// value is that of a service without requests.
type BudgetStats struct {
	// Requests counts the requests that were sent. Rejected counts those of them that were answered
	// with RESOURCE_EXHAUSTED or a 403 about quota.
	Requests, Rejected int
	// RequestsPerSecond is the lowest rate in force. It is below the share after rejections of one
	// of the consumers.
	RequestsPerSecond float64
	// Waiting is how many requests wait for their turn.
	Waiting int
	// LongestWait is the longest time that a request has waited for its turn.
	LongestWait time.Duration
}

const (
	// minShare and maxShare bound a share, in requests per second. Below, a wait is not polled
	// within any deadline, and times between requests overflow.
	minShare, maxShare = 0.001, 1e6
	// minRate is the lowest rate, in requests per second, that a rejection can cause. A share below
	// it is never lowered.
	minRate = 0.1
	// leastExcess is the least rate of requests that a rejection counts as, in requests per second.
	// A service with fewer requests does not get too many, and its rejection still has to count.
	leastExcess = 5
	// raiseEvery is the time between two steps up of a lowered rate, and raiseFactor the factor of
	// a step. From half of its share a rate is back in 14 s.
	raiseEvery  = time.Second
	raiseFactor = 1.05
	// echoTime is how long after a rate was lowered further rejections count as echoes of the same
	// excess.
	echoTime = time.Second
)

// lowerRate is the rate after a rejection: half of the recent rate of requests, as far as that was
// allowed. It is never above the allowed rate.
func lowerRate(allowed, actual float64) float64 {
	half := min(allowed, max(actual, leastExcess)) / 2
	return max(half, min(allowed, minRate))
}

// raiseRate is a lowered rate after some steps of raiseEvery, up to the share and never beyond.
func raiseRate(lowered, share float64, steps int) float64 {
	for ; steps > 0 && lowered < share; steps-- {
		lowered *= raiseFactor
	}
	return min(lowered, share)
}

// raiseTime is how long it takes to raise a share from the lowest rate that a rejection can cause.
func raiseTime(share float64) time.Duration {
	steps := math.Log(max(share/minRate, 1)) / math.Log(raiseFactor)
	return time.Duration(math.Ceil(steps)) * raiseEvery
}

// membershipTime is how long after its last rejection an account shares the bucket of the consumer
// that the rejection named: the time to raise a share, and two requests at the lowest rate, so that
// the next rejection can come. It is 0 for a share that is never lowered.
func membershipTime(share float64) time.Duration {
	if share <= minRate {
		return 0
	}
	return raiseTime(share) + time.Duration(2/minRate)*time.Second
}
