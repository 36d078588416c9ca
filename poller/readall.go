package poller

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ReadAll reads each operation once, now. A read of any priority but [PriorityPoll] is never
// deferred. It returns an answer for each operation or, if ctx is done, the answers it has.
func (p *Poller) ReadAll(ctx context.Context, refs []lro.Ref, priority Priority) []Answer {
	w := p.NewWaiter(ctx, WaiterOptions{})
	defer w.Leave()
	now := p.clock.Now()
	for i, ref := range refs {
		w.Subscribe(ref, i).ReadAt(now, 0, priority)
	}
	answers := make([]Answer, 0, len(refs))
	answered := make([]bool, len(refs))
	for len(answers) < len(refs) {
		came := w.Take(ctx, time.Time{})
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
