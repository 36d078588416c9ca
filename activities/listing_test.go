package activities_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// newTimedSetup is a setup in the time of a synctest bubble, for what a request
// takes. It begins at that bubble's now.
func newTimedSetup(t testing.TB) *setup {
	t.Helper()
	return &setup{
		service: testsuite.ForTest(t, testsuite.Options{}),
		options: activities.Options{Random: func() float64 { return 0 }},
	}
}

func everySecond() lro.PollPolicy {
	return lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: time.Second, YieldInterval: time.Hour, IgnoreProgress: true}
}

// hangs returns a response that hangs, as long as a client's timeout, from a time on.
func hangs(s *setup, from time.Time, hung *atomic.Int32) func(lro.ListRequest) (lro.Page, error) {
	return func(in lro.ListRequest) (lro.Page, error) {
		if time.Now().Before(from) {
			return s.service.ListOperations(context.Background(), in)
		}
		hung.Add(1)
		time.Sleep(30 * time.Second)
		return lro.Page{}, &lro.Error{Method: "ListOperations", Status: lro.Status{Code: lro.CodeDeadlineExceeded}}
	}
}

// A List that does not come is given up on: those it was for are read one by one,
// and no other is made for a while.
func TestListGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTimedSetup(t)
		began := time.Now()
		refs := s.fleet(t, 5, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: 12 * time.Second} })
		var hung atomic.Int32
		client := &listing{Client: s.service, respond: hangs(s, began.Add(10*time.Second), &hung)}
		in := s.setInput(refs)
		in.StartTime, in.Deadline, in.Policy = began, began.Add(time.Minute), everySecond()
		out, err := pollSet(activities.New(client, s.options), in)
		if err != nil || string(out.States) != "sssss" {
			t.Fatalf("%s, %v", out.States, err)
		}
		if took := time.Since(began); took > 14*time.Second {
			t.Errorf("ended after %v, though Gets answered all the time", took)
		}
		if gets := s.service.Count(testsuite.MethodGet); hung.Load() != 1 || gets != len(refs) {
			t.Errorf("%d Lists hung, %d Gets; want one, and a Get for each that it was to answer", hung.Load(), gets)
		}
		time.Sleep(time.Minute) // until the List has ended
	})
}

// The last read before a deadline does not take what a List says that was asked for
// before it.
func TestListIsNoLastRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTimedSetup(t)
		began := time.Now()
		// Read by a List from 10 s on, when all run, and by a Get from 11.5 s on.
		refs := s.fleet(t, 3, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: 11 * time.Second} })
		s.service.AddFaults(testsuite.Slow(time.Second).On(testsuite.MethodGet).During(5*time.Second, time.Hour))
		a := activities.New(&listing{Client: s.service, respond: func(in lro.ListRequest) (lro.Page, error) {
			page, err := s.service.ListOperations(t.Context(), in)
			if time.Since(began) >= 10*time.Second {
				time.Sleep(2 * time.Second)
			}
			return page, err
		}}, s.options)
		var all sync.WaitGroup
		all.Go(func() {
			in := s.setInput(refs[:2])
			in.StartTime, in.Policy = began, everySecond()
			if _, err := pollSet(a, in); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			in := activities.PollInput{Ref: refs[2], StartTime: began, Deadline: began.Add(12500 * time.Millisecond)}
			in.Policy = lro.PollPolicy{InitialInterval: time.Minute, MaximumInterval: time.Minute, YieldInterval: time.Hour}
			if out, err := poll(a, in); err != nil || !out.Operation.Done {
				t.Errorf("expired %v, %v, with a last read that says done", out.Expired, err)
			}
		})
		all.Wait()
	})
}

// While a List is under way, the last read before a deadline does not wait for it.
func TestListHoldsUpNoLastRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTimedSetup(t)
		began := time.Now()
		refs := s.fleet(t, 3, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: 11 * time.Second} })
		var hung atomic.Int32
		a := activities.New(&listing{Client: s.service, respond: hangs(s, began.Add(10*time.Second), &hung)}, s.options)
		var all sync.WaitGroup
		all.Go(func() {
			in := s.setInput(refs[:2])
			in.StartTime, in.Policy = began, everySecond()
			if out, err := pollSet(a, in); err != nil || string(out.States) != "ss" {
				t.Errorf("%s, %v", out.States, err)
			}
		})
		all.Go(func() { // answered by the Lists of the others, the last at 9 s
			in := activities.PollInput{Ref: refs[2], StartTime: began, Deadline: began.Add(12500 * time.Millisecond)}
			in.Policy = lro.PollPolicy{InitialInterval: time.Minute, MaximumInterval: time.Minute, YieldInterval: time.Hour}
			if out, err := poll(a, in); err != nil || !out.Operation.Done {
				t.Errorf("%+v, %v", out, err)
			}
			if took := time.Since(began); took != 11500*time.Millisecond {
				t.Errorf("the last read was answered at %v, want it made when it was due", took)
			}
		})
		all.Wait()
		if hung.Load() != 1 {
			t.Errorf("%d Lists hung, want one", hung.Load())
		}
		time.Sleep(time.Minute) // until the List has ended
	})
}

// A List that comes late answers those who still wait, where it shows the end.
func TestListComesLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTimedSetup(t)
		refs := s.fleet(t, 2, oneInstance, func(int) testsuite.Script { return testsuite.Script{} })
		s.service.AddFaults(testsuite.Slow(20 * time.Second).On(testsuite.MethodGet))
		began := time.Now()
		client := &listing{Client: s.service, respond: func(in lro.ListRequest) (lro.Page, error) {
			time.Sleep(10 * time.Second)
			return s.service.ListOperations(t.Context(), in)
		}}
		in := s.setInput(refs)
		in.StartTime = began
		out, err := pollSet(activities.New(client, s.options), in)
		if err != nil || string(out.States) != "ss" || time.Since(began) != 10*time.Second {
			t.Errorf("%s after %v, %v; want the List's answers", out.States, time.Since(began), err)
		}
		time.Sleep(time.Minute) // until the Gets have ended
		if calls := s.service.Count(); calls != 3 {
			t.Errorf("%v, want a List and the Gets in its place", s.service.Calls())
		}
	})
}

// Cancels of a set do not wait for what hangs.
func TestCancelSetHangs(t *testing.T) {
	t.Parallel()
	const hang = 30 * time.Second
	rows := map[string]struct {
		reason string
		faults []testsuite.Fault
		within time.Duration
		want   string
	}{
		"list": {"Gets say which has ended", []testsuite.Fault{testsuite.Slow(hang).On(testsuite.MethodList)}, 3 * time.Second, "ded"},
		"all":  {"what cannot be read is sent one", []testsuite.Fault{testsuite.Slow(hang).On(testsuite.MethodList, testsuite.MethodGet)}, 5 * time.Second, "ddd"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTimedSetup(t)
				scripts := []testsuite.Script{{End: testsuite.RunForever()}, {}, {End: testsuite.RunForever()}}
				refs := s.fleet(t, 3, oneInstance, func(i int) testsuite.Script { return scripts[i] })
				s.service.AddFaults(row.faults...)
				began := time.Now()
				set, _ := sets.New(refs)
				out, err := execute[sets.CancelOutput](newEnv(), s.activities(), activities.CancelOperationsName, sets.CancelInput{Operations: set})
				if took := time.Since(began); err != nil || out.Results != row.want || took > row.within {
					t.Errorf("%s: results %q, %v, after %v; want %q within %v", row.reason, out.Results, err, took, row.want, row.within)
				}
				time.Sleep(2 * hang)
			})
		})
	}
}

// After a List that failed with the server's advice none is made before that has
// passed. Gets go on.
func TestListHeedsAdvice(t *testing.T) {
	t.Parallel()
	const advice = 30 * time.Second
	rows := map[string]struct {
		reason string
		fault  testsuite.Fault
	}{
		"unavailable": {"those it was for are read by themselves", testsuite.Unavailable().WithRetryAfter(advice)},
		"quota":       {"those it was for wait, and others come", testsuite.RateLimited(advice)},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			refs := s.fleet(t, 20, oneInstance, func(int) testsuite.Script { return testsuite.Script{End: testsuite.RunForever()} })
			s.service.AddFaults(row.fault.On(testsuite.MethodList).Calls(3, 3))
			a := s.activities()
			for _, part := range [][]lro.Ref{refs[:10], refs[10:]} {
				in := s.setInput(part)
				in.Policy = everySecond()
				in.StartTime = s.clock.Now()
				in.Deadline = in.StartTime.Add(15 * time.Second)
				if _, err := pollSet(a, in); err != nil {
					t.Fatal(err)
				}
			}
			lists := s.service.Calls(testsuite.MethodList)
			if len(lists) < 3 {
				t.Fatalf("%d lists", len(lists))
			}
			failed := lists[2].Time
			for _, list := range lists[3:] {
				if after := list.Time.Sub(failed); after < advice {
					t.Fatalf("%s: listed again %v after advice of %v", row.reason, after, advice)
				}
			}
			if s.service.Count(testsuite.MethodGet) == 0 {
				t.Errorf("%s: no Gets", row.reason)
			}
		})
	}
}

// Of two waits on one operation only the one that can do without is ever put off
// for a List that showed nobody.
func TestListPutsOffNoLastRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTimedSetup(t)
		began := time.Now()
		x := s.service.Start("projects/p/instances/i/operations/x", testsuite.Script{RunsFor: 11500 * time.Millisecond})
		y := s.service.Start("projects/p/instances/i/operations/y", testsuite.Script{RunsFor: 20 * time.Second})
		a := activities.New(&listing{Client: s.service, respond: func(in lro.ListRequest) (lro.Page, error) {
			if time.Since(began) > 11*time.Second {
				return lro.Page{}, nil
			}
			return s.service.ListOperations(t.Context(), in)
		}}, s.options)
		var all sync.WaitGroup
		// Lists at 3.9 s and 7.8 s answer all. At 11.6 s the last read is due, and
		// those of the others are as good as due, that of x the last of them.
		for _, wait := range []struct {
			ref      lro.Ref
			interval time.Duration
			deadline time.Time
		}{
			{x, 4 * time.Second, time.Time{}},
			{y, 3900 * time.Millisecond, time.Time{}},
			{x, 4 * time.Second, began.Add(12600 * time.Millisecond)},
		} {
			all.Go(func() {
				in := activities.PollInput{Ref: wait.ref, StartTime: began, Deadline: wait.deadline}
				in.Policy = lro.PollPolicy{InitialInterval: wait.interval, MaximumInterval: wait.interval, YieldInterval: time.Hour}
				out, err := poll(a, in)
				if err != nil || !out.Operation.Done {
					t.Errorf("of %s: %+v, %v", wait.ref.Name, out, err)
				}
			})
			synctest.Wait() // x's poll is the one that stands for it
		}
		all.Wait()
	})
}

// What a List shows to have ended without saying how is read, due or not, and
// nothing else is.
func TestListWithoutResults(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		end    testsuite.End
		want   string
	}{
		"error":    {"the List left it out", testsuite.Fail(lro.CodeInternal, "it failed"), "f"},
		"response": {"so here", testsuite.Succeed(map[string]any{"@type": "type.googleapis.com/x", "a": 1}), "s"},
		"neither":  {"a Get that says so says success", testsuite.Succeed(nil), "s"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			const n = 5
			refs := s.fleet(t, n, oneInstance, func(int) testsuite.Script { return testsuite.Script{RunsFor: time.Minute, End: row.end} })
			client := &listing{Client: s.service, respond: func(in lro.ListRequest) (lro.Page, error) {
				page, err := s.service.ListOperations(context.Background(), in)
				for i := range page.Operations {
					page.Operations[i].Error, page.Operations[i].Response = nil, nil
				}
				return page, err
			}}
			out, err := pollSet(activities.New(client, s.options), s.setInput(refs))
			if err != nil || string(out.States) != strings.Repeat(row.want, n) {
				t.Fatalf("%s: %s, %v; want all %s", row.reason, out.States, err, row.want)
			}
			if gets := s.service.Count(testsuite.MethodGet); gets != n {
				t.Errorf("%s: %d Gets, want one for each that ended", row.reason, gets)
			}
		})
	}
}
