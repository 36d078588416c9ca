package worker

import "time"

const (
	// DefaultRecount is how often workers are counted if Options.Recount is 0.
	DefaultRecount = 30 * time.Second
	// minRecount is the least Options.Recount.
	minRecount = time.Second
	// firstCount is the time from a worker's start to its first count. A Temporal server takes the
	// polls of a worker sooner, so that the worker itself is counted. Each further time is twice as
	// long, up to the Recount: workers that start together learn of each other within seconds.
	firstCount = time.Second
	// assumedWorkers is the number of workers before a count: a fleet of 10 or fewer then stays
	// within the total, and a worker that cannot count goes on with a tenth of it.
	assumedWorkers = 10
)

// tally is what the counts of workers have shown. The zero tally is that before the first one.
type tally struct {
	known   map[string]bool // the workers, by identity
	last    int             // their number at the last count
	workers int             // the number that counts, 0 before the first
}

// pollers are the identities that have polled the task queues of a process of late, by the kind of
// tasks. A worker with several polls is there as often.
type pollers struct{ activities, workflows []string }

// add returns the tally after another count.
//
// Requests are made by activities, so a worker is one that polls for them, and one that did before and
// polls for workflow tasks still: it has no free slot, or its polls did not reach the partition of
// the task queue that answers. A number falls only if two counts agree, because a server that has
// just restarted does not know of all workers yet.
func (t tally) add(found pollers) tally {
	known := map[string]bool{}
	for _, identity := range found.activities {
		known[identity] = true
	}
	for _, identity := range found.workflows {
		if t.known[identity] {
			known[identity] = true
		}
	}
	return tally{known: known, last: len(known), workers: max(len(known), t.last)}
}

// divisor is the number by which totals are divided. Until the process is settled, which is when
// others have had the time to count it, it takes no more than before its first count, unless it is
// the only one.
func (t tally) divisor(settled bool) int {
	switch {
	case t.workers == 0:
		return assumedWorkers
	case t.workers == 1, settled:
		return t.workers
	default:
		return max(t.workers, assumedWorkers)
	}
}

// pause is the time before the next count after some counts. random, from 0 to 1, takes up to 20% off
// or adds it, so that workers do not count all at once. unsettled is the time until the process is
// settled, if it is not: it counts then, at the latest.
func pause(counts int, every time.Duration, random float64, unsettled time.Duration) time.Duration {
	next := every
	if doubled := firstCount << min(counts, 16); doubled < every {
		next = doubled
	}
	next = time.Duration(float64(next) * (0.8 + 0.4*random))
	if unsettled > 0 {
		return min(next, unsettled)
	}
	return next
}

// settleTime is how long after its start a process is settled: the longest pause of the others.
func settleTime(every time.Duration) time.Duration { return every * 6 / 5 }
