package activities_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// A wait whose first read still waits for the budget is handed over before its attempt's time is
// over: the next attempt goes on, and has the place of this one.
func TestHandOverBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const service = "x.googleapis.com"
		p, err := poller.New(endless{}, poller.Options{Budgets: map[string]poller.Budget{service: {RequestsPerSecond: 0.001, Burst: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.GetOperation(t.Context(), lro.Ref{Service: service, Name: "projects/p/operations/other"}); err != nil {
			t.Fatal(err) // it takes the one token there is
		}
		began := time.Now()
		ref := lro.Ref{Service: service, Name: "projects/p/operations/o"}
		_, err = poll(activities.New(p, activities.Options{}), activities.PollInput{Ref: ref, StartTime: began})
		const attempt = 10 * time.Minute // of the test environment
		if app := applicationError(t, err); app.Type() != activities.YieldType || time.Since(began) != attempt*3/4 {
			t.Errorf("%v after %v, want a yield after %v", err, time.Since(began), attempt*3/4)
		}
		time.Sleep(time.Hour) // until the budget is at rest
	})
}
