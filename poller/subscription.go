package poller

import (
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// earlyPart is the last part of an interval. In it, the answer to another read replaces the read.
const earlyPart = 0.25

// Subscription is one operation of a Waiter.
type Subscription struct {
	waiter *Waiter
	group  *group
	name   string
	index  int

	// The waiter's goroutine alone uses these.
	agendaPosition int  // on the waiter's agenda
	underway       bool // a read was requested, and no answer has been taken
	mayWait        bool // no server-side wait was tried since the last ReadAt

	// The group's lock guards these. The waiter's goroutine alone writes priority, due and
	// interval, and so reads them without the lock. become writes hangs, in any goroutine.
	urgency                       // when it is to be read, and before which others
	interval    time.Duration     // from the read before to the next
	state       subscriptionState // become changes it
	duePosition int               // in its group's queue
	answered    bool              // an answer came on which its wait has not acted
	page        int               // the page of the last List that had it; 0 for none
	unlisted    time.Time         // until when no List is made for it, because one did not show it
	runs        bool              // the last answer showed it running
	wait        *serverWait       // the server-side wait that it has sent, nil if none is under way
	kind        string            // the type URL of its metadata, "" while that is not known
}

// subscriptionState is the state of a subscription.
type subscriptionState int8

const (
	idle    subscriptionState = iota // not to be read yet
	isDue                            // to be read
	reading                          // a Get of it is under way
	inList                           // the group's plan is to answer it
)

// scheduled is a subscription on its waiter's agenda.
type scheduled struct{ *Subscription }

func (s scheduled) before(other scheduled) bool { return s.due.Before(other.due) }
func (s scheduled) at() *int                    { return &s.agendaPosition }

// before orders the subscriptions that are due. Of operations that hang, the one that hung least
// often goes first, because that may have been an accident.
func (s *Subscription) before(other *Subscription) bool {
	if s.hangs != other.hangs {
		return s.hangs < other.hangs
	}
	return s.urgency.before(other.urgency)
}

func (s *Subscription) at() *int { return &s.duePosition }

// join subscribes a wait to an operation.
func (p *Poller) join(w *Waiter, ref lro.Ref, index int) *Subscription {
	key := family(ref)
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[key]
	if g == nil {
		g = &group{poller: p, family: key, pacer: p.pacerLocked(ref.Service), subscriptions: map[string][]*Subscription{}}
		p.groups[key] = g
	}
	s := &Subscription{group: g, waiter: w, name: ref.Name, index: index, duePosition: -1, agendaPosition: -1}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.subscriptions[s.name] = append(g.subscriptions[s.name], s)
	return s
}

// Leave ends the subscription. No further answer comes, and a second call does nothing.
func (s *Subscription) Leave() {
	s.waiter.forget(s)
	g, p := s.group, s.group.poller
	p.mu.Lock()
	defer p.mu.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	rest := slices.DeleteFunc(g.subscriptions[s.name], func(other *Subscription) bool { return other == s })
	if len(rest) > 0 {
		g.subscriptions[s.name] = rest
	} else {
		delete(g.subscriptions, s.name)
	}
	s.giveUpWait()
	s.become(idle)
	g.withdraw()
	if len(g.subscriptions) == 0 && p.groups[g.family] == g {
		delete(p.groups, g.family)
	}
}

// ReadAt says when to read the operation next, by the Poller's clock, and how long the interval is
// that ends then. In the last quarter of the interval, the answer to another read replaces the read.
// The operation is read while the wait is in [Waiter.Take].
func (s *Subscription) ReadAt(at time.Time, interval time.Duration, priority Priority) {
	s.schedule(urgency{priority: priority, due: at}, interval)
	s.waiter.forget(s)
	s.waiter.agenda.add(scheduled{s})
	s.mayWait = s.waiter.atServer
}

func (s *Subscription) schedule(u urgency, interval time.Duration) {
	s.group.mu.Lock()
	defer s.group.mu.Unlock()
	if s.state == isDue { // one Take returned two answers, and in between a List made it due
		s.become(idle)
	}
	s.urgency, s.interval, s.answered = u, interval, false
}

// request requests a read of the operation, as soon as the budget allows. An answer that is on its
// way, or has just come, replaces the read. But if the read cannot be put off, a List that was under
// way before the read was due does not replace it.
func (s *Subscription) request() {
	s.group.mu.Lock()
	defer s.group.mu.Unlock()
	if !s.answered && s.holdsRead() {
		return
	}
	if s.state == idle && !s.answered || s.state == inList && s.priority != PriorityPoll && s.due.After(s.group.plan.began) {
		s.become(isDue)
	}
	s.group.wake()
}

// become is the one method that changes the state of a subscription. It puts one that is due into a
// queue, and starts a read.
func (s *Subscription) become(state subscriptionState) {
	g := s.group
	g.queueOf(s).remove(s)
	s.state, s.hangs = state, 0
	if state != isDue {
		return
	}
	if s.priority == PriorityPoll {
		s.hangs = g.poller.hangs.of(g.refOf(s))
	}
	g.queueOf(s).add(s)
	g.wake()
}

// answer gives the wait an answer.
func (s *Subscription) answer(a Answer) {
	s.become(idle)
	if a.Err == nil && s.kind == "" {
		s.kind = metadataType(a.Op.Metadata)
	}
	s.answered, s.runs = true, a.Err == nil && !a.Op.Done
	if s.wait != nil {
		s.wait.holds = false
	}
	a.bound()
	a.Index, a.subscription = s.index, s
	s.waiter.box.put(a)
}

// early is the time from which on an answer replaces the read.
func (s *Subscription) early() time.Time {
	return s.due.Add(-time.Duration(earlyPart * float64(s.interval)))
}

// byGet reports whether a Get of the operation is under way, or to be made even while a List is. A
// server-side wait counts as a Get.
func (s *Subscription) byGet() bool {
	return s.state == reading || s.state == isDue && s.priority != PriorityPoll || s.waitsInPlace()
}

// passed is the part of the interval that has passed. A Get that is made anyway is not saved.
func (s *Subscription) passed(now time.Time) float64 {
	if s.byGet() {
		return 0
	}
	left := s.due.Sub(now)
	if s.state != idle || left <= 0 {
		return 1
	}
	if s.answered || s.interval <= 0 {
		return 0
	}
	return max(1-left.Seconds()/s.interval.Seconds(), 0)
}
