package poller

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// listPlan is a List to be made, and its batch.
type listPlan struct {
	collection lro.Collection
	filter     string
	listing    listing
	ctx        context.Context // the most urgent subscription's
	urgency    urgency         // of the same
	batch      []*Subscription // with names of their own, all inList
	atLeast    int             // how many pages to read, whatever they save
	began      time.Time
}

// planList decides whether the next request is a List: if it is likely to take fewer calls than the
// Gets that it saves.
func (g *group) planList(first *Subscription) (listPlan, bool) {
	now := g.poller.clock.Now()
	if !g.mayList(first, now) {
		return listPlan{}, false
	}
	plan, ok := g.choose(first, g.dueTogether(now), now)
	if !ok || !plan.pays(first.priority) {
		return listPlan{}, false
	}
	plan.ctx, plan.urgency, plan.began = first.waiter.ctx, first.urgency, now
	plan.filter = plan.filterFor(g.family.Service)
	if plan.atLeast = plan.expected(); plan.atLeast == 0 {
		plan.atLeast = g.countDeferrable(plan.batch) / readsPerBlindPage
	}
	g.waitForList(plan.batch)
	return plan, true
}

// mayList reports whether a List may be made and may pay at all. To look at each member before each
// read would take the square of their number.
func (g *group) mayList(first *Subscription, now time.Time) bool {
	if g.plan != nil || now.Before(g.unlisted) || now.Before(first.unlisted) {
		return false
	}
	all := len(g.subscriptions)
	return all > 1 && (g.poller.listings.of(g.family).worthTrying(now, all) ||
		g.poller.listings.of(g.own(first)).worthTrying(now, all))
}

// pays reports whether the List is likely to pay. For a read that cannot be put off, only a List is
// made that has paid before.
func (p *listPlan) pays(first Priority) bool {
	return (p.listing.proven || first == PriorityPoll) && len(p.batch) >= max(2, p.expected()+1)
}

// waitForList makes the waits for the operations of a batch wait for a List.
func (g *group) waitForList(batch []*Subscription) {
	for _, one := range batch {
		for _, s := range g.subscriptions[one.name] {
			s.become(inList)
		}
	}
}

// own is the collection that an operation is in.
func (g *group) own(s *Subscription) lro.Collection {
	return g.refOf(s).Collection()
}

// expected is how many pages it takes to reach all of the batch, by the last List; 0 if no List has
// paid yet. For operations that the last List did not show, it is that List's length.
func (p *listPlan) expected() int {
	if !p.listing.proven {
		return 0
	}
	pages := 1
	for _, s := range p.batch {
		if s.page == 0 {
			return p.listing.pages
		}
		pages = max(pages, s.page)
	}
	return pages
}

// dueTogether returns a member of each operation that is due or nearly due.
func (g *group) dueTogether(now time.Time) []*Subscription {
	var batch []*Subscription
	for _, same := range g.subscriptions {
		for _, s := range same {
			if s.state != reading && !s.waitsInPlace() && !now.Before(s.early()) && !now.Before(s.unlisted) {
				batch = append(batch, s)
				break
			}
		}
	}
	return batch
}

// choose picks the collection to list: the operations' own if it is one, else the aggregate, else
// that of the most urgent operation.
func (g *group) choose(first *Subscription, batch []*Subscription, now time.Time) (listPlan, bool) {
	own := g.own(first)
	var inOwn []*Subscription
	for _, s := range batch {
		if g.own(s) == own {
			inOwn = append(inOwn, s)
		}
	}
	if len(inOwn) < len(batch) {
		if l := g.poller.listings.of(g.family); l.worthTrying(now, len(batch)) {
			return listPlan{collection: g.family, listing: l, batch: batch}, true
		}
	}
	l := g.poller.listings.of(own)
	return listPlan{collection: own, listing: l, batch: inOwn}, l.worthTrying(now, len(inOwn))
}

// filterFor leaves out other methods' operations, if the whole batch is known to be of one method.
// Spanner documents its filters. Those of other services are not known.
func (p *listPlan) filterFor(service string) string {
	kind := p.batch[0].kind
	if service != lro.SpannerService || p.listing.noFilter || kind == "" {
		return ""
	}
	for _, s := range p.batch {
		if s.kind != kind {
			return ""
		}
	}
	return "metadata.@type:" + kind
}

// readsPerBlindPage is how many reads a batch must have for each page that is read without knowing
// what it saves, because the operations may be on any page.
const readsPerBlindPage = 8

// goesOn reports whether to read another page.
func (p *listPlan) goesOn(pages int, saved float64) bool {
	return pages < p.atLeast || float64(pages+1) <= saved
}

// deferrable reports whether an operation's read may be put off: whether each wait for it can do
// without.
func (g *group) deferrable(name string) bool {
	return !slices.ContainsFunc(g.subscriptions[name], func(s *Subscription) bool { return s.priority != PriorityPoll })
}

// countDeferrable is how many of the batch may be put off for pages that save no read.
func (g *group) countDeferrable(batch []*Subscription) int {
	n := 0
	for _, s := range batch {
		if g.deferrable(s.name) {
			n++
		}
	}
	return n
}

// learn keeps how the collection answered the List.
func (p *listPlan) learn(now time.Time, pages int, saved float64, complete bool, err error) {
	l := &p.listing
	l.after, l.missed = time.Time{}, 0
	switch class := lro.Classify(err); {
	case class == lro.ClassQuota: // which says nothing about Lists
	case saved >= float64(pages):
		l.proven, l.pages, l.delay = true, pages, 0
		l.ample = saved >= amplePays*float64(pages)
	default:
		l.ample = false
		l.noteFailure(now, firstListDelay)
		if err == nil && !complete {
			l.missed = len(p.batch)
		}
		p.mend(class, err)
		l.after = now.Add(l.delay)
	}
	l.heed(now, err)
}

// mend changes what the next List asks for, if the service refused this one for it. That List comes at
// once. If the service refuses every List, the next one comes late.
func (p *listPlan) mend(class lro.Class, err error) {
	l := &p.listing
	switch {
	case class == lro.ClassPermanent && lro.StatusOf(err).Code == lro.CodeInvalidArgument && p.filter != "":
		l.noFilter, l.delay = true, 0
	case class == lro.ClassUnreadable && l.pageSize > smallestPage:
		l.pageSize, l.delay = max(l.pageSize/4, smallestPage), 0
	case class == lro.ClassUnsupported, class == lro.ClassBlocked:
		l.delay = lastListDelay
	}
}

// metadataType returns the @type of metadata. It is "" without a type that a filter takes as it is.
func metadataType(metadata json.RawMessage) string {
	var any struct {
		Type string `json:"@type"`
	}
	if json.Unmarshal(metadata, &any) != nil || !filterTerm.MatchString(any.Type) {
		return ""
	}
	return any.Type
}

// filterTerm is a type's URL that is one word of a filter.
var filterTerm = regexp.MustCompile(`^[A-Za-z0-9._/]+$`)
