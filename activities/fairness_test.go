package activities_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// newPoller returns a Poller over client.
func newPoller(t *testing.T, client lro.Client, options poller.Options) *poller.Poller {
	t.Helper()
	p, err := poller.New(client, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// spannerBudget is a budget for Spanner alone.
func spannerBudget(budget poller.Budget) map[string]poller.Budget {
	return map[string]poller.Budget{lro.SpannerService: budget}
}

// The waits of one project end as soon beside a crowd that waits for another
// project's operations as without it.
func TestWaitsAreFair(t *testing.T) {
	t.Parallel()
	const crowd, few, runs = 2000, 10, 20 * time.Second
	ends := func(crowd int) (took time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			s := &setup{service: testsuite.ForTest(t, testsuite.Options{})}
			a := activities.New(newPoller(t, s.service, poller.Options{Budgets: spannerBudget(poller.Budget{RequestsPerSecond: 5})}), s.options)
			await := func(project string, n int) {
				refs := s.fleet(t, n, func(i int) string { return fmt.Sprintf("projects/%s/instances/i%d", project, i) }, func(int) testsuite.Script {
					return testsuite.Script{RunsFor: runs}
				})
				in := s.setInput(refs)
				in.StartTime = time.Now()
				if out, err := pollSet(a, in); err != nil || len(out.Failures) > 0 {
					t.Errorf("%v, %v", err, out.Failures)
				}
			}
			var all sync.WaitGroup
			if crowd > 0 {
				all.Go(func() { await("crowd", crowd) })
				time.Sleep(time.Minute)
			}
			began := time.Now()
			await("few", few)
			took = time.Since(began)
			all.Wait()
			time.Sleep(time.Second) // what waits for a token ends
		})
		return took
	}
	alone, beside := ends(0), ends(crowd)
	t.Logf("%d operations of %v: alone all had ended after %v, beside %d waits for another project's after %v", few, runs, alone, crowd, beside)
	if beside > alone+2*time.Second {
		t.Errorf("the waits took %v beside the crowd and %v without it", beside, alone)
	}
}
