package poller

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// listPageSize is what services that cap it at AIP-158's 1,000 allow.
	listPageSize = 1000
	// smallestPage is what the page size is not lowered below where pages are
	// too large to be read.
	smallestPage = 10
	// firstListDelay is for how long a collection is not listed after a list
	// that did not pay; doubled each time, up to lastListDelay.
	firstListDelay = 2 * time.Second
	lastListDelay  = time.Hour
	// unlistedFor is for how long an operation is not looked for in lists after
	// one that should have shown it did not, and none of a group after one that
	// did not come.
	unlistedFor = time.Minute
)

// amplePays is how many reads a page must have saved for the next list to be made
// sooner than each read by itself would be. That is by an eighth at most, so that it
// still takes fewer calls.
const amplePays = 4

// listing is what is known of how a collection answers to List.
type listing struct {
	proven   bool // whether the last one paid
	ample    bool // whether it saved amplePays times as many reads as it had pages
	pages    int  // how many it took
	pageSize int
	noFilter bool          // whether the service refuses filters
	after    time.Time     // when to try again, if the last one did not pay
	delay    time.Duration // until then
	missed   int           // for how many it did not pay, though it had more pages; 0 if it had none
}

// maxListings bounds what a process remembers of collections.
const maxListings = 10_000

// listings is what is known of the collections of a process. It is safe for
// concurrent use.
type listings struct {
	mu    sync.Mutex
	known map[lro.Collection]listing
}

func (l *listings) of(collection lro.Collection) listing {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok := l.known[collection]; ok {
		return found
	}
	return listing{pageSize: listPageSize}
}

func (l *listings) keep(collection lro.Collection, learned listing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := l.known[collection]; !there && len(l.known) >= maxListings {
		for forgotten := range l.known { // any: it is learned again
			delete(l.known, forgotten)
			break
		}
	}
	l.known[collection] = learned
}

// forget has a collection be listed again as if it had not been.
func (l *listings) forget(collection lro.Collection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.known, collection)
}

// listPlan is a List to be made, and for whom.
type listPlan struct {
	collection lro.Collection
	filter     string
	listing    listing
	ctx        context.Context // of the most urgent
	urgency    urgency         // its
	batch      []*Subscription // with names of their own, all inList
	reach      int             // how many pages it takes to reach all, by the last list; 0 if that is not known
	known      int             // how many pages to look at, whatever they save
	began      time.Time
}

// planList decides whether the next request is a List: if it is likely to take
// fewer calls than the Gets it saves.
func (g *group) planList(first *Subscription) (listPlan, bool) {
	now := g.poller.clock.Now()
	if g.plan != nil || now.Before(g.unlisted) || now.Before(first.unlisted) {
		return listPlan{}, false
	}
	if !g.mayList(first, now) {
		return listPlan{}, false
	}
	batch := g.dueTogether(now)
	plan, ok := g.choose(first, batch, now)
	if !ok || !plan.listing.proven && first.priority != PriorityPoll {
		return plan, false
	}
	plan.reach = plan.expected()
	if len(plan.batch) < max(2, plan.reach+1) {
		return plan, false
	}
	if plan.known = plan.reach; plan.known == 0 {
		plan.known = g.countDeferrable(plan.batch) / exploredPart
	}
	plan.ctx, plan.urgency, plan.began = first.waiter.ctx, first.urgency, now
	plan.filter = plan.filterFor(g.family.Service)
	for _, one := range plan.batch {
		for _, m := range g.members[one.name] {
			m.become(inList)
		}
	}
	return plan, true
}

// mayList reports whether a list may pay at all: to look at each member before
// each read would take the square of their number.
func (g *group) mayList(first *Subscription, now time.Time) bool {
	all := len(g.members)
	return all > 1 && (g.poller.listings.of(g.family).worthTrying(now, all) ||
		g.poller.listings.of(g.own(first)).worthTrying(now, all))
}

// own is the collection that an operation is in.
func (g *group) own(m *Subscription) lro.Collection {
	return g.refOf(m).Collection()
}

// expected is how many pages it takes to reach all of the batch. A list is as
// long as its last was, for who was not in that.
func (p listPlan) expected() int {
	if !p.listing.proven {
		return 0
	}
	pages := 1
	for _, m := range p.batch {
		if m.page == 0 {
			return p.listing.pages
		}
		pages = max(pages, m.page)
	}
	return pages
}

// dueTogether returns a member of each operation that is due, or as good as due.
func (g *group) dueTogether(now time.Time) []*Subscription {
	var batch []*Subscription
	for _, same := range g.members {
		for _, m := range same {
			if m.state != reading && !now.Before(m.early()) && !now.Before(m.unlisted) {
				batch = append(batch, m)
				break
			}
		}
	}
	return batch
}

// choose picks the collection to list: the operations' own where it is one, else
// the aggregate, else that of the most urgent operation.
func (g *group) choose(first *Subscription, batch []*Subscription, now time.Time) (listPlan, bool) {
	own := g.own(first)
	var inOwn []*Subscription
	for _, m := range batch {
		if g.own(m) == own {
			inOwn = append(inOwn, m)
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

// manyMore is how many times as many it takes to try again what did not pay for
// a few, which may all have been on later pages.
const manyMore = 2

// worthTrying reports whether a list may pay now, for that many.
func (l listing) worthTrying(now time.Time, batch int) bool {
	return !now.Before(l.after) || l.missed > 0 && batch >= manyMore*l.missed
}

// filterFor leaves out other methods' operations, where all that is looked for
// is known to be one's. Spanner documents its filters; of other services they
// are not known.
func (p listPlan) filterFor(service string) string {
	kind := p.batch[0].kind
	if service != lro.SpannerService || p.listing.noFilter || kind == "" {
		return ""
	}
	for _, m := range p.batch {
		if m.kind != kind {
			return ""
		}
	}
	return "metadata.@type:" + kind
}

// exploredPart is how many reads a batch must be of for each page that is looked
// at without knowing what it saves: those who are looked for may be on any.
const exploredPart = 8

// goesOn reports whether the next page is asked for.
func (p listPlan) goesOn(pages int, saved float64) bool {
	return pages < p.known || float64(pages+1) <= saved
}

// deferrable reports whether an operation's read may be put off: whether each
// wait for it can do without.
func (g *group) deferrable(name string) bool {
	return !slices.ContainsFunc(g.members[name], func(m *Subscription) bool { return m.priority != PriorityPoll })
}

// countDeferrable is how many of the batch may be put off for pages that save none.
func (g *group) countDeferrable(batch []*Subscription) int {
	n := 0
	for _, m := range batch {
		if g.deferrable(m.name) {
			n++
		}
	}
	return n
}

// learn keeps what the List showed of the collection.
func (p *listPlan) learn(now time.Time, pages int, saved float64, complete bool, err error) {
	l := &p.listing
	l.after, l.missed = time.Time{}, 0
	defer func() { l.heed(now, err) }()
	class := lro.Classify(err)
	if class == lro.ClassQuota { // which says nothing of lists
		return
	}
	l.ample = saved >= amplePays*float64(pages)
	if saved >= float64(pages) {
		l.proven, l.pages, l.delay = true, pages, 0
		return
	}
	l.failed(now, firstListDelay)
	if err == nil && !complete {
		l.missed = len(p.batch)
	}
	switch {
	case class == lro.ClassPermanent && lro.StatusOf(err).Code == lro.CodeInvalidArgument && p.filter != "":
		l.noFilter, l.delay = true, 0
	case class == lro.ClassUnreadable && l.pageSize > smallestPage:
		l.pageSize, l.delay = max(l.pageSize/4, smallestPage), 0
	case class == lro.ClassUnsupported, class == lro.ClassBlocked:
		l.delay = lastListDelay
	}
	l.after = now.Add(l.delay)
}

// failed is for a list that did not pay: the next has to wait, least at first and
// then twice as long each time.
func (l *listing) failed(now time.Time, least time.Duration) {
	l.proven, l.missed = false, 0
	l.delay = min(max(2*l.delay, least), lastListDelay)
	l.after = now.Add(l.delay)
}

// heed has no list made before the server's advice in err has passed.
func (l *listing) heed(now time.Time, err error) {
	if advised := now.Add(lro.RetryAfter(err)); advised.After(l.after) {
		l.after = advised
	}
}

// metadataType returns the @type of metadata, "" without one that stands in a
// filter as it is.
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
