package poller

import "time"

// full reports whether no place is free.
func (p *pacer) full() bool { return p.held+p.atServer >= maxInFlight }

// take begins a request: with a place, unless it is urgent or known to hang. A server-side wait never
// counts as hanging.
func (p *pacer) take(t *ticket) {
	if t.atServer {
		p.atServer++
		return
	}
	switch b := t.bucket; {
	case t.urgent():
	case t.hangs > 0 && p.hasRoomAside(b):
		p.putAside(t)
	default:
		t.holdsPlace = true
		b.held++
		p.held++
	}
	t.hung, t.patience = false, time.AfterFunc(hangAfter, p.whenHangs(t))
}

// release gives back everything that a ticket holds.
func (p *pacer) release(t *ticket) {
	t.granted = false
	t.bucket.underway--
	if t.atServer {
		p.atServer--
		return
	}
	t.patience.Stop()
	if t.holdsPlace {
		p.giveBack(t)
	}
	if t.aside {
		t.aside = false
		t.bucket.aside--
		p.aside--
	}
}

// giveBack gives a ticket's place back.
func (p *pacer) giveBack(t *ticket) {
	t.holdsPlace = false
	t.bucket.held--
	p.held--
}
