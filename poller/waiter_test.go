package poller

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// counting is a client of operations that run, and counts its Gets.
type counting struct {
	lro.Client
	gets atomic.Int32
}

func (c *counting) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	c.gets.Add(1)
	return lro.Operation{Name: ref.Name}, nil
}

// A wait of two operations, the first of which is due in an hour and the second in two, takes an
// answer to the second that another read brings: the first is not read for it.
func TestAnswerBeforeItIsDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, began := &counting{}, time.Now()
		p, err := New(client, Options{})
		if err != nil {
			t.Fatal(err)
		}
		refs := []lro.Ref{
			{Service: "x.googleapis.com", Name: "projects/p/operations/a"},
			{Service: "x.googleapis.com", Name: "projects/q/operations/b"},
		}
		w := p.NewWaiter(t.Context(), WaiterOptions{})
		defer w.Leave()
		for i, ref := range refs {
			interval := time.Duration(i+1) * time.Hour
			w.Subscribe(ref, i).ReadAt(began.Add(interval), interval, PriorityPoll)
		}
		go func() {
			time.Sleep(time.Minute)
			_, _ = p.GetOperation(t.Context(), refs[1])
		}()
		came := w.Take(t.Context(), time.Time{})
		if len(came) != 1 || came[0].Index != 1 || !came[0].Due.IsZero() || time.Since(began) != time.Minute {
			t.Fatalf("%+v after %v, want the second operation's answer, which was not due", came, time.Since(began))
		}
		if w.Reading() || client.gets.Load() != 1 {
			t.Errorf("%d Gets, reading %t, want the other read alone", client.gets.Load(), w.Reading())
		}
		if came = w.Take(t.Context(), time.Time{}); len(came) != 1 || came[0].Index != 0 || came[0].Due != began.Add(time.Hour) {
			t.Errorf("%+v, want the first operation's answer, when it was due", came)
		}
	})
}

// Take returns at the given time, whether it sleeps or waits for an answer.
func TestTakeUntil(t *testing.T) {
	t.Parallel()
	for name, due := range map[string]time.Duration{"asleep": time.Hour, "being read": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, err := New(blocking{}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				w := p.NewWaiter(t.Context(), WaiterOptions{})
				defer w.Leave()
				w.Subscribe(lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}, 0).ReadAt(began.Add(due), due, PriorityPoll)
				for range 3 { // also once the time is past
					if came := w.Take(t.Context(), began.Add(time.Minute)); len(came) > 0 || time.Since(began) != time.Minute {
						t.Errorf("%+v after %v, want nothing after a minute", came, time.Since(began))
					}
				}
				time.Sleep(requestPatience) // until the request is given up
			})
		})
	}
}

// blocking is a client that answers only once the request's context is done.
type blocking struct{ lro.Client }

func (blocking) GetOperation(ctx context.Context, _ lro.Ref) (lro.Operation, error) {
	<-ctx.Done()
	return lro.Operation{}, ctx.Err()
}

// A request whose context was done before is not made, whether there is budget for it or not.
func TestDoOnADoneContext(t *testing.T) {
	t.Parallel()
	p, err := New(blocking{}, Options{Budgets: map[string]Budget{"x.googleapis.com": {RequestsPerSecond: 1e6}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		err := p.Do(ctx, "x.googleapis.com", "projects/p/things/t", PriorityStart, func(context.Context) error {
			t.Error("the request was made")
			return nil
		})
		if err == nil {
			t.Error("no error")
		}
	}
}
