package activities

import (
	"slices"
	"strings"
	"time"
)

// payer is the account whose bucket an account's requests use.
func (p *pacer) payer(of account) account {
	if named, ok := p.named[of]; ok {
		of.consumer = named
	}
	return of
}

// bucket is that of an account's payer.
func (p *pacer) bucket(of account, now time.Time) *bucket {
	of = p.payer(of)
	b := p.buckets[of]
	if b == nil && !p.hasRoom(now) {
		of = overflow
		b = p.buckets[of]
	}
	if b == nil {
		of.consumer = consumer(strings.Clone(string(of.consumer))) // it is a part of a name
		b = newBucket(of, p.share)
		p.buckets[of] = b
	}
	return b
}

// hasRoom reports whether there is room for another bucket. It forgets those that are
// idle, which new ones would not differ from, whenever their number may have doubled.
func (p *pacer) hasRoom(now time.Time) bool {
	if len(p.buckets) >= p.sweepAt && now.Sub(p.swept) >= sweepEvery {
		for of, b := range p.buckets {
			if p.raise(b, now); b.idle(now) {
				delete(p.buckets, of)
			}
		}
		p.swept, p.sweepAt = now, min(max(2*len(p.buckets), fewBuckets), maxBuckets)
	}
	return len(p.buckets) < maxBuckets
}

// learn has an account's requests use the bucket of the consumer that a rejection names:
// the same project, by its number; or another, where a service does not charge the
// resource's. A configured quota project is nobody's to change.
func (p *pacer) learn(of account, named consumer, now time.Time) {
	if named == "" || p.quotaProject != "" || p.payer(of).consumer == named {
		return
	}
	from := p.bucket(of, now)
	p.remember(of, named)
	to := account{of.service, named}
	if p.buckets[to] == nil && from.account == of { // it is known by another name now
		delete(p.buckets, of)
		p.buckets[to], from.account = from, to
		return
	}
	p.move(of, from, p.bucket(of, now))
}

// remember keeps who pays for an account. Beyond maxBuckets it forgets any other, which
// is learned again.
func (p *pacer) remember(of account, named consumer) {
	if of.consumer == named {
		delete(p.named, of)
		return
	}
	if _, there := p.named[of]; !there && len(p.named) >= maxBuckets {
		for other := range p.named {
			delete(p.named, other)
			break
		}
	}
	p.named[of] = named
}

// move moves an account's turns to another bucket.
func (p *pacer) move(of account, from, to *bucket) {
	if from == to {
		return
	}
	for _, t := range slices.Clone(from.queue) {
		if t.account == of {
			from.queue.remove(t)
			t.bucket = to
			to.queue.add(t)
		}
	}
	p.rank(from)
	p.rank(to)
}
