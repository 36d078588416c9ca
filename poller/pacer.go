package poller

import (
	"context"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// maxInFlight bounds the requests under way to one service, and so its connections. Cancels and
	// starts neither wait for a place nor take one.
	maxInFlight = 64
	// maxBuckets bounds the buckets of a service. Accounts beyond it share one.
	maxBuckets = 10_000
	// fewBuckets is how many buckets are kept without a check for idle ones.
	fewBuckets = 64
	// sweepEvery is the least time between two checks.
	sweepEvery = time.Second
)

// overflow is the payer for accounts without room for a bucket of their own.
var overflow = payer{}

// pacer hands out the budgets of a service to requests: to each account its own, and to all
// accounts the service's places, one after another. It is safe for concurrent use, and runs goroutines only
// while requests wait.
type pacer struct {
	clock        Clock
	share        Budget
	quotaProject string
	measures     *budgetInstruments

	mu      sync.Mutex
	buckets map[payer]*bucket
	members map[account]membership
	sweepAt int // the number of buckets at which idle ones are forgotten
	swept   time.Time

	ready    queue[*bucket] // the buckets with tickets, without those that wait for their next token
	lowered  queue[loweredBucket]
	measured time.Time // when the lowest rate was measured
	held     int       // places taken
	aside    int       // requests that hang and hold no place
	atServer int       // server-side waits, which hold a place each
	tickets  int
	grants   int
	waiting  int
	stats    BudgetStats
}

func newPacer(clock Clock, share Budget, quotaProject string, measures *budgetInstruments) *pacer {
	share = share.withDefaults()
	measures.allow(share.RequestsPerSecond)
	return &pacer{
		clock: clock, share: share, quotaProject: quotaProject, measures: measures,
		buckets: map[payer]*bucket{}, members: map[account]membership{}, sweepAt: fewBuckets,
	}
}

// accountOf is the account whose budget a request about a resource uses.
func (p *pacer) accountOf(service, resource string) account {
	return account{service, consumerOf(p.quotaProject, resource)}
}

// enter queues a request about a resource. Receive from its out. If granted is true then, make the
// request, and call done after it.
func (p *pacer) enter(service, resource string, u urgency) *ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &ticket{urgency: u, account: p.accountOf(service, resource)}
	p.add(t)
	return t
}

func (p *pacer) add(t *ticket) {
	p.tickets++
	p.waiting++
	t.since, t.number, t.out = p.clock.Now(), p.tickets, make(chan struct{})
	t.bucket = p.bucket(t.account, t.since)
	t.bucket.queue.add(t)
	p.measures.enter()
	p.proceed(t.bucket)
}

// proceed grants tickets after a change of a bucket.
func (p *pacer) proceed(b *bucket) {
	p.rank(b)
	p.grant()
}

// rank puts a bucket with tickets into its position among the ready ones, by its tickets and places.
func (p *pacer) rank(b *bucket) {
	switch waits := len(b.queue) > 0 && !b.pacing; {
	case !waits:
		p.ready.remove(b)
	case b.rank < 0:
		p.ready.add(b)
	default:
		p.ready.moved(b)
	}
}

// advance moves a ticket in the queue forward, if the urgency goes before its own.
func (p *pacer) advance(t *ticket, u urgency) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.position < 0 || !u.before(t.urgency) {
		return
	}
	t.urgency = u
	t.bucket.queue.moved(t)
	p.proceed(t.bucket)
}

// withdraw takes a ticket out of the queue. It returns false if its turn has come: then call done.
func (p *pacer) withdraw(t *ticket) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.position < 0 {
		return !t.granted
	}
	t.bucket.queue.remove(t)
	p.rank(t.bucket)
	p.leave(t, p.clock.Now())
	return true
}

// leave ends a ticket's time in the queue.
func (p *pacer) leave(t *ticket, now time.Time) {
	p.waiting--
	p.measures.leave(t, now)
	close(t.out)
}

// acquire waits for the turn of a request about a resource. After a nil error make the request, and
// call done.
func (p *pacer) acquire(ctx context.Context, service, resource string, u urgency) (*ticket, error) {
	t := p.enter(service, resource, u)
	return t, p.await(ctx, t)
}

func (p *pacer) await(ctx context.Context, t *ticket) error {
	select {
	case <-t.out:
	case <-ctx.Done():
	}
	if ctx.Err() == nil {
		return nil
	}
	if !p.withdraw(t) {
		p.done(t, nil)
	}
	return ctx.Err()
}

// again ends a try with its error, and waits for the turn of the next. After an error do not make
// the next try, and end the request by done as always.
func (p *pacer) again(ctx context.Context, t *ticket, failed error) error {
	p.done(t, failed) // it holds no place while it waits; otherwise waiting requests could hold all
	p.mu.Lock()
	p.add(t)
	p.mu.Unlock()
	return p.await(ctx, t)
}

// make makes a request whose turn has come, and returns its error. Its context keeps further tries
// within the budget, see NextTry. A panic becomes an error, because the requests of others must not
// end with the process.
func (p *pacer) make(ctx context.Context, t *ticket, request func(ctx context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(ctx, r)
		}
		p.done(t, err)
	}()
	return request(withTries(ctx, p, t))
}

// done ends a request with its error.
func (p *pacer) done(t *ticket, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.granted {
		p.release(t)
	}
	if lro.Classify(err) == lro.ClassQuota {
		p.reject(t, err)
	}
	p.proceed(t.bucket)
}

// grant grants tickets as far as budgets and places allow. If a bucket waits for its next token, pace
// goes on.
func (p *pacer) grant() {
	now := p.clock.Now()
	for b := p.first(); b != nil; b = p.first() {
		p.raise(b, now)
		if delay := b.spend(now); delay > 0 {
			b.pacing = true
			go p.pace(b, delay)
		} else {
			p.give(b.next(p.full()), now)
		}
		p.rank(b)
	}
	if now.Sub(p.measured) >= raiseEvery {
		p.measure(now)
	}
}

// first is the bucket that goes on next, nil if there is none or all wait for a place.
func (p *pacer) first() *bucket {
	if len(p.ready) == 0 || p.full() && !p.ready[0].queue[0].urgent() {
		return nil
	}
	return p.ready[0]
}

// give grants a ticket.
func (p *pacer) give(t *ticket, now time.Time) {
	b := t.bucket
	b.queue.remove(t)
	b.grants++
	p.grants++
	b.last = p.grants
	p.stats.Requests++
	p.stats.LongestWait = max(p.stats.LongestWait, now.Sub(t.since))
	p.begin(t)
	p.leave(t, now)
}

// begin begins the request of a ticket.
func (p *pacer) begin(t *ticket) {
	t.bucket.underway++
	t.granted = true
	p.take(t)
}

// pace goes on with a bucket once it has another token.
func (p *pacer) pace(b *bucket, delay time.Duration) {
	_ = p.clock.Sleep(context.Background(), delay) // its context is never done
	p.mu.Lock()
	defer p.mu.Unlock()
	b.pacing = false
	p.lapseQueued(b, p.clock.Now())
	p.proceed(b)
}

func (p *pacer) snapshot() BudgetStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	stats := p.stats
	stats.RequestsPerSecond, stats.Waiting = p.lowest(p.clock.Now()), p.waiting
	return stats
}

// crowded reports whether requests about a resource wait for their turn. Only those of the same
// account count, because other accounts hold nothing up.
func (p *pacer) crowded(service, resource string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.accountOf(service, resource)
	if p.lapse(of, p.clock.Now()) {
		p.grant()
	}
	b := p.buckets[p.payerOf(of)]
	return b != nil && len(b.queue) > 0
}
