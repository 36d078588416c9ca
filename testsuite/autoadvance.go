package testsuite

import (
	"slices"
	"sync"
	"time"
)

// AutoAdvance lets the clock move by itself: it jumps to the earliest wake-up
// as soon as everybody who has joined sleeps, and at each Sleep if nobody has.
// With every goroutine of a test joined, the order of events is that of their
// times, however the machine schedules them.
func (c *ManualClock) AutoAdvance() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.auto = true
	c.jumpIfAllSleep()
}

// Join counts one more goroutine that must sleep before an automatic clock
// moves. Join for all of them before the first one sleeps. Call leave when it
// ends; a second call does nothing. Without leave the clock waits for that
// goroutine for ever.
func (c *ManualClock) Join() (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined++
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.joined--
		c.jumpIfAllSleep()
	})
}

func (c *ManualClock) jumpIfAllSleep() {
	for c.auto && len(c.sleepers) > 0 && len(c.sleepers) >= c.joined {
		c.jump()
	}
}

// jump moves the clock to the earliest wake-up.
func (c *ManualClock) jump() {
	first := slices.MinFunc(c.sleepers, func(a, b *sleeper) int { return a.wake.Compare(b.wake) })
	c.skew += max(first.wake.Sub(c.base().Add(c.skew)), 0)
	c.wake()
}

// AdvanceWhenIdle lets the clock move by itself where the goroutines that use
// it cannot be counted: it jumps to the earliest wake-up once nobody has called
// Now or Sleep for d of real time. 0 or less ends that.
//
// A d shorter than what runs between two calls makes waits that should overlap
// follow each other; it never makes a wait too short.
func (c *ManualClock) AdvanceWhenIdle(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = max(d, 0)
	c.postpone()
}

// postpone puts the idle jump off by another idle period.
func (c *ManualClock) postpone() {
	switch {
	case c.timer != nil && (c.idle == 0 || len(c.sleepers) == 0):
		c.timer.Stop()
	case c.idle == 0 || len(c.sleepers) == 0:
	case c.timer == nil:
		c.timer = time.AfterFunc(c.idle, c.jumpWhenIdle)
	default:
		c.timer.Reset(c.idle)
	}
}

func (c *ManualClock) jumpWhenIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle == 0 || len(c.sleepers) == 0 {
		return
	}
	c.jump()
	c.postpone()
}
