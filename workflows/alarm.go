package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"
)

// alarm cancels parts of a workflow that take too long. One timer serves any number of
// bounds: the first bound starts it, and a bound that closes in time leaves it running. So
// an alarm takes two history events, and two more each time it rings. It bounds activities
// with retries, because the SDK compares a ScheduleToCloseTimeout with the worker's clock
// too. The zero alarm is ready.
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
	rang  bool // the alarm has ended it
}

// bound returns a context that is canceled at a time, unless close is called before.
func (a *alarm) bound(ctx workflow.Context, at time.Time) (workflow.Context, *bound) {
	b := &bound{alarm: a, at: at}
	ctx, b.end = workflow.WithCancel(ctx)
	a.bounds = append(a.bounds, b)
	if a.at.IsZero() || at.Before(a.at) {
		a.arm(ctx, at)
	}
	return ctx, b
}

// close removes the bound, when its part of the workflow has ended.
func (b *bound) close() {
	a := b.alarm
	a.bounds = slices.DeleteFunc(a.bounds, func(other *bound) bool { return other == b })
	b.end()
}

// explain is err, or an error that says that the alarm has ended the part that failed with
// err. The resources that a saga inside has left stay in the chain.
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

// arm sets the timer to a time.
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

// stop stops the timer, when nothing is left to bound.
func (a *alarm) stop() {
	if a.disarm != nil {
		a.disarm()
	}
	a.at, a.disarm = time.Time{}, nil
}

// ring ends the bounds that are due, and sets the timer to the next one.
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

// earlier is the earlier of two times. The second may be zero, which means never.
func earlier(one, other time.Time) time.Time {
	if !other.IsZero() && other.Before(one) {
		return other
	}
	return one
}
