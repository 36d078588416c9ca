package poller

// SetProcesses says how many processes share the budgets that have a TotalRequestsPerSecond, this one
// included. Before the first call, and for a number below 1, this process is the only one. Call it
// while requests run, whenever the number changes.
//
// A smaller share holds at once. A larger one does, too, unless quota errors have lowered the
// budget: then the rate grows on, to the new share.
func (p *Poller) SetProcesses(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.processes = max(n, 1)
	for service, pacer := range p.pacers {
		if budget := p.budgets[service]; budget.TotalRequestsPerSecond > 0 {
			pacer.reshare(budget.over(p.processes))
		}
	}
}

// SharesTotals reports whether a budget has a TotalRequestsPerSecond. Otherwise SetProcesses changes
// nothing.
func (p *Poller) SharesTotals() bool {
	for _, budget := range p.budgets {
		if budget.TotalRequestsPerSecond > 0 {
			return true
		}
	}
	return false
}

// reshare gives all buckets another share.
func (p *pacer) reshare(share Budget) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	p.share = share
	for _, b := range p.buckets {
		p.raise(b, now) // up to the share of before
		b.reshare(share, now)
		p.sort(b)
	}
	p.measure(now)
}
