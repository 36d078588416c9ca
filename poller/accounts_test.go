package poller

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func testPacer(share Budget, quotaProject string) *pacer {
	return newPacer(systemClock{}, share, quotaProject, newRequestInstruments().budget("s"))
}

// request makes a request about a resource, and returns the bucket that it was made from.
func (p *pacer) request(t *testing.T, resource string, err error) *bucket {
	t.Helper()
	ticket, admitErr := p.acquire(t.Context(), "s", resource, urgency{priority: PriorityPoll})
	if admitErr != nil {
		t.Fatal(admitErr)
	}
	from := ticket.bucket
	p.done(ticket, err)
	return from
}

// A rejection that names its consumer says whose bucket to use.
func TestRejectionNamesConsumer(t *testing.T) {
	t.Parallel()
	const a, b, number = "projects/a/operations/o", "projects/b/operations/o", "projects/1/operations/o"
	type step struct {
		resource string
		named    string // "" for no rejection
	}
	rows := []struct {
		reason       string
		quotaProject string
		steps        []step
		same         [][2]string // pairs of resources that share a bucket afterwards
		apart        [][2]string
	}{
		{"projects have their own", "", []step{{a, ""}, {b, ""}}, nil, [][2]string{{a, b}, {a, number}}},
		{"a reply about a project decides nothing about another", "", []step{{a, "projects/1"}, {a, "projects/b"}}, nil, [][2]string{{a, number}, {a, b}}},
		{"the number is another name of the project, once a reply about it says so", "", []step{{a, "projects/1"}, {number, "projects/1"}}, [][2]string{{a, number}}, [][2]string{{a, b}}},
		{"also where the number was used before", "", []step{{number, ""}, {a, "projects/1"}, {number, "projects/1"}}, [][2]string{{a, number}}, nil},
		{"a service that charges one project for all", "", []step{{a, "projects/1"}, {b, "projects/1"}}, [][2]string{{a, b}}, nil},
		{"a further name is not taken", "", []step{{a, "projects/1"}, {b, "projects/1"}, {b, "projects/2"}}, [][2]string{{a, b}}, [][2]string{{a, number}}},
		{"nor its own", "", []step{{a, "projects/1"}, {b, "projects/1"}, {a, "projects/a"}}, [][2]string{{a, b}}, nil},
		{"what names no project may have a consumer", "", []step{{"operations/o", "projects/1"}, {a, "projects/1"}}, [][2]string{{"operations/x", a}}, nil},
		{"a configured quota project stays", "q", []step{{a, "projects/1"}}, [][2]string{{a, b}, {a, "projects/q"}}, nil},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			p := testPacer(Budget{}, row.quotaProject)
			for _, s := range row.steps {
				var err error
				if s.named != "" {
					err = exhausted(s.named)
				}
				p.request(t, s.resource, err)
			}
			for _, pair := range row.same {
				if p.request(t, pair[0], nil) != p.request(t, pair[1], nil) {
					t.Errorf("%v have buckets of their own", pair)
				}
			}
			for _, pair := range row.apart {
				if p.request(t, pair[0], nil) == p.request(t, pair[1], nil) {
					t.Errorf("%v share a bucket", pair)
				}
			}
		})
	}
}

// Requests that wait when their consumer is learned wait for its bucket, and none is
// forgotten.
func TestRejectionMovesTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testPacer(Budget{RequestsPerSecond: 1, Burst: 1}, "")
		p.request(t, "projects/1", exhausted("projects/1")) // its bucket is there already, and empty
		first := p.enter("s", "projects/a", urgency{priority: PriorityPoll})
		<-first.out
		var waiting []*ticket
		for range 3 {
			waiting = append(waiting, p.enter("s", "projects/a", urgency{priority: PriorityPoll}))
		}
		p.done(first, exhausted("projects/1"))
		number := p.enter("s", "projects/1", urgency{priority: PriorityPoll})
		began := time.Now()
		for _, ticket := range append(waiting, number) {
			<-ticket.out
			if ticket.bucket != number.bucket {
				t.Error("a turn was given by the bucket of before")
			}
			p.done(ticket, nil)
		}
		if took := time.Since(began); took < 4*time.Second {
			t.Errorf("4 requests at half a request a second and more took %v: they did not share the lowered budget", took)
		}
		if p.waiting != 0 || p.held != 0 {
			t.Errorf("%d turns wait and %d places are held at the end", p.waiting, p.held)
		}
	})
}

// Buckets are bounded in number: idle ones are forgotten, and accounts that find no room
// share one.
func TestBucketsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testPacer(Budget{RequestsPerSecond: 10, Burst: 1_000_000}, "")
		const busy = 1000 // in a second
		for i := range 50 * busy {
			if i%busy == 0 {
				time.Sleep(sweepEvery)
			}
			p.request(t, fmt.Sprintf("projects/p%d", i), nil)
		}
		if n := len(p.buckets); n > 3*busy {
			t.Errorf("%d buckets are kept after %d projects of which %d were asked in the last second", n, 50*busy, busy)
		}
		for i := range 2 * maxBuckets { // in the same instant: none is idle
			p.request(t, fmt.Sprintf("projects/q%d", i), nil)
		}
		if n := len(p.buckets); n > maxBuckets+1 {
			t.Errorf("%d buckets are kept, want at most %d and one for the rest", n, maxBuckets)
		}
		if got := p.request(t, "projects/new", nil).payer; got != overflow {
			t.Errorf("a project without room has the bucket of %v", got)
		}
		time.Sleep(time.Hour)
		if got := p.request(t, "projects/new", nil).payer; got == overflow {
			t.Error("there is no room once all are idle")
		}
		if n := len(p.buckets); n > fewBuckets {
			t.Errorf("%d buckets are kept once all are idle", n)
		}
	})
}

// A bucket that a rejection lowered outlives any number of others.
func TestLoweredBucketIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testPacer(Budget{RequestsPerSecond: 1000}, "")
		lowered := p.request(t, "projects/lowered", exhausted(""))
		for i := range 3000 {
			if i%1000 == 0 {
				time.Sleep(sweepEvery)
			}
			p.request(t, fmt.Sprintf("projects/p%d", i), nil)
		}
		if again := p.request(t, "projects/lowered", nil); again != lowered {
			t.Errorf("its bucket was forgotten after 3 s, at %v a second", lowered.rate())
		}
	})
}

// What rejections name is bounded as well, and made up by none but a service.
func TestNamedConsumersBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testPacer(Budget{}, "")
		for i := range maxBuckets + 100 {
			p.request(t, fmt.Sprintf("projects/p%d", i), exhausted(fmt.Sprintf("projects/%d", i)))
		}
		if n := len(p.members); n > maxBuckets {
			t.Errorf("%d consumers are kept", n)
		}
		for i := range 100 {
			p.request(t, "projects/p", exhausted(fmt.Sprintf("projects/other%d", i)))
		}
		if n := len(p.buckets); n > maxBuckets+1 {
			t.Errorf("%d buckets are kept", n)
		}
	})
}

// Places go to the account that holds fewest, so many requests of one take no more than
// their share of them.
func TestPlacesAreShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testPacer(Budget{}, "")
		ctx, cancel := context.WithCancel(t.Context())
		for range 300 { // each takes as long as one may without hanging
			go func() {
				ticket, err := p.acquire(ctx, "s", "projects/slow", urgency{priority: PriorityPoll})
				if err == nil {
					time.Sleep(hangAfter - time.Millisecond)
					p.done(ticket, nil)
				}
			}()
		}
		synctest.Wait()
		time.Sleep(hangAfter / 2)
		quick := p.enter("s", "projects/quick", urgency{priority: PriorityPoll})
		urgent := p.enter("s", "projects/slow", urgency{priority: PriorityCancel})
		synctest.Wait()
		select {
		case <-urgent.out:
		default:
			t.Error("a cancel waits for a place")
		}
		p.mu.Lock()
		held := p.held
		p.mu.Unlock()
		if held != maxInFlight {
			t.Errorf("%d places are held, want all %d: a cancel takes none", held, maxInFlight)
		}
		began := time.Now()
		<-quick.out
		if waited := time.Since(began); waited > hangAfter/2 {
			t.Errorf("a place was given to the other project after %v, not as the first that was free", waited)
		}
		p.done(quick, errors.New("refused"))
		p.done(urgent, nil)
		cancel()
		time.Sleep(2 * time.Minute)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.held != 0 || p.waiting != 0 || len(p.ready) != 0 {
			t.Errorf("%d places held, %d requests waiting at the end", p.held, p.waiting)
		}
	})
}

// What rejections name never makes an account quicker than rejections that name nothing.
func TestNamesDoNotRaise(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		named  func(i int) string
	}{
		{"the same", func(int) string { return "projects/1" }},
		{"its own", func(int) string { return "projects/p" }},
		{"another each time", func(i int) string { return fmt.Sprintf("projects/%d", i) }},
		{"two in turns", func(i int) string { return fmt.Sprintf("projects/%d", i%2) }},
		{"one that another account has, at its full share", func(int) string { return "projects/full" }},
	}
	sent := func(t *testing.T, share float64, named func(i int) string) (n, buckets int) {
		p := testPacer(Budget{RequestsPerSecond: share}, "")
		p.request(t, "projects/other", exhausted("projects/full"))
		time.Sleep(raiseTime(share)) // of which it is a member still
		for began := time.Now(); time.Since(began) < 10*time.Minute; n++ {
			p.request(t, "projects/p", exhausted(named(n)))
		}
		return n, len(p.buckets)
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			for _, share := range []float64{0.05, 0.11, 1, 100} {
				synctest.Test(t, func(t *testing.T) {
					want, _ := sent(t, share, func(int) string { return "" })
					if got, buckets := sent(t, share, row.named); got > want || got == 0 || buckets > 4 {
						t.Errorf("share %v: %d requests in 10 minutes and %d buckets, want no more than the %d of rejections without a name", share, got, buckets, want)
					}
				})
			}
		})
	}
}

// Rejections of one account slow another that is of the same consumer no longer than
// the other's own rejections can.
func TestMembershipLapses(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		own    string // what the one rejection of the victim names, "" for none
		within time.Duration
	}{
		{"the victim is named by others only", "", 200 * time.Millisecond},
		{"the victim was once rejected for the same consumer", "projects/victim", membershipTime(100) + 2*time.Second},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := testPacer(Budget{RequestsPerSecond: 100, Burst: 1}, "")
				ctx, cancel := context.WithCancel(t.Context())
				for range 20 {
					go func() {
						for {
							ticket, err := p.acquire(ctx, "s", "projects/hostile", urgency{priority: PriorityPoll})
							if err != nil {
								return
							}
							p.done(ticket, exhausted("projects/victim"))
						}
					}()
				}
				time.Sleep(time.Minute)
				if row.own != "" {
					p.request(t, "projects/victim", exhausted(row.own))
				}
				began := time.Now()
				for range 20 {
					p.request(t, "projects/victim", nil)
				}
				if took := time.Since(began); took > row.within {
					t.Errorf("20 requests took %v, want at most %v", took, row.within)
				}
				cancel()
				time.Sleep(time.Minute)
			})
		})
	}
}

func TestRaiseTime(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		share  float64
		want   time.Duration
	}{
		{"a share that is not lowered", 0.01, 0},
		{"the lowest rate", minRate, 0},
		{"a step", minRate * raiseFactor, raiseEvery},
		{"Spanner's", 5, 81 * time.Second},
		{"the default", DefaultRequestsPerSecond, 189 * time.Second},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			got := raiseTime(row.share)
			if got != row.want || raiseRate(min(minRate, row.share), row.share, int(got/raiseEvery)) != row.share {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}
