package hold

import (
	"context"
	"sync"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
)

// Options configures [New].
type Options struct {
	// Held is how many attempts may sleep in their slots; negative for none.
	Held int
	// Async is how many attempts are held without a slot; 0 or less for none.
	Async int
}

// Holder has room for the attempts of a process. It is safe for concurrent use.
type Holder struct {
	inSlot   chan struct{} // a semaphore for attempts that sleep in their slots; nil for none
	waiting  chan struct{} // the same for those that wait for the budget
	detached chan struct{} // the same for those without a slot; nil for none

	slotHearts, asyncHearts *hearts
	stops                   stops
	reports                 chan struct{} // a semaphore

	mu     sync.Mutex
	async  map[*Attempt]bool // those without a slot
	closed bool
	all    sync.WaitGroup // waits for those without a slot
}

// New returns a Holder that holds nothing.
func New(options Options) *Holder {
	h := &Holder{
		slotHearts: newHearts(slotWidth), asyncHearts: newHearts(asyncWidth),
		stops:   stops{workers: map[<-chan struct{}]*stopping{}},
		reports: make(chan struct{}, reportsAtOnce), async: map[*Attempt]bool{},
	}
	if n := options.Held; n >= 0 {
		h.inSlot, h.waiting = make(chan struct{}, n), make(chan struct{}, n/2+n%2)
	}
	if options.Async > 0 {
		h.detached = make(chan struct{}, options.Async)
	}
	return h
}

// RecordsAtOnce reports whether each record is written when it is made. Otherwise the SDK writes
// the first one at once, and holds later ones back for up to 80% of the heartbeat timeout, so
// records have to be made ahead.
func (h *Holder) RecordsAtOnce() bool { return h.detached != nil }

// reserve takes room for an attempt without a slot, if there is some. Without a heartbeat timeout
// there is none, because the server would not notice that the attempt is gone.
func (h *Holder) reserve(ctx context.Context) bool {
	if activity.GetInfo(ctx).HeartbeatTimeout == 0 {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	select {
	case h.detached <- struct{}{}: // nil blocks forever
		h.all.Add(1)
		return true
	default:
		return false
	}
}

// track lets the Holder's handover end an attempt. If the handover has begun, it ends the attempt now.
func (h *Holder) track(t *Attempt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.async[t] = true
	if h.closed {
		t.stop(worker.ErrWorkerShutdown)
	}
}

// forget ends what reserve and track did for an attempt.
func (h *Holder) forget(t *Attempt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.async, t)
	h.all.Done()
}

// HandOver ends the attempts that are held without a slot. It returns when the server knows of all,
// or with ctx's error once ctx is done. Afterwards no attempt is held without a slot.
func (h *Holder) HandOver(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	for t := range h.async {
		t.stop(worker.ErrWorkerShutdown)
	}
	h.mu.Unlock()
	handed := make(chan struct{})
	go func() {
		h.all.Wait()
		close(handed)
	}()
	select {
	case <-handed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
