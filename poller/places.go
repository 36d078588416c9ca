package poller

import "time"

// full reports whether no place is free.
func (p *pacer) full() bool { return p.held >= maxInFlight }

// take begins a request: with a place, unless it is urgent or known to hang.
func (p *pacer) take(t *turn) {
	switch b := t.bucket; {
	case t.urgent():
	case t.hangs > 0 && p.hasRoomAside(b):
		p.putAside(t)
	default:
		t.holds = true
		b.held++
		p.held++
	}
	t.hung, t.patience = false, time.AfterFunc(hangAfter, p.whenHangs(t))
}

// release gives back everything that a turn holds.
func (p *pacer) release(t *turn) {
	t.given = false
	t.patience.Stop()
	t.bucket.underway--
	if t.holds {
		p.giveBack(t)
	}
	if t.aside {
		t.aside = false
		t.bucket.aside--
		p.aside--
	}
}

// giveBack gives a turn's place back.
func (p *pacer) giveBack(t *turn) {
	t.holds = false
	t.bucket.held--
	p.held--
}
