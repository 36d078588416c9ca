package poller

import (
	"time"

	"golang.org/x/time/rate"
)

// eldestEvery is the share of grants that goes to the turn that has waited longest,
// whatever its priority, so that nothing starves.
const eldestEvery = 8

// account is what a bucket is kept for: a service, and a consumer of it.
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
	lowered time.Time // when it was; zero at the full share
	raised  time.Time // up to when it has been raised
	looked  time.Time // when lapseQueued was through it

	queue    queue[*turn]
	pacing   bool // whether a goroutine waits for its next token
	underway int  // requests
	held     int  // those of them that hold a place
	aside    int  // those that hang and hold none
	granted  int
	last     int // the number of its last grant, among those of the pacer
	rank     int // its place among the pacer's ready buckets
	lowness  int // its place among the pacer's lowered buckets
}

func newBucket(by payer, share Budget) *bucket {
	return &bucket{
		payer: by, share: share, limiter: rate.NewLimiter(rate.Limit(share.RequestsPerSecond), share.Burst),
		rank: -1, lowness: -1,
	}
}

// before orders ready buckets. Urgent turns need no place, so they take nothing from
// others. For places the bucket comes first that holds fewest, then the one whose last
// turn is longest ago.
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

// next is the most urgent turn and, every so often, the one that has waited longest,
// unless that may have to wait for a place: full says that there is none.
func (b *bucket) next(full bool) *turn {
	first := b.queue[0]
	if full || b.granted%eldestEvery != eldestEvery-1 {
		return first
	}
	for _, t := range b.queue[1:] {
		if t.number < first.number {
			first = t
		}
	}
	return first
}

// spend takes a token. Without one it returns how long to wait for it.
func (b *bucket) spend(now time.Time) time.Duration {
	if b.limiter.AllowN(now, 1) {
		b.recent.add(now)
		return 0
	}
	missing := time.Duration((1 - b.limiter.TokensAt(now)) / b.rate() * float64(time.Second))
	return min(max(missing, time.Millisecond), raiseEvery)
}

// lower halves the rate that was asked for. It reports false within the time in which
// rejections are of the same excess.
func (b *bucket) lower(now time.Time) bool {
	if now.Sub(b.lowered) < echoTime {
		return false
	}
	b.limiter.SetLimitAt(now, rate.Limit(lowerRate(b.rate(), b.recent.perSecond(now))))
	b.limiter.SetBurstAt(now, 1)
	b.lowered, b.raised = now, now
	return true
}

// follow lowers the rate to that of a bucket that is left for this one, and takes what
// could go at once.
func (b *bucket) follow(left *bucket, now time.Time) {
	if left.rate() < b.rate() {
		b.limiter.SetLimitAt(now, left.limiter.Limit())
		b.limiter.SetBurstAt(now, 1)
		b.lowered, b.raised = now, now
	}
	b.drain(now)
}

// drain takes all tokens there are.
func (b *bucket) drain(now time.Time) {
	if tokens := int(b.limiter.TokensAt(now)); tokens > 0 {
		b.limiter.AllowN(now, tokens)
	}
}

// raise brings a lowered rate back up, a step at a time. It reports whether the rate has
// changed.
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

// idle reports whether the bucket is as a new one would be.
func (b *bucket) idle(now time.Time) bool {
	return len(b.queue) == 0 && !b.pacing && b.underway == 0 && b.lowered.IsZero() && b.limiter.TokensAt(now) >= float64(b.share.Burst)
}
