package waitlist

import (
	"time"

	"github.com/awaitop/awaitop/control"
)

// maxEstimate is the highest percentage that is shown of an operation that runs: only a read knows that it has ended.
const maxEstimate = 99

// PercentAt is the progress of a wait at a time, in percent. estimated says that it is not what was read: between two
// reads it moves at the speed that the wait's ETA assumes. It does not move
//
//   - beyond the time of the next read, which will tell, or at all if that time is not known,
//   - while reads fail, or while a cancel is under way: the speed so far says nothing then,
//   - for a set, whose ended operations are counted.
//
// Between two reads it never goes back. A read counts, also if it says less than was estimated. known is false if the
// operation reports no progress.
func PercentAt(w control.Wait, now time.Time) (percent int, estimated, known bool) {
	percent, known = w.Percent()
	if !known || w.Set != nil || w.LastError != nil {
		return min(percent, maxEstimate), false, known
	}
	if eta, has := w.ETA(); has {
		percent, estimated = estimate(percent, w.LastPoll, eta, earlier(now, w.NextPoll))
	}
	return min(percent, maxEstimate), estimated, true
}

// estimate is where a straight line from the percentage read at a time to 100 at the eta is now.
func estimate(read int, at, eta, now time.Time) (percent int, estimated bool) {
	rest := eta.Sub(at)
	if rest <= 0 || !now.After(at) { // a clock that is behind shows what was read
		return read, false
	}
	percent = read + int(float64(100-read)*now.Sub(at).Seconds()/rest.Seconds())
	percent = min(percent, maxEstimate)
	return max(percent, read), percent > read
}

// earlier is the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
