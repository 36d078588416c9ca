package hold

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
)

// Attempt is one attempt of an activity that waits. It is for one goroutine, except for Context and
// WasReset, which any may call. Its hearts' goroutines and [stops] call beat and stop.
type Attempt struct {
	holder    *Holder
	ctx       context.Context // done on a cancel and on a handover, but not by the SDK's deadline
	stop      context.CancelCauseFunc
	slot      context.Context // the SDK's own; nil if the activity has returned
	leaveStop func()
	room      chan struct{} // the semaphore by which it is held; nil while it is not
	waiting   bool          // whether it waits for the budget
}

// InSlot returns the attempt of an activity that stays in its slot.
func (h *Holder) InSlot(ctx context.Context) *Attempt {
	t := h.newAttempt(ctx, nil)
	t.endWith(ctx)
	return t
}

// Async returns the attempt of an activity that is about to return and is completed later, by
// [Attempt.Detach]. It is nil if there is no room for one.
func (h *Holder) Async(ctx context.Context) *Attempt {
	if !h.reserve(ctx) {
		return nil
	}
	t := h.newAttempt(ctx, h.detached)
	h.track(t)
	return t
}

func (h *Holder) newAttempt(ctx context.Context, room chan struct{}) *Attempt {
	t := &Attempt{holder: h, room: room}
	t.ctx, t.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	t.leaveStop = h.stops.join(activity.GetWorkerStopChannel(ctx), t)
	return t
}

// endWith ends the attempt with the SDK's context, unless that ends by its deadline. The SDK
// computes the deadline with this machine's clock. If that is ahead of the server's, the activity
// would get no time at all. The attempt's own deadline, its handover and the server's timeouts
// bound it.
func (t *Attempt) endWith(slot context.Context) {
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

// isPast reports whether the SDK considers the activity's time to be over. It then sends no
// heartbeat and drops the result.
func isPast(slot context.Context) bool {
	return errors.Is(slot.Err(), context.DeadlineExceeded)
}

// Context is done once the attempt is to end.
func (t *Attempt) Context() context.Context { return t.ctx }

// End gives back everything that the attempt holds.
func (t *Attempt) End() {
	t.leaveStop()
	t.stop(nil)
	if t.room != nil {
		<-t.room
	}
	t.stopWaiting()
}

// Detached reports whether the activity returns before the attempt ends.
func (t *Attempt) Detached() bool { return t.slot == nil }

// TryHold reports whether the attempt may sleep here: it has room, or takes some.
func (t *Attempt) TryHold() bool {
	if t.room == nil {
		select {
		case t.holder.inSlot <- struct{}{}: // nil blocks forever
			t.room = t.holder.inSlot
			t.stopWaiting()
		default:
		}
	}
	return t.room != nil
}

// TryWait reports whether the attempt may wait here for the budget while other requests wait, too: it
// has room, or takes some. Beside the attempts that are held, half as many may wait so.
func (t *Attempt) TryWait() bool {
	if t.holder.inSlot == nil || t.TryHold() {
		return true
	}
	select {
	case t.holder.waiting <- struct{}{}:
		t.waiting = true
		return true
	default:
		return false
	}
}

func (t *Attempt) stopWaiting() {
	if t.waiting {
		<-t.holder.waiting
		t.waiting = false
	}
}

// WasReset reports whether the activity was reset. Its operation is then to be read now.
func (t *Attempt) WasReset() bool {
	return errors.Is(context.Cause(t.ctx), activity.ErrActivityReset)
}

// Interrupted is the error of an attempt whose context is done: see [Interrupted].
func (t *Attempt) Interrupted() error { return Interrupted(t.ctx) }

// Interrupted tells a cancel, which ends the activity, from requests that end only this attempt.
// After those, another attempt goes on, here or elsewhere.
func Interrupted(ctx context.Context) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, worker.ErrWorkerShutdown):
		return yield("handed over: its worker stops", MinimumRetryDelay)
	case errors.Is(cause, activity.ErrActivityPaused):
		return yield("yielded: the activity is paused", MinimumRetryDelay)
	case errors.Is(cause, activity.ErrActivityReset):
		return yield("yielded: the activity is reset", MinimumRetryDelay)
	default:
		// The SDK knows a cancel only as the context's own error.
		return ctx.Err()
	}
}
