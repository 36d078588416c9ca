package poller

import (
	"time"

	"golang.org/x/time/rate"
)

// eldestEvery is how often a bucket grants the ticket that has waited longest, whatever its priority:
// one grant in 8. So no ticket starves.
const eldestEvery = 8

// account is the owner of a bucket: a service, and a consumer of it.
type account struct {
	service  string
	consumer consumer
}

// bucket is the budget of one account. Its pacer's lock guards it.
type bucket struct {
	payer   payer
	share   Budget
	limiter *rate.Limiter
	recent  meter
	lowered time.Time // when the rate was lowered; zero at the full share
	raised  time.Time // up to when the rate has been raised
	looked  time.Time // when lapseQueued last checked it

	queue    queue[*ticket]
	pacing   bool // whether a goroutine waits for its next token
	underway int  // requests under way
	held     int  // requests under way that hold a place
	aside    int  // requests that hang and hold no place
	grants   int
	last     int // the number of its last grant, among those of the pacer
	rank     int // its position among the pacer's ready buckets
	lowness  int // its position among the pacer's lowered buckets
}

func newBucket(by payer, share Budget) *bucket {
	return &bucket{
		payer: by, share: share, limiter: rate.NewLimiter(rate.Limit(share.RequestsPerSecond), share.Burst),
		rank: -1, lowness: -1,
	}
}

// before orders ready buckets. Urgent tickets need no place, so they take nothing from others. For
// places the bucket that holds fewest comes first, then the one whose last grant is longest ago.
func (b *bucket) before(other *bucket) bool {
	switch urgent := b.queue[0].urgent(); {
	case urgent != other.queue[0].urgent():
		return urgent
	case b.held+b.aside != other.held+other.aside:
		return b.held+b.aside < other.held+other.aside
	default:
		return b.last < other.last
	}
}

func (b *bucket) at() *int { return &b.rank }

// loweredBucket orders buckets by their rate, the lowest first.
type loweredBucket struct{ *bucket }

func (l loweredBucket) before(other loweredBucket) bool { return l.rate() < other.rate() }
func (l loweredBucket) at() *int                        { return &l.lowness }

func (b *bucket) rate() float64 { return float64(b.limiter.Limit()) }

// next is the most urgent ticket. Every so often it is the one that has waited longest, unless that
// may have to wait for a place. full says that no place is free.
func (b *bucket) next(full bool) *ticket {
	first := b.queue[0]
	if full || b.grants%eldestEvery != eldestEvery-1 {
		return first
	}
	for _, t := range b.queue[1:] {
		if t.number < first.number {
			first = t
		}
	}
	return first
}

// spend takes a token. Without a token it returns how long to wait for it.
func (b *bucket) spend(now time.Time) time.Duration {
	if b.limiter.AllowN(now, 1) {
		b.recent.add(now)
		return 0
	}
	missing := time.Duration((1 - b.limiter.TokensAt(now)) / b.rate() * float64(time.Second))
	return min(max(missing, time.Millisecond), raiseEvery)
}

// spares reports whether the bucket can do without a token, because none waits for it.
func (b *bucket) spares(now time.Time) bool {
	enough := min(spareTokens, b.limiter.Burst())
	return len(b.queue) == 0 && !b.pacing && b.limiter.TokensAt(now) >= float64(enough)
}

// lower halves the recent rate of requests. It returns false for a rejection that is an echo of the
// same excess.
func (b *bucket) lower(now time.Time) bool {
	if now.Sub(b.lowered) < echoTime {
		return false
	}
	b.limiter.SetLimitAt(now, rate.Limit(lowerRate(b.rate(), b.recent.perSecond(now))))
	b.limiter.SetBurstAt(now, 1)
	b.lowered, b.raised = now, now
	return true
}

// inherit lowers the rate to that of the bucket that an account leaves for this one, and drains it.
func (b *bucket) inherit(left *bucket, now time.Time) {
	if left.rate() < b.rate() {
		b.limiter.SetLimitAt(now, left.limiter.Limit())
		b.limiter.SetBurstAt(now, 1)
		b.lowered, b.raised = now, now
	}
	b.drain(now)
}

// drain takes all tokens.
func (b *bucket) drain(now time.Time) {
	if tokens := int(b.limiter.TokensAt(now)); tokens > 0 {
		b.limiter.AllowN(now, tokens)
	}
}

// raise raises a lowered rate, a step at a time. It reports whether the rate has changed.
func (b *bucket) raise(now time.Time) bool {
	steps := now.Sub(b.raised) / raiseEvery
	if b.lowered.IsZero() || steps <= 0 {
		return false
	}
	b.raised = b.raised.Add(steps * raiseEvery)
	raised := raiseRate(b.rate(), b.share.RequestsPerSecond, int(steps))
	b.limiter.SetLimitAt(now, rate.Limit(raised))
	if raised == b.share.RequestsPerSecond {
		b.lowered = time.Time{}
		b.limiter.SetBurstAt(now, b.share.Burst)
	}
	return true
}

// reshare gives the bucket another share. A rate above it drops at once. A lowered rate below it goes
// on to grow.
func (b *bucket) reshare(share Budget, now time.Time) {
	b.share = share
	if !b.lowered.IsZero() && b.rate() < share.RequestsPerSecond {
		return
	}
	b.lowered = time.Time{}
	b.limiter.SetLimitAt(now, rate.Limit(share.RequestsPerSecond))
	b.limiter.SetBurstAt(now, share.Burst)
}

// idle reports whether the bucket does not differ from a new one.
func (b *bucket) idle(now time.Time) bool {
	return len(b.queue) == 0 && !b.pacing && b.underway == 0 && b.lowered.IsZero() && b.limiter.TokensAt(now) >= float64(b.share.Burst)
}
