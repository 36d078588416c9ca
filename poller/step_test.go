package poller

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

var stepNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func failed(code lro.Code) error { return &lro.Error{Status: lro.Status{Code: code}} }

func advised(code lro.Code, advice time.Duration) error {
	return &lro.Error{Status: lro.Status{Code: code}, RetryAfter: advice}
}

// stepRow is a wait that began an hour ago, whose interval is 30 s, and an answer to it.
type stepRow struct {
	reason string
	known  Knowledge
	answer Answer
	rules  func(*Rules)
	want   Decision
	after  Knowledge
}

func (row stepRow) check(t *testing.T) {
	t.Helper()
	r := NewRules(lro.PollPolicy{IgnoreProgress: true}, stepNow.Add(-time.Hour))
	r.AuthGrace, r.NotFoundGrace = time.Hour, time.Minute
	if row.rules != nil {
		row.rules(&r)
	}
	known := row.known
	got := r.Step(&known, &row.answer, stepNow, 0)
	if got.Failure != nil && row.want.Failure != nil && got.Failure.Type == row.want.Failure.Type {
		got.Failure, row.want.Failure = nil, nil
	}
	if diff := cmp.Diff(row.want, got); diff != "" {
		t.Errorf("%s: the decision (-want +got):\n%s", row.reason, diff)
	}
	if known != row.after {
		t.Errorf("%s: known after it: %+v, want %+v", row.reason, known, row.after)
	}
}

// What an answer means for a wait.
func TestStep(t *testing.T) {
	t.Parallel()
	const interval = lro.DefaultMaximumInterval
	seen := Knowledge{Seen: true}
	running, done := Answer{Op: lro.Operation{Name: "o"}}, Answer{Op: lro.Operation{Name: "o", Done: true}}
	notBegun := func(r *Rules) { r.intervals.start = stepNow.Add(-50 * time.Second) }
	failing := Knowledge{Failing: true}
	seenFailing := Knowledge{Seen: true, Failing: true}
	blocked := Knowledge{Seen: true, Failing: true, BlockedSince: stepNow}
	rows := map[string]stepRow{
		"running":                  {"it is read again after the interval", Knowledge{}, running, nil, Decision{Wait: interval}, seen},
		"running after failures":   {"a success ends them", blocked, running, nil, Decision{Wait: interval}, seen},
		"cheap":                    {"a read that costs next to nothing is made an eighth sooner", seen, Answer{Op: running.Op, cheap: true}, nil, Decision{Wait: interval - interval/8}, seen},
		"done":                     {"the API's own word ends the wait", seen, done, nil, Decision{End: Done}, seen},
		"done after the deadline":  {"an end counts whenever it comes", seen, done, func(r *Rules) { r.Deadline = stepNow.Add(-time.Second) }, Decision{End: Done}, seen},
		"to report":                {"the time has come, and the read was made anyway", seen, running, func(r *Rules) { r.ReportTime = stepNow }, Decision{End: Reported}, seen},
		"not to report yet":        {"the time has not come", seen, running, func(r *Rules) { r.ReportTime = stepNow.Add(1) }, Decision{Wait: interval}, seen},
		"deferred":                 {"it is as if it had been read", seen, Answer{Err: ErrDeferred}, nil, Decision{Wait: interval}, seen},
		"unavailable":              {"it is retried, and an estimate is not kept to", seen, Answer{Err: failed(lro.CodeUnavailable)}, nil, Decision{Wait: interval}, seenFailing},
		"advice":                   {"the service's advice is a minimum", seen, Answer{Err: advised(lro.CodeResourceExhausted, 2*time.Minute)}, nil, Decision{Wait: 2 * time.Minute}, seenFailing},
		"less advice":              {"and no more than that", seen, Answer{Err: advised(lro.CodeResourceExhausted, time.Second)}, nil, Decision{Wait: interval}, seenFailing},
		"gone":                     {"it was seen", seen, Answer{Err: failed(lro.CodeNotFound)}, nil, Decision{End: Failed, Failure: &lro.Failure{Type: lro.TypeOperationGone}}, seenFailing},
		"not found":                {"the grace is over", Knowledge{}, Answer{Err: failed(lro.CodeNotFound)}, nil, Decision{End: Failed, Failure: &lro.Failure{Type: lro.TypePollFailed}}, failing},
		"not found yet":            {"a read after its start may lag behind: until the grace is over", Knowledge{}, Answer{Err: failed(lro.CodeNotFound)}, notBegun, Decision{Wait: 10 * time.Second}, failing},
		"refused at once":          {"the credentials do not suffice", Knowledge{}, Answer{Err: failed(lro.CodePermissionDenied)}, nil, Decision{End: Failed, Failure: &lro.Failure{Type: lro.TypePollFailed}}, Knowledge{Failing: true, BlockedSince: stepNow}},
		"refused later":            {"a grant may come back", seen, Answer{Err: failed(lro.CodePermissionDenied)}, nil, Decision{Wait: interval}, blocked},
		"refused, resumed":         {"an earlier wait had been let in", Knowledge{}, Answer{Err: failed(lro.CodePermissionDenied)}, func(r *Rules) { r.Resumed = true }, Decision{Wait: interval}, Knowledge{Failing: true, BlockedSince: stepNow}},
		"refused for too long":     {"the grace is over", Knowledge{Seen: true, BlockedSince: stepNow.Add(-time.Hour)}, Answer{Err: failed(lro.CodePermissionDenied)}, nil, Decision{End: Failed, Failure: &lro.Failure{Type: lro.TypePollFailed}}, Knowledge{Seen: true, Failing: true, BlockedSince: stepNow.Add(-time.Hour)}},
		"refused, then disturbed":  {"another error ends the time of refusals", blocked, Answer{Err: failed(lro.CodeUnavailable)}, nil, Decision{Wait: interval}, seenFailing},
		"invalid":                  {"asking again gives the same answer", seen, Answer{Err: failed(lro.CodeInvalidArgument)}, nil, Decision{End: Failed, Failure: &lro.Failure{Type: lro.TypePollFailed}}, seenFailing},
		"no operation":             {"the reply is none", seen, Answer{Err: lro.ErrNotOperation}, nil, Decision{End: Failed, Failure: &lro.Failure{Type: lro.TypeProtocolError}}, seenFailing},
		"far from the deadline":    {"it changes nothing", seen, running, func(r *Rules) { r.Deadline = stepNow.Add(time.Minute) }, Decision{Wait: interval}, seen},
		"near the deadline":        {"the next read is the last, a second before it", seen, running, func(r *Rules) { r.Deadline = stepNow.Add(8 * time.Second) }, Decision{Wait: 7 * time.Second, Last: true}, seen},
		"at the deadline":          {"this read was the last", seen, running, func(r *Rules) { r.Deadline = stepNow.Add(time.Second) }, Decision{End: Expired}, seen},
		"failed at the deadline":   {"so was this one, which failed", seen, Answer{Err: ErrLate}, func(r *Rules) { r.Deadline = stepNow.Add(time.Second) }, Decision{End: Expired}, seenFailing},
		"deferred at the deadline": {"the last read is still to be made", seen, Answer{Err: ErrDeferred}, func(r *Rules) { r.Deadline = stepNow.Add(time.Second) }, Decision{Last: true}, seen},
		"deferred past it":         {"even then", seen, Answer{Err: ErrDeferred}, func(r *Rules) { r.Deadline = stepNow.Add(-time.Second) }, Decision{Last: true}, seen},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.check(t)
		})
	}
}

// When an attempt reads first.
func TestFirst(t *testing.T) {
	t.Parallel()
	start := stepNow.Add(-2 * time.Second)
	policy := lro.PollPolicy{InitialInterval: 10 * time.Second, Coefficient: 1}
	rows := map[string]struct {
		reason    string
		beginning Beginning
		deadline  time.Time
		want      Decision
	}{
		"by a name":                 {"nothing is known of it", Beginning{}, time.Time{}, Decision{}},
		"started":                   {"the reply to its start was observed when the wait began", Beginning{Observed: true}, time.Time{}, Decision{Wait: 8 * time.Second}},
		"observed":                  {"a read before the wait went on counts as one", Beginning{Observed: true, ObservedTime: stepNow.Add(-time.Second)}, time.Time{}, Decision{Wait: 9 * time.Second}},
		"observed too late":         {"the deadline leaves no time for the interval: the read is the last", Beginning{Observed: true}, stepNow.Add(3 * time.Second), Decision{Wait: 2 * time.Second, Last: true}},
		"expired":                   {"it is read once all the same", Beginning{Observed: true}, stepNow, Decision{}},
		"advised":                   {"the attempt before was told to wait", Beginning{NotBefore: stepNow.Add(time.Minute)}, time.Time{}, Decision{Wait: time.Minute}},
		"advised for years":         {"for an hour at most", Beginning{NotBefore: stepNow.Add(10000 * time.Hour)}, time.Time{}, Decision{Wait: lro.MaxRetryAfter}},
		"advised past the deadline": {"its last read is still to be made", Beginning{NotBefore: stepNow.Add(time.Minute)}, stepNow.Add(500 * time.Millisecond), Decision{Last: true}},
		"overdue":                   {"it keeps its place among others", Beginning{NextPoll: stepNow.Add(-time.Minute)}, time.Time{}, Decision{Wait: -time.Minute}},
		"not due yet":               {"a new attempt reads at once", Beginning{NextPoll: stepNow.Add(time.Minute)}, time.Time{}, Decision{}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := NewRules(policy, start)
			r.Deadline = row.deadline
			if got := r.First(&Knowledge{}, row.beginning, stepNow, 0); got != row.want {
				t.Errorf("%s: %+v, want %+v", row.reason, got, row.want)
			}
		})
	}
}

// Whether a wait sleeps here.
func TestHolds(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		yield    time.Duration
		handOver time.Duration // from now
		wait     time.Duration
		want     bool
	}{
		"short":                    {"the interval is below the policy's", time.Minute, time.Hour, 59 * time.Second, true},
		"long":                     {"it is not", time.Minute, time.Hour, time.Minute, false},
		"beyond the attempt":       {"the attempt ends before the read", time.Minute, 20 * time.Second, 30 * time.Second, false},
		"the attempt is over":      {"whatever the interval", time.Minute, 0, time.Second, false},
		"set":                      {"however long its intervals", 0, time.Hour, 24 * time.Hour, true},
		"set, the attempt is over": {"but not beyond its attempt", 0, -time.Second, time.Second, false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Rules{YieldInterval: row.yield, YieldTime: stepNow.Add(row.handOver)}
			if got := r.Holds(row.wait, stepNow); got != row.want {
				t.Errorf("%s: %t, want %t", row.reason, got, row.want)
			}
		})
	}
}
