package poller

import (
	"context"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// group holds the subscriptions of this process to the operations of one family. While a read is due
// it runs one goroutine, run, which waits for turns. Each request then has a goroutine of its own: get
// or list. These give answers to the waits' boxes.
type group struct {
	poller *Poller
	family lro.Collection
	pacer  *pacer

	mu            sync.Mutex
	subscriptions map[string][]*Subscription // by the operation's name
	due           queue[*Subscription]       // those of state isDue; become changes it
	hung          queue[*Subscription]       // like due, for polls whose operations are known to hang
	hanging       int                        // how many of hung are being read
	ticket        *ticket                    // in the pacer's queue, nil if it has none there
	running       bool                       // true while run serves the group
	replyProject  string                     // the project as the service writes it, if it differs from the name in requests; else ""
	plan          *listPlan                  // the List under way whose answers polls wait for, nil if there is none; setPlan changes it
	// unlisted is until when no List is made, because one did not come.
	unlisted time.Time
}

// refOf names a subscription's operation.
func (g *group) refOf(s *Subscription) lro.Ref {
	return lro.Ref{Service: g.family.Service, Name: s.name}
}

// setPlan makes polls wait for a List or, with nil, for none. Then it starts reads of the operations
// that are due.
func (g *group) setPlan(plan *listPlan) {
	g.plan = plan
	g.wake()
}

// next returns the subscription to be read next, nil if there is none. Polls wait until the List under
// way has ended, because it may answer them. A read that cannot be put off does not wait.
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

// wake starts a read of the operations that are due. Call it after each change that can make next
// return another one: become, setPlan and settle do. request calls it for a subscription that was due
// before, whose order may have changed.
func (g *group) wake() {
	first := g.next()
	switch {
	case first == nil:
	case !g.running:
		g.running = true
		go g.run()
	case g.ticket != nil:
		g.pacer.advance(g.ticket, first.urgency)
	}
}

// withdraw leaves the queue of requests if no operation is due any more.
func (g *group) withdraw() {
	if g.next() == nil && g.ticket != nil && g.pacer.withdraw(g.ticket) {
		g.ticket = nil
	}
}

// run reads the operations that are due, the most urgent first, until none is.
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
		g.ticket = t
		g.mu.Unlock()
		<-t.out
		if t.granted {
			g.serve(t)
		}
	}
}

// serve makes the request whose turn has come.
func (g *group) serve(t *ticket) {
	g.mu.Lock()
	g.ticket = nil
	first := g.next()
	if first == nil { // all have left meanwhile
		g.mu.Unlock()
		g.pacer.done(t, nil)
		return
	}
	if plan, ok := g.planList(first); ok {
		g.setPlan(&plan)
		g.mu.Unlock()
		go g.list(&plan, t)
		return
	}
	knownToHang := first.hangs > 0
	if knownToHang {
		g.hanging++
	}
	for _, s := range g.subscriptions[first.name] { // one read serves all waits for it
		s.become(reading)
	}
	g.mu.Unlock()
	go g.get(first, t, knownToHang)
}

// get reads one operation. Its waits get an answer in any case. If no reply comes, they get
// errNoReply, and later the reply if it says that the operation has ended.
func (g *group) get(s *Subscription, t *ticket, knownToHang bool) {
	ref, read := g.refOf(s), Answer{Err: errNoReply}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.waiter.ctx), requestPatience)
	defer cancel()
	inTime := context.AfterFunc(ctx, func() {
		g.settle(s.name, t, knownToHang, Answer{Err: errNoReply})
		g.pacer.done(t, nil) // a request that does not return holds nothing up
	})
	defer func() { // even if the client ends this goroutine
		if inTime() {
			g.settle(s.name, t, knownToHang, read)
		} else if read.Err == nil && read.Op.Done {
			g.tell(s.name, read)
		}
	}()
	read.Err = g.pacer.make(ctx, t, func(ctx context.Context) (err error) {
		read.Op, err = g.poller.read(ctx, ref)
		return err
	})
}

// tell gives all waits for an operation the result of a Get.
func (g *group) tell(name string, a Answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deliver(name, a)
}

// deliver gives all waits for an operation the result of a Get, and learns from it how the service
// writes names.
func (g *group) deliver(name string, a Answer) {
	if a.Err == nil {
		g.learnAlias(name, a.Op.Name)
	}
	for _, s := range g.subscriptions[name] {
		s.answer(a)
	}
}
