package poller

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
var ErrDeferred = errors.New("deferred")

// requestPatience bounds a wait for the answer to a request that is under way: twice
// what a [Client] may take. Of real time, as listPatience.
const requestPatience = 2 * time.Minute

// errNoReply is the answer to a read that brought none.
var errNoReply = &lro.Error{Method: "GetOperation", NoStatus: true, Status: lro.Status{
	Code: lro.CodeDeadlineExceeded, Message: "no reply within " + requestPatience.String(),
}}

// earlyPart is the part of an interval before its end in which an answer that comes
// along with others' takes the place of the read.
const EarlyPart = 4

// group is the operations of one family that are waited for in this process. It
// runs a goroutine only while one of them is due.
type group struct {
	poller *Poller
	family lro.Collection
	pacer  *pacer

	mu      sync.Mutex
	members map[string][]*Subscription // by the operation's name
	due     queue[*Subscription]       // those of state isDue; become changes it
	hung    queue[*Subscription]       // as due, the polls whose operations are known to hang
	hanging int                        // how many of those are being read
	turn    *turn                      // the group's place in the queue, nil if it has none
	running bool                       // as long as next has one, there is a run
	written string                     // the project as the service writes it, where that is not as it is asked for; else ""
	plan    *listPlan                  // the List under way whose answers are waited for, nil if there is none; follow changes it
	// unlisted is until when no List is made: one did not come.
	unlisted time.Time
}

// memberState is where a member stands.
type memberState int8

const (
	idle    memberState = iota // not due yet
	isDue                      // to be read
	reading                    // a Get of it is under way
	inList                     // the group's plan is to answer it
)

// member is one operation of a reader's.
type Subscription struct {
	group    *group
	reader   *Waiter
	name     string
	index    int
	state    memberState // become changes it
	answered bool        // whether an answer came that its wait has not acted on
	place    int         // in the group's due members
	urgency              // its due is when it is to be read
	early    time.Time   // from when on an answer does as well
	// page is the one of the last list that it was on; 0 if it was on none.
	page int
	// unlisted is until when lists are not asked for it: one did not show it.
	unlisted time.Time
	// kind is the type URL of its metadata, "" as long as that is not known.
	kind string
}

// before is for members of one queue. Of those that hang, those go first that have done so
// least often: it may have been by accident.
func (m *Subscription) before(other *Subscription) bool {
	if m.hangs != other.hangs {
		return m.hangs < other.hangs
	}
	return m.urgency.before(other.urgency)
}

func (m *Subscription) at() *int { return &m.place }

// refOf names a member's operation.
func (g *group) refOf(m *Subscription) lro.Ref {
	return lro.Ref{Service: g.family.Service, Name: m.name}
}

// join makes an operation one of the reader's.
func (r *Waiter) Subscribe(ref lro.Ref, index int) *Subscription {
	p := r.poller
	key := family(ref)
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[key]
	if g == nil {
		g = &group{poller: p, family: key, pacer: p.pacerLocked(ref.Service), members: map[string][]*Subscription{}}
		p.groups[key] = g
	}
	m := &Subscription{group: g, reader: r, name: ref.Name, index: index, place: -1}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.members[m.name] = append(g.members[m.name], m)
	return m
}

// leave ends the membership. No answer comes any more.
func (m *Subscription) Leave() {
	g, p := m.group, m.group.poller
	p.mu.Lock()
	defer p.mu.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	rest := slices.DeleteFunc(g.members[m.name], func(other *Subscription) bool { return other == m })
	if len(rest) > 0 {
		g.members[m.name] = rest
	} else {
		delete(g.members, m.name)
	}
	m.become(idle)
	if g.next() == nil && g.turn != nil && g.pacer.withdraw(g.turn) {
		g.turn = nil
	}
	if len(g.members) == 0 && p.groups[g.family] == g {
		delete(p.groups, g.family)
	}
}

// supersede has those waits of this process for an operation ask the server whether
// they go on that have the owner: it has replaced one. It
// reports whether one of them has seen the operation.
func (p *Poller) Supersede(owner string, ref lro.Ref) (seen bool) {
	g := p.groupOf(ref)
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.members[ref.Name] {
		if m.reader.Superseded != nil && m.reader.Owner == owner {
			seen = seen || m.reader.Seen.Load()
			m.reader.Superseded()
		}
	}
	return seen
}

// schedule says when the member is to be read, and from when on it may be.
func (m *Subscription) Due(due, early time.Time, priority Priority) {
	m.group.mu.Lock()
	defer m.group.mu.Unlock()
	if m.state == isDue { // it has been answered meanwhile
		m.become(idle)
	}
	m.urgency, m.early, m.answered = urgency{priority: priority, due: due}, early, false
}

// ready has the member read as soon as the budget allows. An answer on its way,
// or that has just come, will do as well: but for what cannot be put off, not a List
// that has been under way before. A wait without an answer calls it again and again: so
// what is due would be read even if nobody had been woken.
func (m *Subscription) Ready() {
	m.group.mu.Lock()
	defer m.group.mu.Unlock()
	if m.state == idle && !m.answered || m.state == inList && m.priority != PriorityPoll && m.due.After(m.group.plan.began) {
		m.become(isDue)
	}
	m.group.wake()
}

// become is the one way in which a member's state changes: what is due is queued, and
// somebody reads it.
func (m *Subscription) become(state memberState) {
	g := m.group
	g.queueOf(m).remove(m)
	m.state, m.hangs = state, 0
	if state != isDue {
		return
	}
	if m.priority == PriorityPoll {
		m.hangs = g.poller.hangs.of(g.refOf(m))
	}
	g.queueOf(m).add(m)
	g.wake()
}

// follow has polls wait for a List, or for none any more: then what is due is read.
func (g *group) follow(plan *listPlan) {
	g.plan = plan
	g.wake()
}

// next returns the member to be read next, nil if there is none. Polls wait until
// the List under way has ended: it may answer them. What cannot be put off does not.
func (g *group) next() *Subscription {
	hung := g.firstHung()
	if len(g.due) == 0 || g.plan != nil && g.due[0].priority == PriorityPoll {
		return hung
	}
	if first := g.due[0]; hung == nil || !hung.urgency.before(first.urgency) {
		return first
	}
	return hung
}

// wake sees to it that what is due is read. become, follow and settle call it, and
// nothing else makes next have one.
func (g *group) wake() {
	first := g.next()
	switch {
	case first == nil:
	case !g.running:
		g.running = true
		go g.run()
	case g.turn != nil:
		g.pacer.advance(g.turn, first.urgency)
	}
}

// run reads what is due, the most urgent first, until nothing is.
func (g *group) run() {
	for {
		g.mu.Lock()
		first := g.next()
		if first == nil {
			g.running = false
			g.mu.Unlock()
			return
		}
		t := g.pacer.enter(g.family.Service, g.family.Name, first.urgency)
		g.turn = t
		g.mu.Unlock()
		<-t.come
		if t.given {
			g.serve(t)
		}
	}
}

// serve makes the request whose turn has come.
func (g *group) serve(t *turn) {
	g.mu.Lock()
	g.turn = nil
	first := g.next()
	if first == nil { // all have left meanwhile
		g.mu.Unlock()
		g.pacer.done(t, nil)
		return
	}
	if plan, ok := g.planList(first); ok {
		g.follow(&plan)
		g.mu.Unlock()
		go g.list(&plan, t)
		return
	}
	apart := first.hangs > 0
	if apart {
		g.hanging++
	}
	for _, m := range g.members[first.name] { // one read serves them all
		m.become(reading)
	}
	g.mu.Unlock()
	go g.get(first, t, apart)
}

// get reads one operation, apart from others if it is known to hang. Its waits are
// answered in any case: if no reply comes, by that, and later by the reply if it says that
// the operation has ended.
func (g *group) get(m *Subscription, t *turn, apart bool) {
	ref, read := g.refOf(m), Answer{Err: errNoReply}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(m.reader.ctx), requestPatience)
	defer cancel()
	inTime := context.AfterFunc(ctx, func() {
		g.settle(m.name, t, apart, Answer{Err: errNoReply})
		g.pacer.done(t, nil) // what does not return holds nothing up
	})
	defer func() { // even if the client ends this goroutine
		if inTime() {
			g.settle(m.name, t, apart, read)
		} else if read.Err == nil && read.Op.Done {
			g.tell(m.name, read)
		}
	}()
	read.Err = g.pacer.make(ctx, t, func(ctx context.Context) (err error) {
		read.Op, err = g.poller.read(ctx, ref)
		return err
	})
}

// tell answers all who wait for an operation with what a Get brought.
func (g *group) tell(name string, a Answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deliver(name, a)
}

// deliver answers all who wait for an operation with what a Get brought, and learns from it
// how the service writes names.
func (g *group) deliver(name string, a Answer) {
	if a.Err == nil {
		g.learnAlias(name, a.Op.Name)
	}
	a.At = g.poller.clock.Now()
	for _, m := range g.members[name] {
		m.answer(a)
	}
}

// answer hands the member an answer.
func (m *Subscription) answer(a Answer) {
	m.become(idle)
	if a.Err == nil && m.kind == "" {
		m.kind = metadataType(a.Op.Metadata)
	}
	m.answered = true
	a.bound()
	a.Index = m.index
	m.reader.put(a)
}

// byGet reports whether a Get of the member is under way, or to be made even
// while a List is.
func (m *Subscription) byGet() bool {
	return m.state == reading || m.state == isDue && m.priority != PriorityPoll
}

// passed is the part of the member's interval that has passed. A Get that is made
// anyway is not saved.
func (m *Subscription) passed(now time.Time) float64 {
	if m.byGet() {
		return 0
	}
	left := m.due.Sub(now)
	if m.state != idle || left <= 0 {
		return 1
	}
	interval := EarlyPart * m.due.Sub(m.early)
	if m.answered || interval <= 0 {
		return 0
	}
	return max(1-left.Seconds()/interval.Seconds(), 0)
}
