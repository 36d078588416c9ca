package poller

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func TestBudgetOver(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason    string
		budget    Budget
		processes int
		want      Budget
	}{
		{"a total is divided, and the burst with it", Budget{TotalRequestsPerSecond: 6}, 3, Budget{RequestsPerSecond: 2, Burst: 2}},
		{"one process has it all", Budget{TotalRequestsPerSecond: 6}, 1, Budget{RequestsPerSecond: 6, Burst: 6}},
		{"a burst is whole", Budget{TotalRequestsPerSecond: 6}, 4, Budget{RequestsPerSecond: 1.5, Burst: 2}},
		{"a burst that is given is each process's", Budget{TotalRequestsPerSecond: 6, Burst: 4}, 3, Budget{RequestsPerSecond: 2, Burst: 4}},
		{"no process is left without requests", Budget{TotalRequestsPerSecond: 0.002}, 50, Budget{RequestsPerSecond: minShare, Burst: 1}},
		{"a share is nobody else's", Budget{RequestsPerSecond: 6}, 3, Budget{RequestsPerSecond: 6, Burst: 6}},
		{"nor is the default", Budget{}, 3, Budget{RequestsPerSecond: DefaultRequestsPerSecond, Burst: DefaultRequestsPerSecond}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := row.budget.over(row.processes); got != row.want {
				t.Errorf("%+v, want %+v", got, row.want)
			}
		})
	}
}

// A bucket takes another share at once, but for a rate that quota errors have lowered: it grows.
func TestBucketReshare(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason  string
		lowered bool // to 5 requests a second
		share   float64
		atOnce  float64
		after10 float64
	}{
		{"a smaller share holds at once", false, 4, 4, 4},
		{"so does a larger one", false, 40, 40, 40},
		{"a lowered rate grows on to a larger share", true, 40, 5, 5 * math.Pow(raiseFactor, 10)},
		{"it grows to a smaller share and not beyond", true, 6, 5, 6},
		{"a lowered rate above the share drops to it", true, 2, 2, 2},
		{"and is not lowered any more at the share", true, 5, 5, 5},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			b := newBucket(payer{}, Budget{RequestsPerSecond: 10}.withDefaults())
			if row.lowered {
				b.limiter.SetLimitAt(now, 5)
				b.limiter.SetBurstAt(now, 1)
				b.lowered, b.raised = now, now
			}
			share := Budget{RequestsPerSecond: row.share}.withDefaults()
			b.reshare(share, now)
			if got := b.rate(); got != row.atOnce {
				t.Errorf("%v a second at once, want %v", got, row.atOnce)
			}
			for range 10 {
				now = now.Add(raiseEvery)
				b.raise(now)
			}
			if got := b.rate(); math.Abs(got-row.after10) > 1e-9 {
				t.Errorf("%v a second after 10 s, want %v", got, row.after10)
			}
			if full := b.rate() == row.share; full && (b.limiter.Burst() != share.Burst || !b.lowered.IsZero()) {
				t.Errorf("burst %d, lowered at %v: it is not at its full share", b.limiter.Burst(), b.lowered)
			}
		})
	}
}

// The number of processes changes while requests wait. Each bucket, and each that comes later,
// follows it.
func TestSetProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const service, other = "a.example", "b.example"
		p, err := New(lonely{}, Options{Budgets: map[string]Budget{service: {TotalRequestsPerSecond: 12}, other: {RequestsPerSecond: 9}}})
		if err != nil {
			t.Fatal(err)
		}
		if !p.SharesTotals() {
			t.Error("a total is not shared")
		}
		ctx, cancel := context.WithCancel(t.Context())
		for _, of := range []string{service, other} {
			for range 20 {
				go func() {
					for p.Do(ctx, of, "projects/p", PriorityPoll, func(context.Context) error { return nil }) == nil {
					}
				}()
			}
		}
		made := func(of string) int { return p.Stats(of).Requests }
		for _, row := range []struct {
			reason    string
			processes int
			want      int // requests in 20 s
		}{
			{"alone", 1, 240}, {"one of three", 3, 80}, {"one of two", 2, 120}, {"none is one", 0, 240},
			{"one of 12", 12, 20}, {"one of 6: the longest wait for a token is cut short", 6, 40},
		} {
			p.SetProcesses(row.processes)
			time.Sleep(3 * time.Second) // the burst of before is spent
			before, beside := made(service), made(other)
			time.Sleep(20 * time.Second)
			if got := made(service) - before; got < row.want-2 || got > row.want+2 {
				t.Errorf("%s: %d requests in 20 s, want %d", row.reason, got, row.want)
			}
			if got := made(other) - beside; got < 178 || got > 182 {
				t.Errorf("%s: %d requests in 20 s with a static share of 9", row.reason, got)
			}
		}
		p.SetProcesses(4)
		if got := p.Stats(service).RequestsPerSecond; got != 3 {
			t.Errorf("%v a second are shown, want 3", got)
		}
		cancel()
		synctest.Wait()
		time.Sleep(time.Minute) // for the buckets' goroutines
	})
}

// Requests that wait for a token at a low share do not wait as long as that once the share is larger.
func TestLargerShareIsFeltSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const service = "a.example"
		p, err := New(lonely{}, Options{Budgets: map[string]Budget{service: {TotalRequestsPerSecond: 0.1}}})
		if err != nil {
			t.Fatal(err)
		}
		p.SetProcesses(100)
		none := func(context.Context) error { return nil }
		if err := p.Do(t.Context(), service, "", PriorityPoll, none); err != nil { // the burst
			t.Fatal(err)
		}
		began := time.Now()
		time.AfterFunc(time.Second, func() { p.SetProcesses(1) })
		if err := p.Do(t.Context(), service, "", PriorityPoll, none); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 13*time.Second {
			t.Errorf("the request waited for %v: 1,000 s at a hundredth of the total, 10 s at all of it", took)
		}
	})
}

// lonely is a client that nobody asks.
type lonely struct{ lro.Client }

func TestInvalidTotals(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		budget Budget
		want   string
	}{
		{"negative", Budget{TotalRequestsPerSecond: -1}, `budgets.a.example.totalRequestsPerSecond: "-1"; want 0 (no total), or a number from 0.001 to 1000000`},
		{"no number", Budget{TotalRequestsPerSecond: math.NaN()}, `budgets.a.example.totalRequestsPerSecond: "NaN"; want 0 (no total), or a number from 0.001 to 1000000`},
		{"less than a share can be", Budget{TotalRequestsPerSecond: 0.0001}, `budgets.a.example.totalRequestsPerSecond: "0.0001"; want 0 (no total), or a number from 0.001 to 1000000`},
		{"which of them?", Budget{TotalRequestsPerSecond: 6, RequestsPerSecond: 2}, `budgets.a.example.totalRequestsPerSecond: "6" stands beside requestsPerSecond 2; want one of the two`},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			_, err := New(lonely{}, Options{Budgets: map[string]Budget{"a.example": row.budget}})
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || err.Error() != row.want {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}
