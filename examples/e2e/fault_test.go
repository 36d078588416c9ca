package e2e

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// None of these is the operation's failure: the wait goes on and succeeds.
func TestTransientErrors(t *testing.T) {
	t.Parallel()
	get := testsuite.MethodGet
	tests := map[string]testsuite.Fault{
		"503":               testsuite.Unavailable().On(get).Calls(2, 9),
		"502 with a page":   testsuite.HTMLPage(502).On(get).Calls(2, 9),
		"504 with a page":   testsuite.HTMLPage(504).On(get).Calls(2, 9),
		"400 with a page":   testsuite.HTMLPage(400).On(get).Calls(2, 9),
		"404 with a page":   testsuite.HTMLPage(404).On(get).Calls(2, 9),
		"501 with a page":   testsuite.HTMLPage(501).On(get).Calls(2, 9),
		"400 page at first": testsuite.HTMLPage(400).On(get).Calls(1, 4),
		"an error with 200": testsuite.Body(200, "application/json", `{"error":{"code":503,"message":"backend","status":"UNAVAILABLE"}}`).On(get).Calls(1, 9),
		"500":               testsuite.FailWith(lro.CodeInternal, "oops").On(get).Calls(2, 9),
		"429":               testsuite.RateLimited(time.Second).On(get).Calls(2, 3),
		"403 for quota":     testsuite.QuotaDenied().On(get).Calls(1, 5),
		"no reply":          testsuite.DroppedConnection().On(get).Calls(1, 9),
		"half a reply":      testsuite.CutReply().On(get).Calls(1, 9),
		"garbage":           testsuite.Body(200, "application/json", `{"name": "projects/`).On(get).Calls(1, 9),
		"a slow reply":      testsuite.Slow(2*time.Second).On(get).Calls(1, 1),
		"404 at first":      testsuite.NotFound().On(get).Calls(1, 4),
		"403 for some time": testsuite.PermissionDenied().On(get).Calls(2, 5),
		"an unlisted code":  testsuite.FailWith(lro.CodeDataLoss, "lost").On(get).Calls(1, 9),
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{faults: []testsuite.Fault{fault}})
			ref := b.operation(testsuite.Script{RunsFor: time.Second})
			outcome, err := b.start(ref, workflows.AwaitOptions{}).Get(b.ctx)
			if err != nil || outcome.State() != lro.StateSucceeded {
				t.Errorf("%q, %v, want success", outcome.State(), err)
			}
		})
	}
}

// Time is compressed 240 times: the default policy's 1 s to 30 s become 4 ms to
// 125 ms, and an hour 15 s.
const compression = 240

var compressed = lro.PollPolicy{
	InitialInterval: lro.DefaultInitialInterval / compression,
	MaximumInterval: lro.DefaultMaximumInterval / compression,
	IgnoreProgress:  true,
}

func TestAnHourOf503(t *testing.T) {
	t.Parallel()
	const hour = time.Hour / compression
	b := newBench(t, benchOptions{})
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run := b.start(ref, workflows.AwaitOptions{Policy: compressed})
	b.waitForPolls(1)
	b.service.AddFaults(testsuite.Unavailable().On(testsuite.MethodGet).During(0, hour))
	b.finish(ref) // which no read shows before
	outcome, err := run.Get(b.ctx)
	if err != nil || outcome.State() != lro.StateSucceeded {
		t.Fatalf("%q, %v, want success", outcome.State(), err)
	}
	if outcome.Duration() < hour {
		t.Errorf("it ended after %v, within the outage of %v", outcome.Duration(), hour)
	}
	if events := b.events(run.ID, run.RunID); len(events) > 11 {
		t.Errorf("%d events, want 11 at most: %v", len(events), events)
	}
}

func TestTenMinutesOf403(t *testing.T) {
	t.Parallel()
	const tenMinutes = 10 * time.Minute / compression * 4 // 10 s
	b := newBench(t, benchOptions{})
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run := b.start(ref, workflows.AwaitOptions{Policy: compressed, AuthGrace: time.Hour / compression * 4})
	b.waitForPolls(1)
	b.service.AddFaults(testsuite.PermissionDenied().On(testsuite.MethodGet).During(0, tenMinutes))
	b.finish(ref) // which no read shows before
	outcome, err := run.Get(b.ctx)
	if err != nil || outcome.State() != lro.StateSucceeded {
		t.Fatalf("%q, %v, want success", outcome.State(), err)
	}
	if outcome.Duration() < tenMinutes {
		t.Errorf("it ended after %v, within the %v of 403", outcome.Duration(), tenMinutes)
	}
}

// AuthGrace also ends across attempts that each see one 403 only.
func TestAuthGraceOverWhileYielding(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	ref := b.operation(testsuite.Script{
		End:    testsuite.RunForever(),
		Faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).Calls(2, 0)},
	})
	policy := lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: time.Second, YieldInterval: time.Millisecond}
	outcome, err := b.start(ref, workflows.AwaitOptions{Policy: policy, AuthGrace: 4 * time.Second}).Get(b.ctx)
	f, _ := lro.AsFailure(err)
	if f.Type != lro.TypePollFailed || f.Code() != lro.CodePermissionDenied {
		t.Fatalf("%v, want PollFailed.PERMISSION_DENIED", err)
	}
	if outcome.Polls < 4 || outcome.Duration() < 4*time.Second {
		t.Errorf("it gave up after %d polls in %v, before the grace of 4s", outcome.Polls, outcome.Duration())
	}
}
