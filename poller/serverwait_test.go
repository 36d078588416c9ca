package poller

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// server is a client of operations that end at a time. Its waits do as hold says.
type server struct {
	lro.Client
	ends time.Time
	hold func(ctx context.Context, s *server, timeout time.Duration) error

	mu                          sync.Mutex
	gets, waits, underWay, most int
	cancels                     int
}

func (s *server) count(what *int, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*what += by
	s.most = max(s.most, s.underWay)
}

// now is the value of a count.
func (s *server) now(what *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *what
}

func (s *server) show(ref lro.Ref) lro.Operation {
	return lro.Operation{Name: ref.Name, Done: !time.Now().Before(s.ends)}
}

func (s *server) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	s.count(&s.gets, 1)
	return s.show(ref), nil
}

func (s *server) CancelOperation(context.Context, lro.Ref) error {
	s.count(&s.cancels, 1)
	return nil
}

func (s *server) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	return lro.Page{}, &lro.Error{Status: lro.Status{Code: lro.CodeUnimplemented}}
}

func (*server) Waits(ref lro.Ref) bool { return ref.Service == "x.googleapis.com" }

func (s *server) WaitOperation(ctx context.Context, ref lro.Ref, timeout time.Duration) (lro.Operation, error) {
	s.count(&s.waits, 1)
	s.count(&s.underWay, 1)
	defer s.count(&s.underWay, -1)
	if err := s.hold(ctx, s, timeout); err != nil {
		return lro.Operation{}, err
	}
	return s.show(ref), nil
}

// holdFor holds a wait for a time, or until the operation has ended.
func holdFor(ctx context.Context, s *server, d time.Duration) error {
	select {
	case <-time.After(min(d, time.Until(s.ends))):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func refuse(status lro.Status, advice time.Duration) func(context.Context, *server, time.Duration) error {
	return func(context.Context, *server, time.Duration) error {
		return &lro.Error{Method: "WaitOperation", Status: status, RetryAfter: advice}
	}
}

// holds waits as the method is documented.
func holds(ctx context.Context, s *server, timeout time.Duration) error {
	return holdFor(ctx, s, timeout)
}

// readToEnd reads an operation every 10 s until it has ended.
func readToEnd(t *testing.T, p *Poller, ref lro.Ref) {
	w := p.NewWaiter(WithLogger(t.Context(), slog.New(slog.DiscardHandler)), WaiterOptions{AtServer: true})
	defer w.Leave()
	s := w.Subscribe(ref, 0)
	s.ReadAt(time.Now(), 0, PriorityPoll)
	for {
		for _, a := range w.Take(t.Context(), time.Time{}) {
			if a.Err == nil && a.Op.Done {
				return
			}
			interval := max(10*time.Second, lro.RetryAfter(a.Err))
			s.ReadAt(time.Now().Add(interval), interval, PriorityPoll)
		}
	}
}

// However a service answers its waits, the end is seen as soon as it can be, at the cost of the
// schedule: an operation of 105 s that is read every 10 s.
func TestServerWait(t *testing.T) {
	t.Parallel()
	const exactly, bySchedule = 0, 10 * time.Second
	rows := map[string]struct {
		reason              string
		hold                func(context.Context, *server, time.Duration) error
		lag                 time.Duration // at most
		waits, gets, within int           // waits and Gets, and how many more of them
	}{
		"holds":        {"each wait takes the place of a Get, and the last one shows the end", holds, exactly, 11, 1, 0},
		"no timeout":   {"Compute Engine holds for 2 min: Gets go on by the schedule beside it", func(ctx context.Context, s *server, _ time.Duration) error { return holdFor(ctx, s, 2*time.Minute) }, exactly, 1, 11, 0},
		"holds 8 s":    {"that is nearly all of the timeout", func(ctx context.Context, s *server, _ time.Duration) error { return holdFor(ctx, s, 8*time.Second) }, exactly, 14, 1, 0},
		"early":        {"a minute of Gets follows a wait that returned at once", func(context.Context, *server, time.Duration) error { return nil }, bySchedule, 2, 11, 1},
		"501":          {"the method is not there: Gets go on by the schedule", refuse(lro.Status{Code: lro.CodeUnimplemented}, 0), bySchedule, 1, 12, 0},
		"404":          {"the operation may be there all the same", refuse(lro.Status{Code: lro.CodeNotFound}, 0), bySchedule, 2, 12, 0},
		"403":          {"the permission to wait is one of its own", refuse(lro.Status{Code: lro.CodePermissionDenied}, 0), bySchedule, 1, 12, 0},
		"400":          {"no wait of that kind", refuse(lro.Status{Code: lro.CodeInvalidArgument}, 0), bySchedule, 1, 12, 0},
		"503":          {"it may pass", refuse(lro.Status{Code: lro.CodeUnavailable}, 0), bySchedule, 2, 12, 0},
		"429":          {"a lowered budget has no token to spare", refuse(lro.Status{Code: lro.CodeResourceExhausted}, 0), bySchedule, 1, 12, 0},
		"503, advised": {"advice holds for the next read", refuse(lro.Status{Code: lro.CodeUnavailable}, 40*time.Second), 40 * time.Second, 2, 6, 1},
		"hangs": {"the operation is read when it is due, and a second later at most", func(ctx context.Context, _ *server, _ time.Duration) error {
			<-ctx.Done()
			return ctx.Err()
		}, bySchedule, 1, 12, 1},
		"does not return": {"whatever the request's context says", func(context.Context, *server, time.Duration) error { time.Sleep(time.Hour); return nil }, bySchedule, 1, 12, 1},
		"panics":          {"the process goes on", func(context.Context, *server, time.Duration) error { panic("at the disco") }, bySchedule, 2, 12, 1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := &server{ends: time.Now().Add(105 * time.Second), hold: row.hold}
				p, err := New(client, Options{})
				if err != nil {
					t.Fatal(err)
				}
				readToEnd(t, p, lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"})
				lag, waits, gets := time.Since(client.ends), client.now(&client.waits), client.now(&client.gets)
				if lag > row.lag || waits != row.waits || gets < row.gets-row.within || gets > row.gets+row.within {
					t.Errorf("%s: lag %v, %d waits, %d Gets; want at most %v, %d and %d", row.reason, lag, waits, gets, row.lag, row.waits, row.gets)
				}
				if sent := p.Stats("x.googleapis.com").Requests; sent != waits+gets {
					t.Errorf("the budget counts %d requests of %d", sent, waits+gets)
				}
				time.Sleep(2 * time.Hour) // until what hangs has ended
				checkNothingHeld(t, p)
			})
		})
	}
}

func checkNothingHeld(t *testing.T, p *Poller) {
	t.Helper()
	of := p.pacer("x.googleapis.com")
	of.mu.Lock()
	defer of.mu.Unlock()
	if of.atServer != 0 || of.held != 0 || of.aside != 0 {
		t.Errorf("%d waits, %d places and %d aside are still held", of.atServer, of.held, of.aside)
	}
}

// A wait that leaves ends its request at once, and gives its place back.
func TestLeaveEndsServerWait(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		hold   func(context.Context, *server, time.Duration) error
		left   int // requests under way after it
	}{
		"heeds its context":   {"the request ends", holds, 0},
		"ignores its context": {"it holds no place any more", func(context.Context, *server, time.Duration) error { time.Sleep(time.Hour); return nil }, 1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := &server{ends: time.Now().Add(time.Hour), hold: row.hold}
				p, _ := New(client, Options{})
				ctx, cancel := context.WithCancel(t.Context())
				w := p.NewWaiter(ctx, WaiterOptions{AtServer: true})
				s := w.Subscribe(lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}, 0)
				s.ReadAt(time.Now(), 0, PriorityPoll)
				w.Take(ctx, time.Time{})
				s.ReadAt(time.Now().Add(time.Minute), time.Minute, PriorityPoll)
				began := time.Now()
				time.AfterFunc(3*time.Second, cancel)
				if came := w.Take(ctx, time.Time{}); len(came) > 0 || client.now(&client.underWay) != 1 {
					t.Errorf("%+v, %d requests under way, want one", came, client.now(&client.underWay))
				}
				w.Leave()
				synctest.Wait()
				if took := time.Since(began); took != 3*time.Second || client.now(&client.underWay) != row.left {
					t.Errorf("%s: %d requests under way after %v", row.reason, client.now(&client.underWay), took)
				}
				checkNothingHeld(t, p)
				time.Sleep(time.Hour) // until the request has ended
			})
		})
	}
}

// Waits at the server take at most half of the places, and none that another request waits for.
func TestServerWaitsLeavePlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &server{ends: time.Now().Add(time.Minute), hold: holds}
		p, _ := New(client, Options{})
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				readToEnd(t, p, lro.Ref{Service: "x.googleapis.com", Name: fmt.Sprintf("projects/p%d/operations/o", i)})
			})
		}
		time.Sleep(15 * time.Second)
		for range 100 {
			began, other := time.Now(), lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/other"}
			if _, err := p.GetOperation(t.Context(), other); err != nil {
				t.Fatal(err)
			}
			if err := p.CancelOperation(t.Context(), other); err != nil || time.Since(began) > 0 {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		}
		all.Wait()
		if most := client.now(&client.most); most != maxServerWaits {
			t.Errorf("%d waits at once, want %d", most, maxServerWaits)
		}
		checkNothingHeld(t, p)
	})
}

// A budget without a token to spare sends no wait: reads by the schedule, and cancels, come first.
func TestServerWaitsLeaveTokens(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		budget Budget
		waits  bool
	}{
		"none to spare": {"ten operations every 10 s take the whole budget", Budget{RequestsPerSecond: 0.5, Burst: 2}, false},
		"enough":        {"the budget is larger", Budget{RequestsPerSecond: 20}, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := &server{ends: time.Now().Add(time.Minute), hold: holds}
				p, _ := New(client, Options{Budgets: map[string]Budget{"x.googleapis.com": row.budget}})
				var all sync.WaitGroup
				for i := range 10 {
					all.Go(func() {
						readToEnd(t, p, lro.Ref{Service: "x.googleapis.com", Name: fmt.Sprintf("projects/p/operations/o%d", i)})
					})
				}
				all.Wait()
				if waits := client.now(&client.waits); waits > 0 != row.waits {
					t.Errorf("%s: %d waits, %d Gets", row.reason, waits, client.now(&client.gets))
				}
				if sent := p.Stats("x.googleapis.com").Requests; float64(sent) > time.Since(client.ends.Add(-time.Minute)).Seconds()*row.budget.RequestsPerSecond+20 {
					t.Errorf("%d requests", sent)
				}
				time.Sleep(time.Hour) // until the budget is at rest
			})
		})
	}
}

// A last read before a deadline is made when it is due, even while a wait is under way.
func TestServerWaitAndLastRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &server{ends: time.Now().Add(time.Hour), hold: func(ctx context.Context, s *server, _ time.Duration) error { return holdFor(ctx, s, time.Hour) }}
		p, _ := New(client, Options{})
		w := p.NewWaiter(t.Context(), WaiterOptions{AtServer: true})
		s := w.Subscribe(lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}, 0)
		s.ReadAt(time.Now(), 0, PriorityPoll)
		w.Take(t.Context(), time.Time{})
		due := time.Now().Add(20 * time.Second)
		s.ReadAt(due, 20*time.Second, PriorityLast)
		if came := w.Take(t.Context(), time.Time{}); len(came) != 1 || !time.Now().Equal(due) || client.now(&client.waits) != 1 || client.now(&client.gets) != 2 {
			t.Errorf("%+v at %v, %d waits and %d Gets, want a Get when it is due", came, time.Since(due), client.now(&client.waits), client.now(&client.gets))
		}
		w.Leave()
		synctest.Wait()
		checkNothingHeld(t, p)
	})
}

// Two waits for one operation have one request at the server, whose answer is for both.
func TestServerWaitIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := &server{ends: time.Now().Add(time.Minute), hold: holds}
		p, _ := New(client, Options{})
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { readToEnd(t, p, lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}) })
		}
		all.Wait()
		if most := client.now(&client.most); most != 1 || time.Since(client.ends) != 0 {
			t.Errorf("%d requests at once, the end after %v", most, time.Since(client.ends))
		}
	})
}
