package poller

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ended is a client of operations that have ended.
type ended struct{ lro.Client }

func (ended) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return lro.Operation{Name: ref.Name, Done: true}, nil
}

// Should the state of a subscription ever be changed behind become's back, its wait is
// answered all the same.
func TestWatchdogBoundsAWait(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		damage func(*Subscription)
		within time.Duration
	}{
		"none":          {"it is read at once", func(*Subscription) {}, 0},
		"due, not read": {"the wait asks again", func(s *Subscription) { s.state = isDue; s.group.queueOf(s).add(s) }, requestAgainEvery},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, err := New(ended{}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				w, began := p.NewWaiter(t.Context(), WaiterOptions{}), time.Now()
				defer w.Leave()
				s := w.Subscribe(lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}, 0)
				s.ReadAt(began, 0, PriorityPoll)
				if row.within > 0 { // as if the read had been requested
					w.agenda.remove(scheduled{s})
					s.underway, w.underway = true, 1
				}
				row.damage(s)
				came := w.Take(t.Context(), time.Time{})
				if took := time.Since(began); len(came) != 1 || !came[0].Op.Done || took != row.within {
					t.Errorf("%s: %+v after %v, want an answer after %v", row.reason, came, took, row.within)
				}
			})
		})
	}
}
