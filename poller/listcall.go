package poller

import (
	"context"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// listPatience is how long the Poller waits for a page before it reads the operations that the page
// is to answer one by one. A last read, due lastReadLead before the deadline, then still has most
// of LateReadGrace. It is real time, as a client's own timeouts are: a request takes real time, whatever
// clock was injected.
const listPatience = 3 * time.Second

// list answers a batch with the pages of one List. It reads as many pages as are known to be needed
// or, if that is not known, a number by the size of the batch. It reads more as long as the pages
// before saved as many reads. For pages that save none, it defers as many reads. So it never takes
// more calls than the Gets would. Only a List that is given up on costs extra calls.
func (g *group) list(plan *listPlan, t *ticket) {
	input := lro.ListRequest{Collection: plan.collection, Filter: plan.filter, PageSize: plan.listing.pageSize}
	var page lro.Page
	pages, saved, err := 0, 0.0, error(errNoReply)
	defer func() { // also if the client ends this goroutine
		g.conclude(plan, pages, saved, err, page.NextPageToken == "")
	}()
	defer time.AfterFunc(listPatience, func() { g.spare(plan) }).Stop()
	for {
		page, err = g.readPage(plan, t, input)
		pages++
		wanted, worth := g.deliverPage(plan, page, pages)
		saved += worth
		last := err != nil || page.NextPageToken == "" || page.NextPageToken == input.PageToken
		if last || !wanted || !plan.goesOn(pages, saved) {
			return
		}
		input.PageToken = page.NextPageToken
		t = g.pacer.enter(plan.collection.Service, plan.collection.Name, plan.urgency)
		<-t.out
	}
}

// spare starts Gets of the operations whose reads cannot be put off until all pages have come.
func (g *group) spare(plan *listPlan) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range plan.batch {
		for _, s := range g.subscriptions[one.name] {
			if g.plan == plan && s.state == inList && s.priority != PriorityPoll {
				s.become(isDue)
			}
		}
	}
}

// readPage reads a page. If that takes too long, the group stops waiting for its answers.
func (g *group) readPage(plan *listPlan, t *ticket, input lro.ListRequest) (page lro.Page, err error) {
	defer time.AfterFunc(listPatience, func() { g.giveUp(plan) }).Stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(plan.ctx), requestPatience)
	defer cancel()
	err = g.pacer.make(ctx, t, func(ctx context.Context) (err error) {
		page, err = g.poller.client.ListOperations(ctx, input)
		return err
	})
	return page, err
}

// giveUp starts Gets of the operations that wait for a List that does not come. For some time no
// other List of the group is made, of whichever collection: it would hang as well, and hold up the
// group again. If the List comes after all, the ends that it shows are answers.
func (g *group) giveUp(plan *listPlan) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.plan != plan {
		return
	}
	now := g.poller.clock.Now()
	for _, s := range plan.batch {
		g.readBySelf(s.name, now, false)
	}
	g.unlisted = now.Add(unlistedFor)
	plan.listing.noteFailure(now, unlistedFor)
	g.poller.listings.keep(plan.collection, plan.listing)
	g.setPlan(nil)
}

// deliverPage delivers the entries of a page. It reports whether waits still wait for the List, and
// how many reads the page saves in all.
func (g *group) deliverPage(plan *listPlan, page lro.Page, number int) (wanted bool, saved float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, op := range page.Operations {
		name := g.requestedName(op.Name)
		if endsWithoutResult(op) {
			g.confirm(name)
			continue
		}
		saved += g.deliverListed(plan, name, op, number)
	}
	return slices.ContainsFunc(plan.batch, func(s *Subscription) bool { return g.awaitsList(s.name) }), saved
}

// deliverListed gives the waits for an operation a List's entry. It returns how much of a read that
// saves: 1 if the operation is due, else the part of the interval that has passed. An entry of a
// running operation may be older than a Get's reply. So it is no answer if a Get reads the
// operation, or if the List was given up on.
func (g *group) deliverListed(plan *listPlan, name string, op lro.Operation, page int) (saved float64) {
	now := g.poller.clock.Now()
	for _, s := range g.subscriptions[name] {
		s.page = page
		if op.Done || g.plan == plan && !s.byGet() {
			saved = max(saved, s.passed(now))
			s.answer(Answer{Op: op, cheap: plan.listing.ample})
		}
	}
	return saved
}

// endsWithoutResult reports whether a List's entry says that the operation has ended, and not how.
// In a Get that means success, but a service may leave results out of its Lists.
func endsWithoutResult(op lro.Operation) bool {
	return op.Done && op.Error == nil && op.Response == nil
}

// confirm starts a Get of an operation, due or not.
func (g *group) confirm(name string) {
	for _, s := range g.subscriptions[name] {
		s.unlisted = g.poller.clock.Now().Add(unlistedFor)
		if s.state == inList || s.state == idle && !s.answered {
			s.become(isDue)
		}
	}
}

// conclude handles the operations that the List did not answer, and learns from it. If the List had
// been given up on, giveUp has done both.
func (g *group) conclude(plan *listPlan, pages int, saved float64, err error, complete bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.poller.clock.Now()
	if g.plan != plan {
		plan.listing.heed(now, err)
		g.poller.listings.keep(plan.collection, plan.listing)
		return
	}
	owed, class := float64(pages)-saved, lro.Classify(err)
	for _, s := range plan.leastUrgentFirst() {
		switch {
		case !g.awaitsList(s.name):
		case class == lro.ClassQuota: // Gets would be even more requests
			g.answerInList(s.name, Answer{Err: err})
		case owed > 0 && g.deferrable(s.name):
			owed--
			g.answerInList(s.name, Answer{Err: ErrDeferred})
		default:
			g.readBySelf(s.name, now, err == nil && complete)
		}
	}
	plan.learn(now, pages, saved, complete, err)
	g.poller.listings.keep(plan.collection, plan.listing)
	g.setPlan(nil)
}

// answerInList gives an answer to the waits for the List only. A wait that is not due has lost
// nothing, and for an operation that a Get reads, an answer is on its way.
func (g *group) answerInList(name string, a Answer) {
	for _, s := range g.subscriptions[name] {
		if s.state == inList {
			s.answer(a)
		}
	}
}

func (g *group) awaitsList(name string) bool {
	return slices.ContainsFunc(g.subscriptions[name], func(s *Subscription) bool { return s.state == inList })
}

// readBySelf makes an operation due again that a List did not show.
func (g *group) readBySelf(name string, now time.Time, shouldHave bool) {
	for _, s := range g.subscriptions[name] {
		if shouldHave {
			s.unlisted = now.Add(unlistedFor)
		}
		if s.state == inList {
			s.become(isDue)
		}
	}
}

// leastUrgentFirst orders the batch so that reads that can be deferred best come first.
func (p *listPlan) leastUrgentFirst() []*Subscription {
	slices.SortFunc(p.batch, func(a, b *Subscription) int {
		switch {
		case a.before(b):
			return 1
		case b.before(a):
			return -1
		default:
			return 0
		}
	})
	return p.batch
}
