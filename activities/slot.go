package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"
)

// follow has the attempt end with the SDK's context, unless that ends by its
// deadline: the SDK reckons it with this machine's clock, which may be ahead of the
// server's, and then gives an activity no time at all. The attempt's own deadline,
// its handover and the server's timeouts bound it.
func (t *attempt) follow(slot context.Context) {
	t.slot = slot
	leaveStop, leaveSlot := t.leaveStop, context.AfterFunc(slot, func() {
		if !isPast(slot) {
			t.stop(context.Cause(slot))
		}
	})
	t.leaveStop = func() {
		leaveSlot()
		leaveStop()
	}
}

// isPast reports whether the SDK takes the activity's time for over: it sends no
// heartbeat and drops the result.
func isPast(slot context.Context) bool {
	return errors.Is(slot.Err(), context.DeadlineExceeded)
}

// startHeart beats for the attempt until the heart is stopped.
func (t *attempt) startHeart(first any) *heart {
	if t.slot == nil {
		return t.startAsyncHeart(first)
	}
	return t.activities.hearts.start(first, activity.GetInfo(t.slot).HeartbeatTimeout/3, func(details any) error {
		if isPast(t.slot) {
			return t.heartbeat(details)
		}
		return record(t.slot, details)
	})
}

// report tells how the attempt ended, by its task token where the SDK would not.
func report[O any](t *attempt, heart *heart, out O, err error) (O, error) {
	if !isPast(t.slot) {
		return out, err
	}
	heart.stop() // a beat after the end would be refused
	t.complete(out, err)
	var none O
	return none, activity.ErrResultPending
}
