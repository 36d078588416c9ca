package activities_test

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// lateList is a client whose operations end after a time. Its Lists take as long as they
// are told, and show ends without results.
type lateList struct {
	lro.Client
	ends         time.Time
	takes        time.Duration
	names        []string
	gets, listed atomic.Int32
}

func (c *lateList) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	c.gets.Add(1)
	if time.Now().Before(c.ends) {
		return lro.Operation{Name: ref.Name}, nil
	}
	return lro.Operation{Name: ref.Name, Done: true, Response: []byte(`{"ok":true}`)}, nil
}

func (c *lateList) ListOperations(context.Context, lro.ListRequest) (page lro.Page, err error) {
	c.listed.Add(1)
	time.Sleep(c.takes)
	for _, name := range c.names {
		page.Operations = append(page.Operations, lro.Operation{Name: name, Done: true})
	}
	return page, nil
}

// A List that was given up on shows later that the operations have ended, and not how:
// they are read again at once, with a deadline and without.
func TestLateListHasEndsRead(t *testing.T) {
	t.Parallel()
	for name, deadline := range map[string]time.Duration{"deadline": 5 * time.Minute, "no deadline": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				client := &lateList{ends: began.Add(14 * time.Second), takes: 5 * time.Second, names: []string{"projects/p/operations/a", "projects/p/operations/b"}}
				a := activities.New(client, activities.Options{Random: func() float64 { return 0 }})
				var all sync.WaitGroup
				for _, operation := range client.names {
					all.Go(func() {
						in := activities.PollInput{Ref: lro.Ref{Service: "x.googleapis.com", Name: operation}, StartTime: began}
						in.Policy = lro.PollPolicy{InitialInterval: 10 * time.Second, MaximumInterval: 10 * time.Second, YieldInterval: time.Hour}
						if deadline > 0 {
							in.Deadline = began.Add(deadline)
						}
						// The List that is due at 10 s is given up on at 13 s and comes at 15 s.
						out, err := poll(a, in)
						if took := time.Since(began); err != nil || out.Operation.State() != lro.StateSucceeded || took != 15*time.Second {
							t.Errorf("%s: %+v, %v, after %v; it ended at 14 s, and the List said so at 15 s", operation, out, err, took)
						}
					})
					synctest.Wait() // its first read is over: two first reads at once would be a List
				}
				all.Wait()
				if gets, lists := client.gets.Load(), client.listed.Load(); gets > 6 || lists > 2 {
					t.Errorf("%d Gets, %d Lists", gets, lists)
				}
			})
		})
	}
}

// pages is a client whose Lists take five pages, of two operations each. From a time on
// a page takes 2.9 s and shows none.
type pages struct {
	lro.Client
	slow, ends time.Time
	names      []string
}

func (c *pages) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return lro.Operation{Name: ref.Name, Done: !time.Now().Before(c.ends), Response: []byte(`{}`)}, nil
}

func (c *pages) ListOperations(_ context.Context, in lro.ListRequest) (page lro.Page, err error) {
	number, _ := strconv.Atoi(in.PageToken) // "" for the first
	if number < 4 {
		page.NextPageToken = strconv.Itoa(number + 1)
	}
	if !time.Now().Before(c.slow) {
		time.Sleep(listPatience - 100*time.Millisecond)
		return page, nil
	}
	for _, name := range c.names[2*number : 2*number+2] {
		page.Operations = append(page.Operations, lro.Operation{Name: name})
	}
	return page, nil
}

// listPatience is for how long a page, or all of them where a read cannot be put off, is
// waited for.
const listPatience = 3 * time.Second

// A last read before a deadline waits for all pages of a List no longer than others wait
// for one.
func TestLastReadWaitsForNoFurtherPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := &pages{slow: began.Add(25 * time.Second), ends: began.Add(29 * time.Second)}
		for i := range 10 {
			client.names = append(client.names, "projects/p/operations/o"+strconv.Itoa(i))
		}
		a := activities.New(client, activities.Options{Random: func() float64 { return 0 }})
		var all sync.WaitGroup
		for _, name := range client.names {
			all.Go(func() {
				in := activities.PollInput{Ref: lro.Ref{Service: "x.googleapis.com", Name: name}, StartTime: began, Deadline: began.Add(31 * time.Second)}
				in.Policy = lro.PollPolicy{InitialInterval: 10 * time.Second, MaximumInterval: 10 * time.Second, YieldInterval: time.Hour}
				out, err := poll(a, in) // its last read is due at 30 s
				if took := time.Since(began); err != nil || !out.Operation.Done || took != 30*time.Second+listPatience {
					t.Errorf("%s: %+v, %v, after %v; want it read %v after 30 s", name, out, err, took, listPatience)
				}
			})
		}
		all.Wait()
		time.Sleep(time.Minute) // until the List has ended
	})
}
