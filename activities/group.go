package activities

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// errDeferred is the answer to a read that was not made, in favor of others:
// the wait goes on as if it had been, and is read again when it is due next.
var errDeferred = errors.New("deferred")

// group is the operations of one family that are waited for in this process. It
// runs a goroutine only while one of them is due.
type group struct {
	poller *Poller
	family lro.Ref
	pacer  *pacer

	mu      sync.Mutex
	members map[string][]*member // by the operation's name
	due     queue[*member]
	turn    *turn // the group's place in the queue, nil if it has none
	running bool
}

// memberState is where a member stands.
type memberState int8

const (
	idle    memberState = iota // not due yet
	isDue                      // to be read
	reading                    // a request for it is under way
)

// member is one operation of a reader's.
type member struct {
	group    *group
	reader   *reader
	name     string
	index    int
	state    memberState
	answered bool      // whether an answer came that its wait has not acted on
	place    int       // in the group's due members
	urgency            // its due is when it is to be read
	early    time.Time // from when on an answer does as well
	// page is the one of the last list that it was on; 0 if it was on none.
	page int
	// unlisted is until when lists are not asked for it: one did not show it.
	unlisted time.Time
	// kind is the type URL of its metadata, "" as long as that is not known.
	kind string
}

func (m *member) before(other *member) bool { return m.urgency.before(other.urgency) }
func (m *member) at() *int                  { return &m.place }

// join makes an operation one of the reader's.
func (r *reader) join(ref lro.Ref, index int) *member {
	p := r.poller
	key := family(ref)
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[key]
	if g == nil {
		g = &group{poller: p, family: key, pacer: p.pacerLocked(ref.Service), members: map[string][]*member{}}
		p.groups[key] = g
	}
	m := &member{group: g, reader: r, name: ref.Name, index: index, place: -1}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.members[m.name] = append(g.members[m.name], m)
	return m
}

// leave ends the membership. No answer comes any more.
func (m *member) leave() {
	g, p := m.group, m.group.poller
	p.mu.Lock()
	defer p.mu.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	rest := slices.DeleteFunc(g.members[m.name], func(other *member) bool { return other == m })
	if len(rest) > 0 {
		g.members[m.name] = rest
	} else {
		delete(g.members, m.name)
	}
	m.settle()
	if len(g.due) == 0 && g.turn != nil && g.pacer.withdraw(g.turn) {
		g.turn = nil
	}
	if len(g.members) == 0 && p.groups[g.family] == g {
		delete(p.groups, g.family)
	}
}

// schedule says when the member is to be read, and from when on it may be.
func (m *member) schedule(due, early time.Time, priority Priority) {
	m.group.mu.Lock()
	defer m.group.mu.Unlock()
	if m.state == isDue { // it has been answered meanwhile
		m.settle()
	}
	m.urgency, m.early, m.answered = urgency{priority, due}, early, false
}

// ready has the member read as soon as the budget allows. An answer on its way,
// or that has just come, will do as well.
func (m *member) ready() {
	g := m.group
	g.mu.Lock()
	defer g.mu.Unlock()
	if m.state != idle || m.answered {
		return
	}
	m.setDue()
	switch {
	case !g.running:
		g.running = true
		go g.run()
	case g.turn != nil:
		g.pacer.advance(g.turn, m.urgency)
	}
}

func (m *member) setDue() {
	m.state = isDue
	m.group.due.add(m)
}

// settle makes the member idle.
func (m *member) settle() {
	m.group.due.remove(m)
	m.state = idle
}

// run reads what is due, the most urgent first, until nothing is.
func (g *group) run() {
	for {
		g.mu.Lock()
		if len(g.due) == 0 {
			g.running = false
			g.mu.Unlock()
			return
		}
		first := g.due[0]
		t := g.pacer.enter(first.urgency)
		g.turn = t
		g.mu.Unlock()
		<-t.come
		if t.given {
			g.serve()
		}
	}
}

// serve makes the request whose turn has come.
func (g *group) serve() {
	g.mu.Lock()
	g.turn = nil
	if len(g.due) == 0 { // all have left meanwhile
		g.mu.Unlock()
		g.pacer.done(nil)
		return
	}
	if plan, ok := g.planList(); ok {
		g.mu.Unlock()
		g.list(plan)
		return
	}
	first := g.due[0]
	for _, m := range g.members[first.name] { // one read serves them all
		m.settle()
		m.state = reading
	}
	g.mu.Unlock()
	go g.get(first)
}

// get reads one operation.
func (g *group) get(m *member) {
	ref := lro.Ref{Service: g.family.Service, Name: m.name}
	var op lro.Operation
	err := g.pacer.make(func() (err error) {
		op, err = g.poller.read(context.WithoutCancel(m.reader.ctx), ref)
		return err
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deliver(m.name, answer{op: op, err: err})
}

// deliver answers all who wait for an operation, and says how much of a read
// that saves: one for who is being read, for who is not due yet the part of the
// interval that has passed.
func (g *group) deliver(name string, a answer) (saved float64) {
	a.at = g.poller.clock.Now()
	for _, m := range g.members[name] {
		saved = max(saved, m.passed(a.at))
		m.settle()
		if a.err == nil && m.kind == "" {
			m.kind = metadataType(a.op.Metadata)
		}
		m.answered = true
		a.index = m.index
		m.reader.put(a)
	}
	return saved
}

// passed is the part of the member's interval that has passed.
func (m *member) passed(now time.Time) float64 {
	left := m.due.Sub(now)
	if m.state != idle || left <= 0 {
		return 1
	}
	interval := earlyPart * m.due.Sub(m.early)
	if m.answered || interval <= 0 {
		return 0
	}
	return max(1-left.Seconds()/interval.Seconds(), 0)
}
