package manualclock

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Clock is a poller.Clock that stands still until it is told to move. Make one
// with [New] or [ForEnv]. It is safe for concurrent use.
//
// [Clock.Advance] moves it and wakes the sleepers that are due. With
// [Clock.AutoAdvance] or [Clock.AdvanceWhenIdle] the clock jumps to the next
// wake-up by itself, as if nothing but the sleeps took time.
type Clock struct {
	base func() time.Time

	mu       sync.Mutex
	skew     time.Duration
	sleepers []*sleeper
	changed  chan struct{} // closed, and replaced, when sleepers changes
	auto     bool
	joined   int
	idle     time.Duration
	timer    *time.Timer
}

type sleeper struct {
	wake time.Time
	done chan struct{}
}

// New returns a clock that stands at start.
func New(start time.Time) *Clock {
	start = start.Round(0) // without the monotonic reading, which times read from JSON lack
	return follow(func() time.Time { return start })
}

func follow(base func() time.Time) *Clock {
	return &Clock{base: base, changed: make(chan struct{})}
}

// Now returns the time the clock stands at.
func (c *Clock) Now() time.Time {
	base := c.base()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.postpone()
	return base.Add(c.skew)
}

// Advance moves the clock by d and wakes the sleepers that are due by then. A d of
// 0 or less moves nothing: time does not run backwards.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew += max(d, 0)
	c.wake()
}

// Sleep waits until the clock has moved by d. It returns ctx.Err() as soon as
// ctx is done, and at once if d is 0 or less.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	s := c.enter(d)
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		c.leave(s)
		return ctx.Err()
	}
}

// Sleepers returns how many goroutines sleep on the clock.
func (c *Clock) Sleepers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sleepers)
}

// BlockUntil waits, in real time, until at least n goroutines sleep on the
// clock: the moment to advance it. It returns ctx.Err() once ctx is done.
func (c *Clock) BlockUntil(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		enough, changed := len(c.sleepers) >= n, c.changed
		c.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Clock) enter(d time.Duration) *sleeper {
	base := c.base()
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &sleeper{wake: base.Add(c.skew + d), done: make(chan struct{})}
	c.sleepers = append(c.sleepers, s)
	c.notify()
	c.postpone()
	c.jumpIfAllSleep()
	return s
}

func (c *Clock) leave(s *sleeper) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.sleepers, s); i >= 0 {
		c.sleepers = slices.Delete(c.sleepers, i, i+1)
		c.notify()
	}
}

// wake wakes the sleepers that are due.
func (c *Clock) wake() {
	now := c.base().Add(c.skew)
	c.sleepers = slices.DeleteFunc(c.sleepers, func(s *sleeper) bool {
		due := !s.wake.After(now)
		if due {
			close(s.done)
		}
		return due
	})
	c.notify()
}

func (c *Clock) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}
