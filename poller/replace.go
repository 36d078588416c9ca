package poller

import "github.com/awaitop/awaitop/lro"

// Replace tells the waits of the owner for an operation in this process that another wait replaces
// them. It reports whether one of them has seen the operation.
func (p *Poller) Replace(owner string, ref lro.Ref) (seen bool) {
	for _, replaced := range p.replaceable(owner, ref) {
		seen = replaced() || seen
	}
	return seen
}

func (p *Poller) replaceable(owner string, ref lro.Ref) (all []func() bool) {
	g := p.groupOf(ref)
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.members[ref.Name] {
		if o := s.waiter.options; o.Replaced != nil && o.Owner == owner {
			all = append(all, o.Replaced)
		}
	}
	return all
}
