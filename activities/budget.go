package activities

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/lro"
)

// DefaultRequestsPerSecond is the budget of a service that has none of its own:
// no limit in practice, until the service says RESOURCE_EXHAUSTED.
const DefaultRequestsPerSecond = 1000

// Budget is how many requests a process may send to one service. Where several
// processes use one project's quota, give each its share of it.
type Budget struct {
	// RequestsPerSecond is the share of this process. 0 is
	// [DefaultRequestsPerSecond]; at most 1e6.
	RequestsPerSecond float64
	// Burst is how many requests may go at once after a quiet time. 0 is what
	// RequestsPerSecond gives in a second, and at least 1.
	Burst int
}

func (b Budget) withDefaults() Budget {
	if b.RequestsPerSecond == 0 {
		b.RequestsPerSecond = DefaultRequestsPerSecond
	}
	if b.Burst == 0 {
		b.Burst = int(math.Ceil(b.RequestsPerSecond))
	}
	return b
}

func (b Budget) validate(field string) error {
	if r := b.RequestsPerSecond; !(r >= 0 && r <= 1e6) { // NaN as well
		return &lro.InvalidError{Field: field + ".requestsPerSecond", Value: strconv.FormatFloat(r, 'g', -1, 64), Want: "a number from 0 (the default) to 1000000"}
	}
	if b.Burst < 0 {
		return &lro.InvalidError{Field: field + ".burst", Value: strconv.Itoa(b.Burst), Want: "0 (a second's worth) or more"}
	}
	return nil
}

const (
	// maxInFlight bounds the requests under way to one service, and so its
	// connections. Cancels and starts go beyond it.
	maxInFlight = 64
	// lowestRate is what a budget is never lowered below, in requests a second.
	lowestRate = 0.1
	// leastExcess is what a rejection takes the rate of requests for at least: a
	// service that is asked less is not asked too much, and yet has to be heard.
	leastExcess = 5
	// raiseEvery is how often a lowered budget is raised, and raiseFactor by what:
	// from half of it, back in 14 s.
	raiseEvery  = time.Second
	raiseFactor = 1.05
	// settle is for how long after a budget was lowered further rejections are
	// taken for echoes of the same excess.
	settle = time.Second
	// eldestEvery is the share of grants that goes to whoever has waited longest,
	// whatever its priority, so that nothing starves.
	eldestEvery = 8
)

// pacer hands a service's budget out to requests. It is safe for concurrent use
// and runs a goroutine only while a request waits.
type pacer struct {
	clock Clock
	share Budget

	mu       sync.Mutex
	limiter  *rate.Limiter
	lowered  time.Time // when it was
	raised   time.Time // up to when it has been raised
	recent   meter
	queue    queue[*turn]
	pacing   bool
	inFlight int
	entered  int
	granted  int
	stats    BudgetStats
	measures *budgetInstruments
}

// BudgetStats is what a budget has seen. The zero value is that of a service
// nothing was sent to.
type BudgetStats struct {
	// Requests counts those sent, Rejected those of them answered with
	// RESOURCE_EXHAUSTED or a 403 about quota.
	Requests, Rejected int
	// RequestsPerSecond is the rate in force, below the share after rejections.
	RequestsPerSecond float64
	// Waiting is how many requests wait for their turn.
	Waiting int
	// LongestWait is the longest that a request has waited for it.
	LongestWait time.Duration
}

func newPacer(clock Clock, share Budget, measures *budgetInstruments) *pacer {
	share = share.withDefaults()
	measures.allow(share.RequestsPerSecond)
	return &pacer{clock: clock, share: share, limiter: rate.NewLimiter(rate.Limit(share.RequestsPerSecond), share.Burst), measures: measures}
}

// turn is a request's place in the queue.
type turn struct {
	urgency
	since  time.Time
	number int // counts those who came
	place  int
	come   chan struct{}
	given  bool // false if it was withdrawn; read once come is closed
}

func (t *turn) before(other *turn) bool { return t.urgency.before(other.urgency) }
func (t *turn) at() *int                { return &t.place }

// enter queues a request. Receive from its come; where given is true then, the
// request is to be made, and done to be called after it.
func (p *pacer) enter(u urgency) *turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entered++
	t := &turn{urgency: u, since: p.clock.Now(), number: p.entered, come: make(chan struct{})}
	p.queue.add(t)
	p.measures.entered()
	p.hurry()
	return t
}

// advance moves a queued request forward, if the given place is before its own.
func (p *pacer) advance(t *turn, u urgency) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.place < 0 || !u.before(t.urgency) {
		return
	}
	t.urgency = u
	p.queue.moved(t)
}

// withdraw takes a request out of the queue. It reports false if its turn has
// come: then done is to be called.
func (p *pacer) withdraw(t *turn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.place < 0 {
		return !t.given
	}
	p.queue.remove(t)
	p.measures.left(t, p.clock.Now())
	close(t.come)
	return true
}

// admit waits for a request's turn; after a nil error the request is to be made,
// and done to be called.
func (p *pacer) admit(ctx context.Context, u urgency) error {
	t := p.enter(u)
	select {
	case <-t.come:
		return nil
	case <-ctx.Done():
	}
	if !p.withdraw(t) {
		p.done(nil)
	}
	return ctx.Err()
}

// again ends a try with its error, and waits for the turn of the next. After an
// error that is not to be made, and the request is to be ended by done as ever.
func (p *pacer) again(ctx context.Context, u urgency, failed error) error {
	p.done(failed) // it holds no place while it waits: those who wait could hold all
	err := p.admit(ctx, u)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.inFlight++ // done is still to come
	}
	return err
}

// make makes a request whose turn has come, and returns its error; its context keeps
// further tries within the budget, see NextTry. A panic is
// one: whoever waits in the request's place is not to take the process down.
func (p *pacer) make(ctx context.Context, u urgency, request func(ctx context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the client panicked: %v", r)
		}
		p.done(err)
	}()
	return request(withTries(ctx, p, u))
}

// done ends a request with its error.
func (p *pacer) done(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	if isQuota(err) {
		p.reject()
	}
	p.hurry()
}

// hurry grants what can be granted, and sees to it that the rest will be.
func (p *pacer) hurry() {
	if !p.pacing && p.grant() > 0 {
		p.pacing = true
		go p.pace()
	}
}

// pace grants turns as the budget allows them, until none waits for it.
func (p *pacer) pace() {
	for {
		p.mu.Lock()
		delay := p.grant()
		p.pacing = delay > 0
		p.mu.Unlock()
		if delay <= 0 {
			return
		}
		_ = p.clock.Sleep(context.Background(), delay) // which is never done
	}
}

// grant gives turns as far as the budget goes, and returns how long it takes for
// the next: 0 if none waits, or those that wait do so for a request to end.
func (p *pacer) grant() time.Duration {
	now := p.clock.Now()
	p.raise(now)
	for len(p.queue) > 0 {
		t := p.next()
		if p.inFlight >= maxInFlight {
			if t = p.queue[0]; t.priority > PriorityStart {
				return 0
			}
		}
		if !p.limiter.AllowN(now, 1) {
			missing := time.Duration((1 - p.limiter.TokensAt(now)) / float64(p.limiter.Limit()) * float64(time.Second))
			return min(max(missing, time.Millisecond), raiseEvery)
		}
		p.queue.remove(t)
		p.granted++
		p.inFlight++
		p.recent.add(now)
		p.stats.Requests++
		p.stats.LongestWait = max(p.stats.LongestWait, now.Sub(t.since))
		p.measures.left(t, now)
		t.given = true
		close(t.come)
	}
	return 0
}

// next is the most urgent turn, and every so often the one that waits longest.
func (p *pacer) next() *turn {
	first := p.queue[0]
	if p.granted%eldestEvery != eldestEvery-1 {
		return first
	}
	for _, t := range p.queue[1:] {
		if t.number < first.number {
			first = t
		}
	}
	return first
}

// reject halves the rate that was asked for.
func (p *pacer) reject() {
	now := p.clock.Now()
	p.stats.Rejected++
	p.measures.rejected()
	if now.Sub(p.lowered) < settle {
		return
	}
	current := float64(p.limiter.Limit())
	asked := min(current, max(p.recent.perSecond(now), leastExcess))
	p.limiter.SetLimitAt(now, rate.Limit(max(asked/2, lowestRate)))
	p.limiter.SetBurstAt(now, 1)
	p.lowered, p.raised = now, now
	p.measures.allow(float64(p.limiter.Limit()))
}

// raise brings a lowered rate back up, a step at a time, to the share and never
// beyond.
func (p *pacer) raise(now time.Time) {
	if p.lowered.IsZero() {
		return
	}
	steps := now.Sub(p.raised) / raiseEvery
	if steps <= 0 {
		return
	}
	p.raised = p.raised.Add(steps * raiseEvery)
	raised := float64(p.limiter.Limit())
	for ; steps > 0 && raised < p.share.RequestsPerSecond; steps-- {
		raised *= raiseFactor
	}
	if raised >= p.share.RequestsPerSecond {
		raised, p.lowered = p.share.RequestsPerSecond, time.Time{}
		p.limiter.SetBurstAt(now, p.share.Burst)
	}
	p.limiter.SetLimitAt(now, rate.Limit(raised))
	p.measures.allow(raised)
}

func (p *pacer) snapshot() BudgetStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raise(p.clock.Now())
	stats := p.stats
	stats.RequestsPerSecond, stats.Waiting = float64(p.limiter.Limit()), len(p.queue)
	return stats
}

// crowded reports whether requests wait for their turn.
func (p *pacer) crowded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue) > 0
}

// isQuota reports whether the service says that its quota is used up.
func isQuota(err error) bool {
	if err == nil || Classify(err) != ClassTransient {
		return false
	}
	code := statusOf(err).Code
	return code == lro.CodeResourceExhausted || code == lro.CodePermissionDenied || code == lro.CodeUnauthenticated
}
