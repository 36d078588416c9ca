package poller

import "time"

// reject lowers the budget of the request's account. If the rejection names a consumer, that
// consumer pays for the account from then on.
func (p *pacer) reject(t *ticket, err error) {
	now := p.clock.Now()
	p.stats.Rejected++
	p.measures.reject()
	p.lower(p.bucket(t.account, now), now)
	p.learn(t.account, namedConsumer(err), now)
}

// lower lowers a bucket's rate after a rejection.
func (p *pacer) lower(b *bucket, now time.Time) {
	if b.lower(now) {
		p.sort(b)
		p.measure(now)
	}
}

// raise raises a bucket's lowered rate, and reports whether it has changed.
func (p *pacer) raise(b *bucket, now time.Time) bool {
	raised := b.raise(now)
	if raised {
		p.sort(b)
	}
	return raised
}

// sort puts a bucket into its position among the lowered ones, by its rate.
func (p *pacer) sort(b *bucket) {
	switch l := (loweredBucket{b}); {
	case b.lowered.IsZero():
		p.lowered.remove(l)
	case b.lowness < 0:
		p.lowered.add(l)
	default:
		p.lowered.moved(l)
	}
}

// lowest is the lowest rate in force.
func (p *pacer) lowest(now time.Time) float64 {
	for len(p.lowered) > 0 && p.raise(p.lowered[0].bucket, now) {
	}
	if len(p.lowered) > 0 {
		return p.lowered[0].rate()
	}
	return p.share.RequestsPerSecond
}

// measure records the lowest rate in force.
func (p *pacer) measure(now time.Time) {
	p.measured = now
	p.measures.allow(p.lowest(now))
}
