package manualclock

import (
	"slices"
	"sync"
	"time"
)

// AutoAdvance lets the clock move by itself: it jumps to the earliest wake-up
// as soon as every goroutine that joined sleeps; if none joined, at each Sleep.
// If every goroutine of a test joins, events happen in the order of their times,
// however the machine schedules them.
func (c *Clock) AutoAdvance() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.auto = true
	c.jumpIfAllSleep()
}

// Join counts one more goroutine that must sleep before an automatic clock
// moves. Join for all of them before the first one sleeps. Call leave when it
// ends; a second call does nothing. Without leave the clock waits for that
// goroutine for ever.
func (c *Clock) Join() (leave func()) {
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

func (c *Clock) jumpIfAllSleep() {
	for c.auto && len(c.sleepers) > 0 && len(c.sleepers) >= c.joined {
		c.jump()
	}
}

// jump moves the clock to the earliest wake-up.
func (c *Clock) jump() {
	first := slices.MinFunc(c.sleepers, func(a, b *sleeper) int { return a.wake.Compare(b.wake) })
	c.skew += max(first.wake.Sub(c.base().Add(c.skew)), 0)
	c.wake()
}

// AdvanceWhenIdle lets the clock move by itself if the goroutines that use it
// cannot be counted: it jumps to the earliest wake-up once there was no call of
// Now or Sleep for d of real time. 0 or less ends that.
//
// If d is shorter than the work between two calls, waits that should overlap
// follow each other. No wait becomes too short.
func (c *Clock) AdvanceWhenIdle(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = max(d, 0)
	c.postpone()
}

// postpone puts the idle jump off by another idle period.
func (c *Clock) postpone() {
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

func (c *Clock) jumpWhenIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle == 0 || len(c.sleepers) == 0 {
		return
	}
	c.jump()
	c.postpone()
}
