package activities

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
)

// attempt is one attempt of an activity that polls: for how long it may go on,
// and whether it holds its place between reads.
type attempt struct {
	activities *Activities
	ctx        context.Context // done on a cancel and on a hand-over, but not by the SDK's deadline
	stop       context.CancelCauseFunc
	slot       context.Context // the SDK's own; nil if the activity has returned
	handover   time.Time       // when a held poll goes back to the server
	leaveStop  func()
	place      chan struct{} // the semaphore by which it is held; nil if it is not
	queueing   bool
}

// newAttempt returns the attempt of an activity that has returned, if it has been
// given a place, else of one in its slot.
func (a *Activities) newAttempt(ctx context.Context, place chan struct{}) *attempt {
	t := &attempt{activities: a, place: place, handover: a.clock.Now().Add(activity.GetInfo(ctx).StartToCloseTimeout * 3 / 4)}
	t.ctx, t.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	t.leaveStop = a.stops.join(activity.GetWorkerStopChannel(ctx), t)
	if place == nil {
		t.follow(ctx)
	}
	return t
}

// end gives back what the attempt holds.
func (t *attempt) end() {
	t.leaveStop()
	t.stop(nil)
	if t.place != nil {
		<-t.place
	}
	t.leaveQueue()
}

// mayHold reports whether to sleep here until the next read.
func (t *attempt) mayHold(wait, yieldInterval time.Duration) bool {
	if wait >= yieldInterval || t.activities.clock.Now().Add(wait).After(t.handover) {
		return false
	}
	return t.tryHold()
}

// mayStay reports whether to go on here: without a place, only while something
// is being read.
func (t *attempt) mayStay(asleep bool) bool {
	return !t.activities.clock.Now().After(t.handover) && (t.tryHold() || !asleep)
}

func (t *attempt) tryHold() bool {
	if t.place == nil {
		select {
		case t.activities.held <- struct{}{}: // blocks forever on nil
			t.place = t.activities.held
			t.leaveQueue()
		default:
		}
	}
	return t.place != nil
}

// mayQueue reports whether to wait here for the turn of an operation's read. While the budget
// suffices that takes no time. Otherwise it takes an activity slot, of which half
// as many as may be held between reads are spared for it.
func (t *attempt) mayQueue(ref lro.Ref) bool {
	a := t.activities
	if a.held == nil || !a.poller.Crowded(ref.Service, ref.Name) || t.tryHold() {
		return true
	}
	select {
	case a.queued <- struct{}{}:
		t.queueing = true
		return true
	default:
		return false
	}
}

func (t *attempt) leaveQueue() {
	if t.queueing {
		<-t.activities.queued
		t.queueing = false
	}
}

// interrupted tells a cancel, which ends the activity, from all that asks only
// for this attempt to end: then another attempt, here or elsewhere, goes on.
func (t *attempt) interrupted() error { return interrupted(t.ctx) }

func interrupted(ctx context.Context) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, worker.ErrWorkerShutdown):
		return handBack("handed over: its worker stops", minimumRetryDelay)
	case errors.Is(cause, activity.ErrActivityPaused):
		return handBack("handed back: the activity is paused", minimumRetryDelay)
	case errors.Is(cause, activity.ErrActivityReset):
		return handBack("handed back: the activity is reset", minimumRetryDelay)
	default:
		// The SDK knows a cancel only as the context's own error.
		return ctx.Err()
	}
}

// stops ends attempts when their worker begins to stop, which is before the SDK
// cancels activity contexts. It runs one goroutine for each worker that has
// some.
type stops struct {
	mu      sync.Mutex
	workers map[<-chan struct{}]*stopping
}

// stopping are the attempts of one worker.
type stopping struct {
	attempts map[*attempt]bool
	none     chan struct{} // closed when the last one has left
}

// join has t stopped when the channel closes, until leave is called.
func (s *stops) join(channel <-chan struct{}, t *attempt) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workers[channel]
	if w == nil {
		w = &stopping{attempts: map[*attempt]bool{}, none: make(chan struct{})}
		s.workers[channel] = w
		go s.watch(channel, w)
	}
	w.attempts[t] = true
	select {
	case <-channel: // whoever watched it may be gone
		t.stop(worker.ErrWorkerShutdown)
	default:
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(w.attempts, t)
		if len(w.attempts) == 0 && s.workers[channel] == w {
			delete(s.workers, channel)
			close(w.none)
		}
	}
}

func (s *stops) watch(channel <-chan struct{}, w *stopping) {
	select {
	case <-w.none:
		return
	case <-channel:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range w.attempts {
		t.stop(worker.ErrWorkerShutdown)
	}
}
