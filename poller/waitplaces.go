package poller

// maxServerWaits bounds the server-side waits under way to one service: half of its places, so that
// reads find one.
const maxServerWaits = maxInFlight / 2

// spareTokens is how many tokens a bucket must have for a server-side wait. It leaves one for a cancel.
const spareTokens = 2

// tryWait begins a server-side wait for an operation in a family, if no request has to wait for it. It
// returns nil if there is no token, place or turn to spare. After the request call done.
func (p *pacer) tryWait(service, resource string, u urgency) *ticket {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	t := &ticket{urgency: u, account: p.accountOf(service, resource), since: now, position: -1, atServer: true}
	t.bucket = p.bucket(t.account, now)
	p.raise(t.bucket, now)
	if p.atServer >= maxServerWaits || p.full() || !t.bucket.spares(now) {
		return nil
	}
	_ = t.bucket.spend(now) // the token is there
	p.stats.Requests++
	p.begin(t)
	return t
}
