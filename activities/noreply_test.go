package activities_test

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// mute is a client whose first calls of a method bring no reply.
type mute struct {
	lro.Client
	gets, lists   func()
	asked, listed atomic.Int32
}

func (c *mute) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	if c.asked.Add(1) == 1 && c.gets != nil {
		c.gets()
	}
	return lro.Operation{Name: ref.Name, Done: true, Response: []byte(`{}`)}, nil
}

func (c *mute) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	if c.listed.Add(1) == 1 && c.lists != nil {
		c.lists()
	}
	return lro.Page{}, nil
}

// Each wait for an answer is bounded, whatever becomes of the request: it goes on with
// its schedule.
func TestNoReplyEndsNoWait(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason      string
		gets, lists func()
		operations  int
		within      time.Duration
	}{
		"get hangs":        {"it is given up on after 2 minutes", func() { time.Sleep(24 * time.Hour) }, nil, 1, 2*time.Minute + 15*time.Second},
		"one get hangs":    {"the other is read meanwhile", func() { time.Sleep(24 * time.Hour) }, nil, 2, 2*time.Minute + 15*time.Second},
		"get exits":        {"its goroutine ends with an answer", runtime.Goexit, nil, 1, 15 * time.Second},
		"list hangs":       {"it is given up on after 3 s", nil, func() { time.Sleep(24 * time.Hour) }, 2, 3 * time.Second},
		"list exits":       {"Gets are made, or put off in its favor", nil, runtime.Goexit, 2, 10 * time.Second},
		"list then get":    {"one after the other", func() { time.Sleep(24 * time.Hour) }, func() { time.Sleep(24 * time.Hour) }, 2, 2*time.Minute + 20*time.Second},
		"get that panics":  {"it fails, and is made again", func() { panic("get") }, nil, 1, 15 * time.Second},
		"list that panics": {"so they are after one that failed", nil, func() { panic("list") }, 2, 10 * time.Second},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				a := activities.New(&mute{gets: row.gets, lists: row.lists}, activities.Options{Random: func() float64 { return 0 }})
				var refs []lro.Ref
				for i := range row.operations {
					refs = append(refs, lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/" + string(rune('a'+i))})
				}
				policy := lro.PollPolicy{InitialInterval: 10 * time.Second, MaximumInterval: 10 * time.Second, YieldInterval: time.Hour}
				set, _ := sets.New(refs)
				out, err := pollSet(a, sets.PollInput{Operations: set, StartTime: began, Policy: policy})
				if took := time.Since(began); err != nil || string(out.States) != strings.Repeat("s", row.operations) || took > row.within {
					t.Errorf("%s: set: %+v, %v, after %v; want all succeeded within %v", row.reason, out, err, took, row.within)
				}
				began = time.Now()
				a = activities.New(&mute{gets: row.gets, lists: row.lists}, activities.Options{Random: func() float64 { return 0 }})
				single, err := poll(a, activities.PollInput{Ref: refs[0], StartTime: began, Policy: policy})
				if took := time.Since(began); err != nil || single.Operation.State() != lro.StateSucceeded || took > row.within {
					t.Errorf("%s: single: %+v, %v, after %v; want success within %v", row.reason, single, err, took, row.within)
				}
				time.Sleep(48 * time.Hour) // until what hangs has ended
			})
		})
	}
}
