package patterns

import (
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Schedule says when operations are read.
type Schedule struct {
	// Initial, Coefficient and Maximum are those of geometric backoff: the
	// delay after the first read, which is made at once, the ratio of
	// successive delays, and the longest.
	Initial     time.Duration
	Coefficient float64
	Maximum     time.Duration
	// Fixed is the interval of patterns that can only have one.
	Fixed time.Duration
	// GoogleCloudGo lets floor read as cloud.google.com/go does. The other fields then do not
	// count.
	GoogleCloudGo bool
}

// Interval returns the delay after the given read, counting from 0.
func (s Schedule) Interval(read int) time.Duration {
	interval := float64(s.Initial)
	for ; read > 0 && interval < float64(s.Maximum); read-- {
		interval *= s.Coefficient
	}
	return min(time.Duration(interval), s.Maximum)
}

// policy is the schedule as awaitop's policy. awaitop takes up to 10% off at random, and follows a
// percentage if the metadata has one.
func (s Schedule) policy() lro.PollPolicy {
	return lro.PollPolicy{InitialInterval: s.Initial, Coefficient: s.Coefficient, MaximumInterval: s.Maximum}
}
