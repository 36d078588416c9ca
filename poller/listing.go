package poller

import (
	"sync"
	"time"

	"github.com/awaitop/awaitop/lro"
)

const (
	// listPageSize is the most that services allow which cap pages at AIP-158's 1,000.
	listPageSize = 1000
	// smallestPage is the least page size that pages which are too large to be read are lowered to.
	smallestPage = 10
	// firstListDelay is how long a collection is not listed after a List that did not pay. The
	// delay doubles each time, up to lastListDelay.
	firstListDelay = 2 * time.Second
	lastListDelay  = time.Hour
	// unlistedFor is how long no List is made for an operation that a List should have shown and
	// did not, and for a group one of whose Lists did not come.
	unlistedFor = time.Minute
)

// amplePays is how many reads a page must have saved for the interval to be cut before the next
// List. The cut is 1/8 at most, so that Lists still take fewer calls.
const amplePays = 4

// listing is how a collection answers to List, as far as it is known.
type listing struct {
	proven   bool // whether the last one paid
	ample    bool // whether it saved amplePays times as many reads as it had pages
	pages    int  // how many it took
	pageSize int
	noFilter bool          // true if the service refuses filters
	after    time.Time     // until when not to list again, if the last List did not pay
	delay    time.Duration // how long that is
	missed   int           // the size of a batch for which it did not pay although it had more pages; 0 if it had none
}

// maxListings bounds the collections that a process remembers.
const maxListings = 10_000

// listings are the listings of a process's collections. They are safe for concurrent use.
type listings struct {
	mu           sync.Mutex
	byCollection map[lro.Collection]listing
}

func (l *listings) of(collection lro.Collection) listing {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok := l.byCollection[collection]; ok {
		return found
	}
	return listing{pageSize: listPageSize}
}

func (l *listings) keep(collection lro.Collection, learned listing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := l.byCollection[collection]; !there && len(l.byCollection) >= maxListings {
		for forgotten := range l.byCollection { // any, which is learned again
			delete(l.byCollection, forgotten)
			break
		}
	}
	l.byCollection[collection] = learned
}

// forget removes a collection's listing.
func (l *listings) forget(collection lro.Collection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.byCollection, collection)
}

// manyMore is how many times larger a batch must be for a new try, if a List did not pay for a
// small batch whose operations may all have been on later pages.
const manyMore = 2

// worthTrying reports whether a List may pay now for so many operations.
func (l listing) worthTrying(now time.Time, batch int) bool {
	return !now.Before(l.after) || l.missed > 0 && batch >= manyMore*l.missed
}

// noteFailure notes a List that did not pay. The next one waits for least at first, and then twice as
// long each time.
func (l *listing) noteFailure(now time.Time, least time.Duration) {
	l.proven, l.missed = false, 0
	l.delay = min(max(2*l.delay, least), lastListDelay)
	l.after = now.Add(l.delay)
}

// heed makes no List before the server's advice in err has passed.
func (l *listing) heed(now time.Time, err error) {
	if advised := now.Add(lro.RetryAfter(err)); advised.After(l.after) {
		l.after = advised
	}
}
