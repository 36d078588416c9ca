package simulate

import (
	"math"
	"math/rand/v2"
	"time"
)

// operation is an operation to be awaited.
type operation struct {
	duration time.Duration
	// bend is how far its progress is from linear: 25% of it ahead in the middle, or behind if it
	// is negative.
	bend float64
}

// curvature is the bend of an operation. Half of them are ahead, half are behind.
const curvature = 0.2

// percent is the progress at the given age, in whole percent rounded down.
func (o operation) percent(age time.Duration) int {
	x := float64(age) / float64(o.duration)
	return int(100 * (x + o.bend*x*(1-x)))
}

// spread draws durations uniformly from 25% below to 25% above the mean.
func spread(random *rand.Rand, mean time.Duration, n int) []operation {
	return draw(n, func() time.Duration { return time.Duration(float64(mean) * (0.75 + 0.5*random.Float64())) })
}

// between draws durations of which each doubling is equally likely.
func between(random *rand.Rand, least, most time.Duration, n int) []operation {
	ratio := float64(most) / float64(least)
	return draw(n, func() time.Duration { return time.Duration(float64(least) * math.Pow(ratio, random.Float64())) })
}

func draw(n int, duration func() time.Duration) []operation {
	all := make([]operation, n)
	for i := range all {
		all[i] = operation{duration: duration(), bend: curvature}
		if i%2 == 1 {
			all[i].bend = -curvature
		}
	}
	return all
}

// await reads the operation by the schedule until it is done. It returns the
// number of reads, and the time from the operation's end to the last.
func (o operation) await(s schedule) (polls int, lag time.Duration) {
	at := s.first()
	for polls = 1; at < o.duration; polls++ {
		at += s.next(at, o.percent(at))
	}
	return polls, at - o.duration
}
