package poller

import (
	"slices"
	"strings"
	"time"
)

// payer says which bucket requests use: an account's own or, if learned is true, the bucket of a
// consumer that rejections named. The accounts whose rejections named that consumer share it. The
// bucket that requests about projects/1 use is not that of the consumer projects/1, because a reply
// about one project decides nothing about another.
type payer struct {
	account
	learned bool
}

// membership is an account's share in the bucket of the consumer that its rejections named.
type membership struct {
	consumer consumer
	rejected time.Time // when the account was last rejected
}

// payerOf returns the payer of an account's requests.
func (p *pacer) payerOf(of account) payer {
	if m, ok := p.members[of]; ok {
		return payer{account{of.service, m.consumer}, true}
	}
	return payer{account: of}
}

// bucket is the bucket of an account's payer.
func (p *pacer) bucket(of account, now time.Time) *bucket {
	p.lapse(of, now)
	by := p.payerOf(of)
	b := p.buckets[by]
	if b == nil && !p.hasRoom(now) {
		by = overflow
		b = p.buckets[by]
	}
	if b == nil {
		by.consumer = consumer(strings.Clone(string(by.consumer))) // the original is part of a name
		b = newBucket(by, p.share)
		p.buckets[by] = b
	}
	return b
}

// hasRoom reports whether there is room for another bucket. Whenever the number of buckets may have
// doubled, it forgets those that are idle, because new ones would not differ.
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

// learn moves an account from its own bucket to that of the consumer that a rejection of the
// account names. It takes one consumer, and keeps it until lapse, because each further name would
// open a bucket. The new bucket allows no more than the old one.
func (p *pacer) learn(of account, named consumer, now time.Time) {
	from := p.bucket(of, now)
	if m, ok := p.members[of]; ok {
		p.members[of] = membership{m.consumer, now}
		return
	}
	if named == "" || p.quotaProject != "" || membershipTime(p.share.RequestsPerSecond) == 0 {
		return
	}
	p.remember(of, membership{named, now})
	by := p.payerOf(of)
	if p.buckets[by] == nil && from.payer == (payer{account: of}) { // no other account uses it
		delete(p.buckets, from.payer)
		p.buckets[by], from.payer = from, by
		return
	}
	to := p.bucket(of, now)
	p.lower(to, now)
	to.inherit(from, now)
	p.sort(to)
	p.move(of, from, to)
}

// lapse returns an account to a bucket of its own once its own rejections would no longer keep that
// below its share. So the rejections of others slow an account no longer than its own can. It
// reports whether tickets may have moved.
func (p *pacer) lapse(of account, now time.Time) bool {
	m, ok := p.members[of]
	if !ok || now.Sub(m.rejected) < membershipTime(p.share.RequestsPerSecond) {
		return false
	}
	from := p.buckets[p.payerOf(of)]
	delete(p.members, of)
	to := p.bucket(of, now)
	to.drain(now)
	if from != nil {
		p.move(of, from, to)
	}
	return true
}

// lapseQueued checks once a second the accounts whose tickets a consumer's bucket still has to grant.
// They may wait longer than their account is to share it.
func (p *pacer) lapseQueued(b *bucket, now time.Time) {
	if !b.payer.learned || now.Sub(b.looked) < raiseEvery {
		return
	}
	b.looked = now
	for _, t := range slices.Clone(b.queue) {
		p.lapse(t.account, now)
	}
}

// remember keeps an account's membership. Beyond maxBuckets it forgets any other membership, which
// is learned again.
func (p *pacer) remember(of account, m membership) {
	if len(p.members) >= maxBuckets {
		for other := range p.members {
			delete(p.members, other)
			break
		}
	}
	p.members[of] = m
}

// move moves an account's tickets to another bucket.
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
