package activities_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A server's advice holds up no wait for more than an hour: neither the attempt that is
// told it nor the one after.
func TestAdviceIsBounded(t *testing.T) {
	t.Parallel()
	const years = 5 * 365 * 24 * time.Hour
	told := testsuite.Script{RunsFor: 10 * time.Minute, Faults: []testsuite.Fault{testsuite.RateLimited(years).Calls(1, 1)}}
	untold := testsuite.Script{RunsFor: 10 * time.Minute}
	rows := map[string]struct {
		reason string
		script testsuite.Script
		beat   any
		set    bool
	}{
		"single":       {"it yields for an hour", told, nil, false},
		"single again": {"so does the next attempt", untold, activities.Heartbeat{Seen: true, NotBefore: start.Add(years)}, false},
		"set":          {"it sleeps, and yields, for an hour", told, nil, true},
		"set again":    {"so does the next attempt", untold, sets.PollHeartbeat{NotBefore: start.Add(years)}, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, env := newSetup(t, row.script), newEnv()
			if row.beat != nil {
				env.SetHeartbeatDetails(row.beat)
			}
			if !row.set {
				_, err := execute[activities.PollOutput](env, s.activities(), activities.PollOperationName, s.input())
				if app := applicationError(t, err); app.Type() != activities.YieldType || app.NextRetryDelay() != lro.MaxRetryAfter {
					t.Errorf("%s: %v for %v", row.reason, err, app.NextRetryDelay())
				}
				return
			}
			// A set sleeps however long its intervals are, until its attempt's time is over, and
			// yields for the rest.
			_, err := execute[sets.PollOutput](env, s.activities(), activities.PollOperationsName, s.setInput([]lro.Ref{s.ref}))
			slept, app := s.clock.Now().Sub(start), applicationError(t, err)
			if app.Type() != activities.YieldType || slept == 0 || slept+app.NextRetryDelay() != lro.MaxRetryAfter {
				t.Errorf("%s: %v after %v", row.reason, err, slept)
			}
		})
	}
}
