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

// Should a member's state ever be changed behind become's back, its wait is answered all
// the same.
func TestWatchdogBoundsAWait(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		damage func(*Subscription)
		within time.Duration
	}{
		"none":            {"it is read at once", func(*Subscription) {}, 0},
		"due, not read":   {"the wait asks again", func(m *Subscription) { m.state = isDue; m.group.queueOf(m).add(m) }, askAgain},
		"never asked for": {"so does it here", func(*Subscription) {}, askAgain},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				poller, err := New(ended{}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				r, began := poller.NewWaiter(t.Context()), time.Now()
				m := r.Subscribe(lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}, 0)
				defer m.Leave()
				m.Due(began, began, PriorityPoll)
				row.damage(m)
				if row.within == 0 {
					m.Ready()
				}
				came := r.Await(t.Context(), m.Ready)
				if took := time.Since(began); len(came) != 1 || !came[0].Op.Done || took != row.within {
					t.Errorf("%s: %+v after %v, want an answer after %v", row.reason, came, took, row.within)
				}
			})
		})
	}
}
