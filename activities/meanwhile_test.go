package activities_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// second is a client whose first read says that the operation runs, and each after it
// that it has ended.
type second struct {
	lro.Client
	reads atomic.Int32
}

func (c *second) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return lro.Operation{Name: ref.Name, Done: c.reads.Add(1) > 1, Response: []byte(`{}`)}, nil
}

// An answer that comes while a wait decides to yield, or to end at its
// deadline, is its answer all the same.
func TestAnswerThatComesMeanwhile(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o"}
	rows := map[string]struct {
		reason   string
		deadline time.Duration
		set      bool
	}{
		"yielded":     {"its interval is longer than a wait is held", 0, false},
		"expired":     {"its last read is behind it", 500 * time.Millisecond, false},
		"set yielded": {"it may not be held", 0, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := &second{}
			var a *activities.Activities
			a = activities.New(client, activities.Options{MaxHeld: activities.NeverHold, Random: func() float64 {
				if client.reads.Load() == 1 { // when the time to the next read is chosen
					if _, err := a.Poller().GetOperation(t.Context(), ref); err != nil {
						t.Error(err)
					}
				}
				return 0
			}})
			began, deadline := time.Now(), time.Time{}
			if row.deadline > 0 {
				deadline = began.Add(row.deadline)
			}
			policy := lro.PollPolicy{InitialInterval: time.Hour, MaximumInterval: time.Hour}
			if row.set {
				set, _ := sets.New([]lro.Ref{ref})
				out, err := pollSet(a, sets.PollInput{Operations: set, StartTime: began, Policy: policy})
				if err != nil || string(out.States) != "s" {
					t.Errorf("%s: %+v, %v; want the end that was told", row.reason, out, err)
				}
				return
			}
			out, err := poll(a, activities.PollInput{Ref: ref, StartTime: began, Deadline: deadline, Policy: policy})
			if err != nil || !out.Operation.Done || out.Expired || out.Polls != 2 {
				t.Errorf("%s: %+v, %v; want the end that was told", row.reason, out, err)
			}
		})
	}
}
