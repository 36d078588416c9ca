package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"
)

// alarm ends what takes too long, by one timer for any number of bounds: the first
// one starts it, and those that end in time leave it as it is. So it takes two
// history events, and two more each time it rings. Activities that are retried are
// bounded by it: a ScheduleToCloseTimeout would be reckoned with the worker's clock
// as well. The zero alarm is ready.
type alarm struct {
	bounds []*bound
	at     time.Time           // when the timer fires; zero for no timer
	disarm workflow.CancelFunc // stops the timer
}

// bound is a part of the workflow that has to end by a time.
type bound struct {
	alarm *alarm
	at    time.Time
	end   workflow.CancelFunc
	rang  bool // whether it was ended by the alarm
}

// bound returns a context that is canceled at the given time, unless close is called
// before.
func (a *alarm) bound(ctx workflow.Context, at time.Time) (workflow.Context, *bound) {
	b := &bound{alarm: a, at: at}
	ctx, b.end = workflow.WithCancel(ctx)
	a.bounds = append(a.bounds, b)
	if a.at.IsZero() || at.Before(a.at) {
		a.arm(ctx, at)
	}
	return ctx, b
}

// close ends the bound. What it contains has ended.
func (b *bound) close() {
	a := b.alarm
	a.bounds = slices.DeleteFunc(a.bounds, func(other *bound) bool { return other == b })
	b.end()
}

// explain is err, or that the alarm has ended what failed with it. What a saga inside
// has left stays in the chain.
func (b *bound) explain(err error) error {
	if err == nil || !b.rang {
		return err
	}
	at := b.at.UTC().Format(time.RFC3339)
	if len(compensationsIn(err)) > 0 {
		return fmt.Errorf("it had not ended by %s, when its time was up: %w", at, err)
	}
	return fmt.Errorf("it had not ended by %s, when its time was up", at)
}

// arm has the alarm ring at the given time.
func (a *alarm) arm(ctx workflow.Context, at time.Time) {
	a.stop()
	free, _ := workflow.NewDisconnectedContext(ctx)
	free, a.disarm = workflow.WithCancel(free)
	a.at = at
	timer := workflow.NewTimerWithOptions(free, max(at.Sub(workflow.Now(ctx)), time.Millisecond), workflow.TimerOptions{Summary: "until the time is up"})
	workflow.Go(free, func(ctx workflow.Context) {
		if timer.Get(ctx, nil) == nil {
			a.ring(ctx)
		}
	})
}

// stop stops the timer. There is nothing left to bound.
func (a *alarm) stop() {
	if a.disarm != nil {
		a.disarm()
	}
	a.at, a.disarm = time.Time{}, nil
}

// ring ends what is due, and sets the timer for the next.
func (a *alarm) ring(ctx workflow.Context) {
	a.at, a.disarm = time.Time{}, nil
	now := workflow.Now(ctx)
	var next time.Time
	for _, b := range a.bounds {
		switch {
		case !b.at.After(now):
			b.rang = true
			b.end()
		case next.IsZero() || b.at.Before(next):
			next = b.at
		}
	}
	if !next.IsZero() {
		a.arm(ctx, next)
	}
}

// earlier is the earlier of two times of which the second may be zero, for never.
func earlier(one, other time.Time) time.Time {
	if !other.IsZero() && other.Before(one) {
		return other
	}
	return one
}
