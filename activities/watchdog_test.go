package activities

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
		damage func(*member)
		within time.Duration
	}{
		"none":            {"it is read at once", func(*member) {}, 0},
		"due, not read":   {"the wait asks again", func(m *member) { m.state = isDue; m.group.queueOf(m).add(m) }, askAgain},
		"never asked for": {"so does it here", func(*member) {}, askAgain},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				poller, err := NewPoller(ended{}, PollerOptions{})
				if err != nil {
					t.Fatal(err)
				}
				r, began := poller.newReader(t.Context()), time.Now()
				m := r.join(lro.Ref{Service: worldService, Name: "projects/p/operations/o"}, 0)
				defer m.leave()
				m.schedule(began, began, PriorityPoll)
				row.damage(m)
				if row.within == 0 {
					m.ready()
				}
				came := r.await(t.Context(), m.ready)
				if took := time.Since(began); len(came) != 1 || !came[0].op.Done || took != row.within {
					t.Errorf("%s: %+v after %v, want an answer after %v", row.reason, came, took, row.within)
				}
			})
		})
	}
}
