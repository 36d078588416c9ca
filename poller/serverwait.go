package poller

import (
	"context"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// shortestWait is the least time to the next read for which a server-side wait is sent.
	shortestWait = 500 * time.Millisecond
	// waitGrace is how long a due read waits for the answer to a server-side wait that was sent in
	// its place. It is real time, as requestPatience.
	waitGrace = time.Second
	// waitPatience bounds a server-side wait, whatever the client does. It is real time, too.
	waitPatience = lro.MaxWaitTimeout + 30*time.Second
)

// serverWait is a request that the service answers once an operation has ended, or a timeout is over.
// Its group's lock guards it.
type serverWait struct {
	ctx     context.Context
	cancel  context.CancelFunc
	sent    time.Time
	due     time.Time     // when the read is due that it takes the place of
	timeout time.Duration // until then
	holds   bool          // the read is due, and waits for the answer
}

// sendWait sends a server-side wait in place of the next read, once for each ReadAt, if there is room
// for it. The read stays due, should no answer come.
func (s *Subscription) sendWait(now time.Time) {
	if !s.mayWait {
		return
	}
	s.mayWait = false
	g := s.group
	g.mu.Lock()
	defer g.mu.Unlock()
	timeout := min(s.due.Sub(now), lro.MaxWaitTimeout)
	if timeout < shortestWait || !g.waits(s, now) {
		return
	}
	t := g.pacer.tryWait(g.family.Service, g.family.Name, s.urgency)
	if t == nil {
		return
	}
	s.wait = newServerWait(s, now, timeout)
	go g.awaitServer(s, s.wait, t)
}

func newServerWait(s *Subscription, now time.Time, timeout time.Duration) *serverWait {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.waiter.ctx), waitPatience)
	return &serverWait{ctx: ctx, cancel: cancel, sent: now, due: s.due, timeout: timeout}
}

// waits reports whether a server-side wait for the operation may be sent: after a read that has shown
// it running, one at a time, and only if the service has not asked for something else.
func (g *group) waits(s *Subscription, now time.Time) bool {
	ref := g.refOf(s)
	underway := slices.ContainsFunc(g.subscriptions[s.name], func(other *Subscription) bool { return other.wait != nil })
	return s.runs && s.state == idle && !underway && g.poller.waiter.Waits(ref) &&
		!now.Before(g.poller.AdvisedUntil(ref)) && !g.poller.unwaited.has(ref, now)
}

// awaitServer makes the request of a server-side wait.
func (g *group) awaitServer(s *Subscription, w *serverWait, t *ticket) {
	a := Answer{Err: errNoReply}
	defer w.cancel()
	gone := context.AfterFunc(w.ctx, func() { g.pacer.done(t, nil) }) // a request that does not return holds nothing up
	defer func() {                                                    // even if the client ends this goroutine
		gone()
		g.endWait(s, w, a)
	}()
	ref := g.refOf(s)
	a.Err = g.pacer.make(w.ctx, t, func(ctx context.Context) (err error) {
		if a.Op, err = g.poller.waiter.WaitOperation(ctx, ref, w.timeout); err == nil {
			err = sameOperation("WaitOperation", ref, a.Op)
		}
		return err
	})
}

// endWait takes the answer to a server-side wait, if it is one. Otherwise the operation is read when it
// is due.
func (g *group) endWait(s *Subscription, w *serverWait, a Answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s.wait != w { // it was given up
		if a.Err == nil && a.Op.Done {
			g.deliver(s.name, a)
		}
		return
	}
	now := g.poller.clock.Now()
	verdict := judgeWait(&a, now.Sub(w.sent), w.timeout)
	g.poller.unwaited.note(g.refOf(s), verdict, now)
	g.poller.advice.note(g.refOf(s), a.Err, now)
	held := w.holds
	s.wait = nil
	switch {
	case verdict.answers:
		g.deliver(s.name, a)
	case held:
		s.become(isDue)
	}
}

// giveUpWait ends the request of a server-side wait at once.
func (s *Subscription) giveUpWait() {
	if s.wait != nil {
		s.wait.cancel()
		s.wait = nil
	}
}

// holdsRead reports whether a read that is due waits for the answer to the server-side wait that was
// sent in its place. A read that cannot be put off does not.
func (s *Subscription) holdsRead() bool {
	w := s.wait
	if s.priority != PriorityPoll || !s.waitsInPlace() {
		return false
	}
	if !w.holds {
		w.holds = true
		time.AfterFunc(waitGrace, func() { s.readAfterWait(w) })
	}
	return true
}

// readAfterWait reads an operation whose server-side wait has not been answered in time. The wait
// goes on: services without a timeout answer by a time of their own.
func (s *Subscription) readAfterWait(w *serverWait) {
	s.group.mu.Lock()
	defer s.group.mu.Unlock()
	if s.wait == w && w.holds {
		w.holds, w.due = false, time.Time{}
		s.become(isDue)
	}
}

// waitsInPlace reports whether a server-side wait takes the place of the next read.
func (s *Subscription) waitsInPlace() bool {
	return s.state == idle && s.wait != nil && s.wait.due.Equal(s.due)
}
