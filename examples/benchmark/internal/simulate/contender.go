package simulate

import (
	"math/rand/v2"
	"time"
)

// schedule says when one operation is read.
type schedule interface {
	// first returns the time from the operation's start to the first read.
	first() time.Duration
	// next returns the time from a read, at the given age of the operation, to
	// the one after it.
	next(age time.Duration, percent int) time.Duration
}

// contender makes a schedule for each operation.
type contender struct {
	name    string
	awaitop bool
	make    func(random *rand.Rand) schedule
}

// others are the schedules that awaitop is compared with.
func others() []contender {
	return []contender{
		{name: "google-cloud-go Wait, 1 s x2 to 60 s, full jitter", make: backoff{interval: time.Second, factor: 2, maximum: time.Minute, fullJitter: true}.schedule},
		{name: "Python api_core, 1 s x1.5 to 20 s, full jitter", make: backoff{interval: time.Second, factor: 1.5, maximum: 20 * time.Second, fullJitter: true}.schedule},
		{name: "java-spanner DDL, 1 s x1.5 to 45 s", make: backoff{begin: time.Second, interval: time.Second, factor: 1.5, maximum: 45 * time.Second}.schedule},
		{name: "java-spanner instances and backups, 20 s x1.5 to 45 s", make: backoff{begin: 20 * time.Second, interval: 20 * time.Second, factor: 1.5, maximum: 45 * time.Second}.schedule},
		{name: "Terraform, every 10 s", make: backoff{interval: 10 * time.Second, factor: 1, maximum: 10 * time.Second}.schedule},
		{name: "Google Cloud Workflows, 1 s x1.25 to 60 s", make: backoff{begin: time.Second, interval: time.Second, factor: 1.25, maximum: time.Minute}.schedule},
	}
}

// backoff is geometric backoff with a counter, as all clients have it.
type backoff struct {
	begin      time.Duration
	interval   time.Duration
	factor     float64
	maximum    time.Duration
	fullJitter bool
	random     *rand.Rand
}

// schedule returns a copy at its beginning.
func (b backoff) schedule(random *rand.Rand) schedule {
	b.random = random
	return &b
}

func (b *backoff) first() time.Duration { return b.begin }

func (b *backoff) next(time.Duration, int) time.Duration {
	interval := b.interval
	b.interval = min(time.Duration(float64(interval)*b.factor), b.maximum)
	if b.fullJitter {
		return time.Duration(b.random.Float64() * float64(interval))
	}
	return interval
}

// half is the first way of estimating: half of the remaining time by the percentage, from 5 s to 5
// min, and at most the operation's age.
type half struct{}

func (half) first() time.Duration { return 0 }

func (half) next(age time.Duration, percent int) time.Duration {
	const floor, maximum = 5 * time.Second, 5 * time.Minute
	if percent == 0 {
		return max(floor, min(age/2, time.Minute))
	}
	rest := float64(age) * float64(100-percent) / float64(percent)
	return max(floor, min(time.Duration(rest/2), age, maximum))
}
