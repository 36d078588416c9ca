package poller

import (
	"context"

	"github.com/awaitop/awaitop/lro"
)

// readAll reads each operation once, now: no priority but PriorityPoll is put off.
// It returns what it has once ctx is done.
func (p *Poller) ReadAll(ctx context.Context, refs []lro.Ref, priority Priority) []Answer {
	r := p.NewWaiter(ctx)
	now := p.clock.Now()
	members := make([]*Subscription, len(refs))
	for i, ref := range refs {
		members[i] = r.Subscribe(ref, i)
		defer members[i].Leave()
		members[i].Due(now, now, priority)
	}
	ask := func() {
		for _, m := range members {
			m.Ready()
		}
	}
	ask()
	answers := make([]Answer, 0, len(refs))
	answered := make([]bool, len(refs))
	for len(answers) < len(refs) {
		came := r.Await(ctx, ask)
		if len(came) == 0 {
			break
		}
		for _, a := range came {
			if !answered[a.Index] {
				answered[a.Index] = true
				answers = append(answers, a)
			}
		}
	}
	return answers
}
