package activities_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// endless is a client whose operations run for ever, and that has no Lists.
type endless struct{ lro.Client }

func (endless) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	return lro.Operation{Name: ref.Name}, nil
}

func (endless) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	return lro.Page{}, &lro.Error{Status: lro.Status{Code: lro.CodeUnimplemented}}
}

// attempts runs an activity as a Temporal server would, until it ends or the time comes,
// and passes each yield to each.
func attempts(until time.Time, run func() error, each func(*temporal.ApplicationError)) error {
	for time.Now().Before(until) {
		err := run()
		var app *temporal.ApplicationError
		if !errors.As(err, &app) || app.Type() != activities.YieldType {
			return err
		}
		each(app)
		time.Sleep(app.NextRetryDelay())
	}
	return nil
}

// crowd is 40 waits, or sets of one operation, of day-old operations that are read each
// 30 s, on a worker with room for 4 of them and 2 in the queue for a request a second. It
// returns how many attempts there were, and how many of them found no place.
func crowd(t *testing.T, end time.Time, asSet bool) (made, placeless int) {
	t.Helper()
	poller, err := poller.New(endless{}, poller.Options{Budgets: map[string]poller.Budget{"x.googleapis.com": {RequestsPerSecond: 1, Burst: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	a := activities.New(poller, activities.Options{MaxHeld: 4, Random: func() float64 { return 0 }})
	started := time.Now().Add(-24 * time.Hour)
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			ref := lro.Ref{Service: "x.googleapis.com", Name: "projects/p/operations/o" + strconv.Itoa(i)}
			expired := false
			err := attempts(end.Add(time.Minute), func() error {
				mu.Lock()
				made++
				mu.Unlock()
				if asSet {
					set, _ := sets.New([]lro.Ref{ref})
					out, err := pollSet(a, sets.PollInput{Operations: set, StartTime: started, Deadline: end})
					expired = out.Expired
					return err
				}
				out, err := poll(a, activities.PollInput{Ref: ref, StartTime: started, Deadline: end})
				expired = out.Expired
				return err
			}, func(app *temporal.ApplicationError) {
				mu.Lock()
				defer mu.Unlock()
				if !strings.HasPrefix(app.Message(), "waiting for room to poll, next poll in ") {
					return
				}
				placeless++
				if delay := app.NextRetryDelay(); delay != 30*time.Second && !time.Now().Add(delay).Equal(end.Add(-time.Second)) {
					t.Errorf("without a place for %v, want the interval, or until the last read a second before the deadline", delay)
				}
			})
			if late := time.Since(end); err != nil || !expired || late > 11*time.Second {
				t.Errorf("%s: expired %v, %v, %v after the deadline", ref.Name, expired, err, late)
			}
		})
	}
	all.Wait()
	time.Sleep(time.Minute) // until the budget is at rest
	return made, placeless
}

// A wait that finds no place in the queue for the budget comes back when its next read
// would be due, for its last read at the latest. That takes no place.
func TestNoRoomComesBackByItsSchedule(t *testing.T) {
	t.Parallel()
	for name, asSet := range map[string]bool{"single": false, "set": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				made, placeless := crowd(t, time.Now().Add(70*time.Second), asSet)
				if placeless == 0 || made > 40*4 { // at 0 s, 30 s, 60 s and 69 s
					t.Errorf("%d attempts, %d without a place; want some, and one attempt for each read that was due", made, placeless)
				}
				t.Logf("%d attempts, %d without a place", made, placeless)
			})
		})
	}
}
