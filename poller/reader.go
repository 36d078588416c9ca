package poller

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// answer is what a read of one operation brought.
type Answer struct {
	Index int // of the member among its reader's
	Op    lro.Operation
	Err   error // errDeferred: nothing was read
	At    time.Time
	cheap bool // whether it came along with many others'
	Large bool // whether op succeeded with a response that does not fit a payload
}

// bound drops what does not fit a payload from an operation that has ended, before the
// answer lies about until its wait takes it: a reply's room ends with its decoding.
func (a *Answer) bound() {
	if !a.Op.Done || a.Op.Error == nil && len(a.Op.Response) <= lro.MaxEncodedSize {
		return
	}
	bounded, fits := a.Op.Bound()
	a.Op, a.Large = bounded, !fits && bounded.State() == lro.StateSucceeded
}

// reader is a wait's side of the Poller: it has members, one for each of its
// operations, says when each is due, and takes the answers, which may come
// sooner. All but put is for one goroutine.
type Waiter struct {
	poller *Poller
	ctx    context.Context // whose values requests have, such as a trace
	// superseded has the wait find out whether another one has taken its place; nil for
	// a wait whose place none takes.
	Superseded func()
	Owner      string      // its workflow
	Seen       atomic.Bool // whether the wait has seen its operation

	mu      sync.Mutex
	answers []Answer
	wake    func()        // ends a sleep
	came    chan struct{} // of size 1: there are answers
}

func (p *Poller) NewWaiter(ctx context.Context) *Waiter {
	return &Waiter{poller: p, ctx: ctx, came: make(chan struct{}, 1)}
}

// put hands an answer over.
func (r *Waiter) put(a Answer) {
	r.mu.Lock()
	r.answers = append(r.answers, a)
	wake := r.wake
	r.mu.Unlock()
	select {
	case r.came <- struct{}{}:
	default:
	}
	if wake != nil {
		wake()
	}
}

// take returns the answers that have come.
func (r *Waiter) Take() []Answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.answers
	r.answers = nil
	return taken
}

// sleep returns the answers that come before the given time, none if none did.
// It returns early, without any, once ctx is done.
func (r *Waiter) Sleep(ctx context.Context, until time.Time) []Answer {
	wait := until.Sub(r.poller.clock.Now())
	if wait <= 0 {
		return r.Take()
	}
	sleeping, wake := context.WithCancel(ctx)
	defer wake()
	r.mu.Lock()
	r.wake = wake
	if len(r.answers) > 0 {
		wake()
	}
	r.mu.Unlock()
	// Its error is no news: ctx is the caller's, and answers are taken below.
	_ = r.poller.clock.Sleep(sleeping, wait)
	r.mu.Lock()
	r.wake = nil
	r.mu.Unlock()
	return r.Take()
}

// askAgain is how often a wait that has no answer asks for its read again, which changes
// nothing where that is under way. Of real time, as requestPatience.
const askAgain = time.Minute

// await returns the next answers, none once ctx is done. ask is for what was asked for
// and has no answer yet.
func (r *Waiter) Await(ctx context.Context, ask func()) []Answer {
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for {
		if taken := r.Take(); len(taken) > 0 {
			return taken
		}
		select {
		case <-r.came:
		case <-again.C:
			ask()
		case <-ctx.Done():
			return r.Take()
		}
	}
}
