package poller

import (
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// hangAfter is how long a request is under way until it counts as hanging and loses its place
	// among the requests of its service. Google's APIs answer reads of operations in less. It is
	// real time, as requestPatience.
	hangAfter = time.Second
	// maxHanging bounds the requests to one service that hang without a place, and maxHangingOfOne
	// those of one consumer. Beyond, a request that hangs keeps its place.
	maxHanging      = 384
	maxHangingOfOne = 320
	// hungAtOnce is how many operations of a group are read at once whose last read hung and
	// failed.
	hungAtOnce = 8
	// maxHung bounds the operations of a process that are known to hang. For a further one any
	// other is forgotten, which is learned again.
	maxHung = 10_000
)

// hangs counts, for each operation, its last reads in a row that hung and failed. It is safe for
// concurrent use.
type hangs struct {
	mu    sync.Mutex
	count map[lro.Ref]int16
}

func (h *hangs) of(ref lro.Ref) int16 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count[ref]
}

// note counts a read that hung. Any other read forgets those before.
func (h *hangs) note(ref lro.Ref, hung bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, noted := h.count[ref]
	switch {
	case !hung:
		delete(h.count, ref)
		return
	case !noted && len(h.count) >= maxHung:
		for other := range h.count {
			delete(h.count, other)
			break
		}
	}
	h.count[ref] = min(before, 1000) + 1
}

// whenHangs is called once the current try of a request has taken too long. It does nothing to a
// further try.
func (p *pacer) whenHangs(t *ticket) func() {
	try := t.number
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if t.granted && t.number == try {
			p.standAside(t)
		}
	}
}

// standAside takes the place from a request that hangs, and lets it go on without one if there is
// room.
func (p *pacer) standAside(t *ticket) {
	t.hung = true
	if !t.holdsPlace {
		return
	}
	if !p.hasRoomAside(t.bucket) {
		t.patience.Reset(hangAfter)
		return
	}
	p.giveBack(t)
	p.putAside(t)
	p.proceed(t.bucket)
}

func (p *pacer) hasRoomAside(b *bucket) bool {
	return p.aside < maxHanging && b.aside < maxHangingOfOne
}

func (p *pacer) putAside(t *ticket) {
	t.aside = true
	t.bucket.aside++
	p.aside++
}

// hung reports whether a request's last try hung.
func (p *pacer) hung(t *ticket) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return t.hung
}

// firstHung is the next of the subscriptions whose operations are known to hang, nil if as many of
// them as allowed are being read.
func (g *group) firstHung() *Subscription {
	if len(g.hung) == 0 || g.plan != nil || g.hanging >= hungAtOnce {
		return nil
	}
	return g.hung[0]
}

// queueOf is the queue that a subscription is in while it is due.
func (g *group) queueOf(s *Subscription) *queue[*Subscription] {
	if s.hangs > 0 {
		return &g.hung
	}
	return &g.due
}

// settle ends a Get with its answer. After that, the next operation that is known to hang may be
// read.
func (g *group) settle(name string, t *ticket, knownToHang bool, a Answer) {
	ref := lro.Ref{Service: g.family.Service, Name: name}
	g.poller.hangs.note(ref, a.Err != nil && g.pacer.hung(t))
	g.poller.advice.note(ref, a.Err, g.poller.clock.Now())
	g.mu.Lock()
	defer g.mu.Unlock()
	if knownToHang {
		g.hanging--
	}
	g.deliver(name, a)
	g.wake()
}
