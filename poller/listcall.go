package poller

import (
	"context"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// listPatience is for how long a page is waited for before those it is to
// answer are read one by one. A last read, due lastPollLead before the
// deadline, still has most of lateRead then. It is of real time, as a
// client's own timeouts are: a request takes that, whatever clock was injected.
const listPatience = 3 * time.Second

// list answers for a batch with the pages of one List: as many as are known to be
// needed or, where that is not known, as a part of the batch; and beyond that as
// long as the ones before have saved as many reads. For pages that save none, as
// many reads are deferred. So it never takes more calls than as many Gets; one
// that is given up on takes its own on top.
func (g *group) list(plan *listPlan, t *turn) {
	input := lro.ListRequest{Collection: plan.collection, Filter: plan.filter, PageSize: plan.listing.pageSize}
	var page lro.Page
	pages, saved, err := 0, 0.0, error(errNoReply)
	defer func() { // even if the client ends this goroutine
		g.conclude(plan, pages, saved, err, page.NextPageToken == "")
	}()
	defer time.AfterFunc(listPatience, func() { g.spare(plan) }).Stop()
	for {
		page, err = g.askPage(plan, t, input)
		pages++
		wanted, worth := g.deliverPage(plan, page, pages)
		saved += worth
		last := err != nil || page.NextPageToken == "" || page.NextPageToken == input.PageToken
		if last || !wanted || !plan.goesOn(pages, saved) {
			return
		}
		input.PageToken = page.NextPageToken
		t = g.pacer.enter(plan.collection.Service, plan.collection.Name, plan.urgency)
		<-t.come
	}
}

// spare has those read by themselves that cannot be put off until all pages have come.
func (g *group) spare(plan *listPlan) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range plan.batch {
		for _, m := range g.members[one.name] {
			if g.plan == plan && m.state == inList && m.priority != PriorityPoll {
				m.become(isDue)
			}
		}
	}
}

// askPage reads a page. If that takes too long, its answers are not waited for
// any more.
func (g *group) askPage(plan *listPlan, t *turn, input lro.ListRequest) (page lro.Page, err error) {
	defer time.AfterFunc(listPatience, func() { g.giveUp(plan) }).Stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(plan.ctx), requestPatience)
	defer cancel()
	err = g.pacer.make(ctx, t, func(ctx context.Context) (err error) {
		page, err = g.poller.client.ListOperations(ctx, input)
		return err
	})
	return page, err
}

// giveUp has those read by themselves who wait for a List that does not come. No
// other is made for a while, of whichever collection: it would hang as well, and
// hold up everybody again. If it comes after all, the ends it shows are answers.
func (g *group) giveUp(plan *listPlan) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.plan != plan {
		return
	}
	now := g.poller.clock.Now()
	for _, m := range plan.batch {
		g.readBySelf(m.name, now, false)
	}
	g.unlisted = now.Add(unlistedFor)
	plan.listing.failed(now, unlistedFor)
	g.poller.listings.keep(plan.collection, plan.listing)
	g.follow(nil)
}

// deliverPage reports whether anybody still waits for the List after a page, and
// how many reads the page saves in all.
func (g *group) deliverPage(plan *listPlan, page lro.Page, number int) (wanted bool, saved float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, op := range page.Operations {
		name := g.asked(op.Name)
		if endsWithoutResult(op) {
			g.confirm(name)
			continue
		}
		saved += g.deliverListed(plan, name, op, number)
	}
	return slices.ContainsFunc(plan.batch, func(m *Subscription) bool { return g.awaitsList(m.name) }), saved
}

// deliverListed answers those who wait for an operation with a list's entry, and
// says how much of a read that saves: one for who is due, for who is not yet the
// part of the interval that has passed. That it runs may be older than what a Get
// says: it is no answer for who is read by one, nor if the List was given up on.
func (g *group) deliverListed(plan *listPlan, name string, op lro.Operation, page int) (saved float64) {
	now := g.poller.clock.Now()
	for _, m := range g.members[name] {
		m.page = page
		if op.Done || g.plan == plan && !m.byGet() {
			saved = max(saved, m.passed(now))
			m.answer(Answer{Op: op, cheap: plan.listing.ample})
		}
	}
	return saved
}

// endsWithoutResult reports whether an entry of a list says that the operation
// has ended, and not how. A Get that says so says success, but a service may
// leave results out of its lists.
func endsWithoutResult(op lro.Operation) bool {
	return op.Done && op.Error == nil && op.Response == nil
}

// confirm has an operation read by itself, due or not.
func (g *group) confirm(name string) {
	for _, m := range g.members[name] {
		m.unlisted = g.poller.clock.Now().Add(unlistedFor)
		if m.state == inList || m.state == idle && !m.answered {
			m.become(isDue)
		}
	}
}

// conclude sees to those whom the List did not answer, and learns from it. If it
// had been given up on, both have been done.
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
	for _, m := range plan.leastUrgentFirst() {
		switch {
		case !g.awaitsList(m.name):
		case class == lro.ClassQuota: // it is the requests that are too many: Gets would be more of them
			g.answerInList(m.name, Answer{Err: err})
		case owed > 0 && g.deferrable(m.name):
			owed--
			g.answerInList(m.name, Answer{Err: ErrDeferred})
		default:
			g.readBySelf(m.name, now, err == nil && complete)
		}
	}
	plan.learn(now, pages, saved, complete, err)
	g.poller.listings.keep(plan.collection, plan.listing)
	g.follow(nil)
}

// answerInList answers those who wait for the List, and nobody else: who is not
// due has lost nothing, and who is being read has an answer coming.
func (g *group) answerInList(name string, a Answer) {
	for _, m := range g.members[name] {
		if m.state == inList {
			m.answer(a)
		}
	}
}

func (g *group) awaitsList(name string) bool {
	return slices.ContainsFunc(g.members[name], func(m *Subscription) bool { return m.state == inList })
}

// readBySelf makes an operation due again that a List did not show.
func (g *group) readBySelf(name string, now time.Time, shouldHave bool) {
	for _, m := range g.members[name] {
		if shouldHave {
			m.unlisted = now.Add(unlistedFor)
		}
		if m.state == inList {
			m.become(isDue)
		}
	}
}

// leastUrgentFirst orders the batch by who can be deferred best.
func (p listPlan) leastUrgentFirst() []*Subscription {
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
