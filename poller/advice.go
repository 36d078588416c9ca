package poller

import (
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// maxAdvised bounds the operations of a process whose advice is kept. For a further one any other
// is forgotten.
const maxAdvised = 10_000

// advice is until when services ask not to read operations, for a wait that takes the place of
// another. It is safe for concurrent use.
type advice struct {
	mu    sync.Mutex
	until map[lro.Ref]time.Time
}

// note keeps the advice of a read at now. A read without an error ends it.
func (d *advice) note(ref lro.Ref, err error, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := lro.RetryAfter(err)
	switch {
	case err == nil:
		delete(d.until, ref)
		return
	case after == 0:
		return
	case len(d.until) >= maxAdvised:
		for other := range d.until {
			delete(d.until, other)
			break
		}
	}
	d.until[ref] = now.Add(after)
}

// AdvisedUntil returns until when the service asks not to read an operation, by the Poller's clock:
// as far as the last Get of this process told. It is zero if the service did not ask.
func (p *Poller) AdvisedUntil(ref lro.Ref) time.Time {
	p.advice.mu.Lock()
	defer p.advice.mu.Unlock()
	return p.advice.until[ref]
}
