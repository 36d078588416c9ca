package poller

import (
	"context"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Waiter is the side of the Poller that a wait uses, with a [Subscription] for each of its
// operations. It is for one goroutine.
type Waiter struct {
	poller   *Poller
	ctx      context.Context // requests have its values, such as a trace
	options  WaiterOptions
	all      []*Subscription
	agenda   queue[scheduled] // the subscriptions that are to be read, the next one first
	underway int              // the subscriptions that are being read
	box      box
	atServer bool // server-side waits may take the place of reads
}

// WaiterOptions configures [Poller.NewWaiter]. The zero value is the default.
type WaiterOptions struct {
	// Owner names the wait, for [Poller.AnnounceReplacement]. "" for a wait that none replaces.
	Owner string
	// Replaced is called once another wait of the Owner replaces this one, from any goroutine. It
	// reports whether the wait has seen its operation. nil for a wait that none replaces.
	Replaced func() (seen bool)
	// AtServer lets a server-side wait take the place of a read, if the client is a
	// [lro.OperationWaiter]. At most half of a service's requests under way are such waits.
	AtServer bool
}

// NewWaiter returns a wait's side of p. Requests for it have the values of ctx. End it with
// [Waiter.Leave].
func (p *Poller) NewWaiter(ctx context.Context, options WaiterOptions) *Waiter {
	return &Waiter{
		poller: p, ctx: ctx, options: options, box: box{came: make(chan struct{}, 1)},
		atServer: options.AtServer && p.waiter != nil,
	}
}

// Subscribe makes an operation one of the wait's. Its answers have the given index. It is not read
// before [Subscription.ReadAt] is called.
func (w *Waiter) Subscribe(ref lro.Ref, index int) *Subscription {
	s := w.poller.join(w, ref, index)
	w.all = append(w.all, s)
	return s
}

// Leave ends all subscriptions. Answers that have come stay for Take.
func (w *Waiter) Leave() {
	for _, s := range w.all {
		s.Leave()
	}
}

// Next returns when the next operation is due by the Poller's clock. It is zero if none is to be
// read.
func (w *Waiter) Next() time.Time {
	if len(w.agenda) == 0 {
		return time.Time{}
	}
	return w.agenda[0].due
}

// Reading reports whether an operation is due and has no answer yet.
func (w *Waiter) Reading() bool { return w.underway > 0 }

// requestAgainEvery is how often a wait without an answer requests its reads again, which changes
// nothing if they are under way. It is real time, as requestPatience.
const requestAgainEvery = time.Minute

// Take first requests a read of each operation that is due. Then it returns the answers that have
// come since the last call. If there are none, it waits for an answer, and meanwhile requests reads as
// they get due. It waits no longer once ctx is done, no operation is to be read, or until has come by
// the Poller's clock, zero for never. It returns answers that have come even if ctx is done: a last
// Take after [Waiter.Leave] relies on that. After an answer, an operation is read again once its
// ReadAt has been called.
func (w *Waiter) Take(ctx context.Context, until time.Time) []Answer {
	began, now := time.Now(), w.poller.clock.Now()
	patience := until.Sub(now) // in real time, while operations are being read
	for {
		w.readDue(now)
		w.sendWaits(now)
		if came := w.taken(); len(came) > 0 || ctx.Err() != nil {
			return came
		}
		left := patience - time.Since(began)
		switch {
		case !until.IsZero() && (left <= 0 || !now.Before(until)):
			return nil
		case w.underway > 0:
			w.await(ctx, left)
			now = w.poller.clock.Now()
		case len(w.agenda) > 0:
			wake := earliest(w.agenda[0].due, until)
			if now = w.poller.clock.Now(); w.box.sleep(ctx, w.poller.clock, wake.Sub(now)) {
				now = wake
			}
		default:
			return nil
		}
	}
}

// earliest is the first of two times, of which the second may be zero for none.
func earliest(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// readDue requests a read of every operation that is due.
func (w *Waiter) readDue(now time.Time) {
	for len(w.agenda) > 0 && !w.agenda[0].due.After(now) {
		s := w.agenda[0].Subscription
		w.agenda.remove(scheduled{s})
		s.underway = true
		w.underway++
		s.request()
	}
}

// sendWaits sends server-side waits in place of reads that are not due yet.
func (w *Waiter) sendWaits(now time.Time) {
	if !w.atServer {
		return
	}
	for _, s := range w.agenda {
		s.sendWait(now)
	}
}

// await waits for an answer, for the next operation to be due, or for left if that is positive. It
// requests reads without an answer again.
func (w *Waiter) await(ctx context.Context, left time.Duration) {
	wait := requestAgainEvery
	if len(w.agenda) > 0 {
		wait = min(wait, w.agenda[0].due.Sub(w.poller.clock.Now()))
	}
	if left > 0 {
		wait = min(wait, left)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-w.box.came:
	case <-ctx.Done():
	case <-timer.C:
		for _, s := range w.all {
			if s.underway {
				s.request()
			}
		}
	}
}

// taken empties the box. It takes operations with an answer off the agenda.
func (w *Waiter) taken() []Answer {
	came := w.box.empty()
	for i := range came {
		s := came[i].subscription
		if s.underway {
			came[i].Due = s.due
		}
		w.forget(s)
	}
	return came
}

// forget takes a subscription off the agenda.
func (w *Waiter) forget(s *Subscription) {
	w.agenda.remove(scheduled{s})
	if s.underway {
		s.underway = false
		w.underway--
	}
}

// box holds answers until their wait takes them. The goroutines of requests put answers in. The wait's
// goroutine empties it, in [Waiter.Take].
type box struct {
	mu      sync.Mutex
	answers []Answer
	wake    func()        // ends a sleep
	came    chan struct{} // of size 1: there are answers
}

// put adds an answer. It is safe for concurrent use.
func (b *box) put(a Answer) {
	b.mu.Lock()
	b.answers = append(b.answers, a)
	wake := b.wake
	b.mu.Unlock()
	select {
	case b.came <- struct{}{}:
	default:
	}
	if wake != nil {
		wake()
	}
}

// empty returns the answers, and keeps none.
func (b *box) empty() []Answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	answers := b.answers
	b.answers = nil
	return answers
}

// sleep waits for the given time, or until there is an answer or ctx is done. It reports whether
// that time has passed.
func (b *box) sleep(ctx context.Context, clock Clock, wait time.Duration) bool {
	sleeping, wake := context.WithCancel(ctx)
	defer wake()
	b.mu.Lock()
	b.wake = wake
	if len(b.answers) > 0 {
		wake()
	}
	b.mu.Unlock()
	err := clock.Sleep(sleeping, wait)
	b.mu.Lock()
	b.wake = nil
	b.mu.Unlock()
	return err == nil
}
