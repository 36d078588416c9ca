package poller_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// perProject is a budget as Spanner's is, which each project has.
var perProject = poller.Budget{RequestsPerSecond: 5}

// operationIn is an operation of a project's.
func operationIn(project string, i int) lro.Ref {
	return lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/%s/instances/i%d/operations/o", project, i)}
}

// slowClient answers reads after latency.
type slowClient struct {
	lro.Client
	latency time.Duration
}

func (c slowClient) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	time.Sleep(c.latency)
	return lro.Operation{Name: ref.Name}, nil
}

// quotas is a client whose projects each have a quota of their own that is used up, or
// not. It names them by their number, or not at all.
type quotas struct {
	lro.Client
	rejected map[string]error // by the operation's name
}

func (c quotas) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return lro.Operation{Name: ref.Name}, c.rejected[ref.Name]
}

func newPoller(t *testing.T, client lro.Client, options poller.Options) *poller.Poller {
	t.Helper()
	p, err := poller.New(client, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func spannerBudget(budget poller.Budget) map[string]poller.Budget {
	return map[string]poller.Budget{lro.SpannerService: budget}
}

// Each project has a budget of its own: one read in each takes no time, however many
// they are.
func TestBudgetPerProject(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, 50, 1000} {
		synctest.Test(t, func(t *testing.T) {
			p := newPoller(t, slowClient{}, poller.Options{Budgets: spannerBudget(perProject)})
			var all sync.WaitGroup
			began := time.Now()
			for i := range n {
				all.Go(func() {
					if _, err := p.GetOperation(t.Context(), operationIn(fmt.Sprintf("p%d", i), 0)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if took := time.Since(began); took > 0 {
				t.Errorf("one read in each of %d projects took %v", n, took)
			}
			if requests := p.Stats(lro.SpannerService).Requests; requests != n {
				t.Errorf("%d requests were counted, want %d", requests, n)
			}
		})
	}
}

// However many requests one project waits for, another's are made as soon as without
// them: by their own budget and, where that suffices, by every other of the places.
func TestBudgetsAreFair(t *testing.T) {
	t.Parallel()
	const crowd, few = 10_000, 10
	rows := []struct {
		reason  string
		budget  poller.Budget
		latency time.Duration
		alone   time.Duration // how long the few take without the crowd
		most    time.Duration // and with it
	}{
		{"a budget of 5 a second, which the few spend", perProject, 50 * time.Millisecond, 1050 * time.Millisecond, 1100 * time.Millisecond},
		{"no budget to speak of, and 64 places", poller.Budget{}, 100 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				p := newPoller(t, slowClient{latency: row.latency}, poller.Options{Budgets: spannerBudget(row.budget)})
				var all sync.WaitGroup
				read := func(project string, n int) *sync.WaitGroup {
					var some sync.WaitGroup
					for i := range n {
						all.Add(1)
						some.Go(func() {
							defer all.Done()
							_, _ = p.At(poller.PriorityPoll).GetOperation(ctx, operationIn(project, i)) // the crowd is sent home
						})
					}
					return &some
				}
				fewTake := func() time.Duration {
					began := time.Now()
					read("few", few).Wait()
					return time.Since(began)
				}
				alone := fewTake()
				time.Sleep(time.Minute) // their budget is as before
				read("crowd", crowd)
				time.Sleep(row.latency / 2)
				waiting := p.Stats(lro.SpannerService).Waiting
				beside := fewTake()
				t.Logf("%d reads: alone %v, beside %d waiting reads of another project %v", few, alone, waiting, beside)
				if waiting < crowd*9/10 {
					t.Errorf("%d of the crowd wait, want nearly all", waiting)
				}
				if alone != row.alone || beside > row.most {
					t.Errorf("%s: alone %v, want %v; beside the crowd %v, want %v at most", row.reason, alone, row.alone, beside, row.most)
				}
				cancel()
				all.Wait()
				time.Sleep(time.Second) // what waits for a token finds nobody
			})
		})
	}
}

// A rejection lowers the budget of the project whose quota it is, and no other.
func TestBudgetRejectionsPerProject(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		loud, quiet := operationIn("loud", 0), operationIn("quiet", 0)
		client := quotas{rejected: map[string]error{loud.Name: quotaError}}
		p := newPoller(t, client, poller.Options{Budgets: spannerBudget(poller.Budget{RequestsPerSecond: 100, Burst: 1})})
		_, _ = p.GetOperation(t.Context(), loud)
		took := func(ref lro.Ref) time.Duration {
			began := time.Now()
			for range 11 {
				_, _ = p.GetOperation(t.Context(), ref)
			}
			return time.Since(began)
		}
		if got := took(quiet); got > 100*time.Millisecond {
			t.Errorf("11 reads at 100 a second took %v after a rejection of another project", got)
		}
		if got := took(loud); got < time.Second {
			t.Errorf("11 reads of the rejected project took %v, want its rate lowered", got)
		}
		if stats := p.Stats(lro.SpannerService); stats.RequestsPerSecond >= 100 || stats.Rejected != 12 {
			t.Errorf("%+v, want the lowest rate of the two, and 12 rejections", stats)
		}
		time.Sleep(5 * time.Minute)
		if stats := p.Stats(lro.SpannerService); stats.RequestsPerSecond != 100 {
			t.Errorf("%v a second after 5 minutes, want the share", stats.RequestsPerSecond)
		}
	})
}

// A share below the lowest rate that rejections cause is not raised by one.
func TestBudgetTiny(t *testing.T) {
	t.Parallel()
	const share = 0.01
	ref := lro.Ref{Service: "x.googleapis.com", Name: "operations/o"}
	client := quotas{rejected: map[string]error{ref.Name: quotaError}}
	p := newPoller(t, client, poller.Options{Clock: manualclock.New(start), Budgets: map[string]poller.Budget{ref.Service: {RequestsPerSecond: share}}})
	_, _ = p.GetOperation(t.Context(), ref)
	if got := p.Stats(ref.Service); got.RequestsPerSecond != share || got.Rejected != 1 {
		t.Errorf("%+v after a rejection, want the share of %v still", got, share)
	}
}
