package poller

import "github.com/awaitop/awaitop/lro"

// AnnounceReplacement tells the waits of the owner for an operation in this process that another wait
// replaces them. It ends none of them. It reports whether one of them has seen the operation.
func (p *Poller) AnnounceReplacement(owner string, ref lro.Ref) (seen bool) {
	for _, replaced := range p.replacedFuncs(owner, ref) {
		seen = replaced() || seen
	}
	return seen
}

func (p *Poller) replacedFuncs(owner string, ref lro.Ref) (all []func() bool) {
	g := p.groupOf(ref)
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.subscriptions[ref.Name] {
		if o := s.waiter.options; o.Replaced != nil && o.Owner == owner {
			all = append(all, o.Replaced)
		}
	}
	return all
}
