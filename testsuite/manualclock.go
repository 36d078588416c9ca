package testsuite

import (
	"context"
	"slices"
	"sync"
	"time"
)

// ManualClock is a [Clock] that stands still until it is told to move. Make one
// with [NewManualClock] or [EnvClock]. It is safe for concurrent use.
//
// Who sleeps on it is woken by [ManualClock.Advance]. A test that would rather
// not say when uses [ManualClock.AutoAdvance] or [ManualClock.AdvanceWhenIdle]:
// then the clock jumps to the next wake-up by itself, as if nothing but the
// sleeps took time.
type ManualClock struct {
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

// NewManualClock returns a clock that stands at start.
func NewManualClock(start time.Time) *ManualClock {
	start = start.Round(0) // without the monotonic reading, which times read from JSON lack
	return newClock(func() time.Time { return start })
}

func newClock(base func() time.Time) *ManualClock {
	return &ManualClock{base: base, changed: make(chan struct{})}
}

// Now returns the time the clock stands at.
func (c *ManualClock) Now() time.Time {
	base := c.base()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.postpone()
	return base.Add(c.skew)
}

// Advance moves the clock by d and wakes whoever slept until then. A d of 0 or
// less moves nothing: time does not run backwards.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew += max(d, 0)
	c.wake()
}

// Sleep waits until the clock has moved by d. It returns ctx.Err() as soon as
// ctx is done, and at once if d is 0 or less.
func (c *ManualClock) Sleep(ctx context.Context, d time.Duration) error {
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
func (c *ManualClock) Sleepers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sleepers)
}

// BlockUntil waits, in real time, until at least n goroutines sleep on the
// clock: the moment to advance it. It returns ctx.Err() once ctx is done.
func (c *ManualClock) BlockUntil(ctx context.Context, n int) error {
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

func (c *ManualClock) enter(d time.Duration) *sleeper {
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

func (c *ManualClock) leave(s *sleeper) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.sleepers, s); i >= 0 {
		c.sleepers = slices.Delete(c.sleepers, i, i+1)
		c.notify()
	}
}

// wake wakes whoever is due.
func (c *ManualClock) wake() {
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

func (c *ManualClock) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}
