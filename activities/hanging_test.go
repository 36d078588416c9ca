package activities_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// hanging is a client whose reads of some operations hang until its timeout, as a
// server's that accepts requests and never replies. The others answer in 100 ms.
type hanging struct {
	lro.Client
	timeout time.Duration

	mu             sync.Mutex
	underWay, most int
	hung           int
}

func (c *hanging) count(by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay += by
	c.most = max(c.most, c.underWay)
}

func (c *hanging) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	c.count(1)
	defer c.count(-1)
	if strings.Contains(ref.Name, "hung") {
		c.mu.Lock()
		c.hung++
		c.mu.Unlock()
		time.Sleep(c.timeout)
		return lro.Operation{}, &lro.Error{Method: "GetOperation", Status: lro.Status{Code: lro.CodeUnavailable, Message: "timeout"}}
	}
	time.Sleep(100 * time.Millisecond)
	return lro.Operation{Name: ref.Name}, nil
}

func (*hanging) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	return lro.Page{}, &lro.Error{Status: lro.Status{Code: lro.CodeUnimplemented}}
}

// 300 operations whose reads hang hold up no others of their service: neither those of
// another project nor those of their own collection. At first each read holds a place
// for a second; from then on those known to hang are read apart.
func TestHangingHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason      string
		hung        func(i int) string
		first, then time.Duration // how late a healthy read is at most: in the first minute, and after it
	}{
		"other projects": {"each project gets the places that become free", func(i int) string { return fmt.Sprintf("projects/p%d/operations/hung", i) }, 5500 * time.Millisecond, 0},
		"one project":    {"it has fewest of the places", func(i int) string { return fmt.Sprintf("projects/p/operations/hung%d", i) }, 1500 * time.Millisecond, 0},
		"same":           {"they share a collection", func(i int) string { return fmt.Sprintf("projects/healthy/operations/hung%d", i) }, 5500 * time.Millisecond, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				client := &hanging{timeout: 15 * time.Second}
				a := activities.New(client, activities.Options{MaxHeld: 1000, Random: func() float64 { return 0 }})
				var all sync.WaitGroup
				await := func(operation string) activities.PollOutput {
					in := activities.PollInput{Ref: lro.Ref{Service: "x.googleapis.com", Name: operation}, StartTime: began, Deadline: began.Add(5 * time.Minute)}
					in.Policy = lro.PollPolicy{InitialInterval: 10 * time.Second, MaximumInterval: 10 * time.Second, YieldInterval: time.Hour}
					out, err := poll(a, in)
					if err != nil {
						t.Error(err)
					}
					return out
				}
				for i := range 300 {
					all.Go(func() { await(row.hung(i)) })
				}
				synctest.Wait() // the others come after them
				var late sync.Mutex
				var firstLate, thenLate time.Duration
				for i := range 20 {
					all.Go(func() {
						for time.Since(began) < 4*time.Minute {
							asked := time.Now()
							_, err := a.Poller().GetOperation(t.Context(), lro.Ref{Service: "x.googleapis.com", Name: fmt.Sprintf("projects/healthy/operations/o%d", i)})
							took := time.Since(asked) - 100*time.Millisecond
							late.Lock()
							if asked.Before(began.Add(time.Minute)) {
								firstLate = max(firstLate, took)
							} else {
								thenLate = max(thenLate, took)
							}
							late.Unlock()
							if err != nil {
								t.Error(err)
							}
							time.Sleep(5 * time.Second)
						}
					})
				}
				for i := range 20 {
					all.Go(func() {
						if out := await(fmt.Sprintf("projects/healthy/operations/w%d", i)); out.Polls < 28 {
							t.Errorf("%s: %d polls in 5 minutes of 10 s", row.reason, out.Polls)
						}
					})
				}
				all.Wait()
				if firstLate > row.first || thenLate > row.then {
					t.Errorf("%s: healthy reads were up to %v late in the first minute, up to %v then; want %v and %v", row.reason, firstLate, thenLate, row.first, row.then)
				}
				time.Sleep(time.Hour) // until what hangs has ended
				client.mu.Lock()
				defer client.mu.Unlock()
				t.Logf("late: %v in the first minute, %v then; %d reads hung, at most %d requests at once", firstLate, thenLate, client.hung, client.most)
			})
		})
	}
}
