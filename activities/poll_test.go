package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func (s *setup) gaps() []time.Duration {
	var gaps []time.Duration
	calls := s.service.CallsFor(testsuite.MethodGet, s.ref)
	for i := 1; i < len(calls); i++ {
		gaps = append(gaps, calls[i].Time.Sub(calls[i-1].Time))
	}
	return gaps
}

func TestPollHeldIntervals(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		policy lro.PollPolicy
		fault  testsuite.Fault
		want   []time.Duration
	}{
		"policy":    {"1s plus all of the time elapsed: doubling", lro.PollPolicy{Coefficient: 2}, testsuite.Fault{}, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}},
		"maximum":   {"never above the maximum", lro.PollPolicy{Coefficient: 2, MaximumInterval: 3 * time.Second}, testsuite.Fault{}, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}},
		"advice":    {"RetryInfo is a minimum", lro.PollPolicy{Coefficient: 1}, testsuite.RateLimited(15*time.Second).Calls(2, 2), []time.Duration{time.Second, 15 * time.Second, time.Second}},
		"less":      {"advice below the interval changes nothing", lro.PollPolicy{Coefficient: 1, InitialInterval: 9 * time.Second}, testsuite.RateLimited(2*time.Second).Calls(2, 2), []time.Duration{9 * time.Second, 9 * time.Second, 9 * time.Second}},
		"transient": {"a 503 is read again by the policy", lro.PollPolicy{Coefficient: 1}, testsuite.Unavailable().Calls(1, 2), []time.Duration{time.Second, time.Second, time.Second}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{RunsFor: row.want[0] + row.want[1] + row.want[2], Metadata: testsuite.NoMetadata(), Faults: []testsuite.Fault{row.fault}})
			in := s.input()
			in.Policy = row.policy
			out, err := poll(s.activities(), in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, s.gaps()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			if out.Operation.State() != lro.StateSucceeded || out.Polls != 4 || !out.Seen {
				t.Errorf("output = %+v, want success, seen, after 4 polls", out)
			}
		})
	}
}

func TestPollYields(t *testing.T) {
	t.Parallel()
	percent := testsuite.RawMetadata(`{"progressPercent":40}`)
	rows := map[string]struct {
		reason  string
		maxHeld int
		began   time.Duration
		script  testsuite.Script
		text    string
		delay   time.Duration
	}{
		"interval": {"from YieldInterval on nothing is held", 0, 40 * time.Minute, testsuite.Script{Metadata: testsuite.NoMetadata()}, "running, next poll in 30s", 30 * time.Second},
		"estimate": {"nor for an estimate", 0, 40 * time.Minute, testsuite.Script{Metadata: percent}, "running, 40%, next poll in 300s", 5 * time.Minute},
		"never":    {"NeverHold holds no short interval either", activities.NeverHold, 0, testsuite.Script{Metadata: testsuite.NoMetadata()}, "running, next poll in 1s", time.Second},
		"advice":   {"advice is a minimum of the server's retry, too", activities.NeverHold, 0, testsuite.Script{Faults: []testsuite.Fault{testsuite.RateLimited(45 * time.Second)}}, "RESOURCE_EXHAUSTED, next poll in 45s", 45 * time.Second},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.script.End = testsuite.RunForever()
			s := newSetup(t, row.script)
			s.options.MaxHeld = row.maxHeld
			in := s.input()
			in.StartTime, in.Policy.YieldInterval = start.Add(-row.began), 20*time.Second
			_, err := poll(s.activities(), in)
			assertYield(t, err, row.text, row.delay)
			if got := s.service.Count(testsuite.MethodGet); got != 1 {
				t.Errorf("%s: %d reads, want 1", row.reason, got)
			}
		})
	}
}

func assertYield(t *testing.T, err error, text string, delay time.Duration) {
	t.Helper()
	app := applicationError(t, err)
	type yield struct {
		Type, Text   string
		Benign       bool
		NonRetryable bool
		Delay        time.Duration
	}
	want := yield{"StillRunning", text, true, false, delay}
	got := yield{app.Type(), app.Message(), app.Category() == temporal.ApplicationErrorCategoryBenign, app.NonRetryable(), app.NextRetryDelay()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("yield (-want +got):\n%s", diff)
	}
}

// While one poll sleeps in the only place, a second one goes to the server.
func TestPollMaxHeldFull(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{Polls: 1, Metadata: testsuite.NoMetadata()})
	other := s.input()
	other.Ref = s.service.Start(opName+"2", testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()})
	s.options.MaxHeld = 1
	var a *activities.Activities
	var second error
	s.options.Clock = hookedClock{s.clock, func(context.Context, time.Duration) error {
		_, second = poll(a, other)
		return nil
	}}
	a = s.activities()
	if _, err := poll(a, s.input()); err != nil {
		t.Fatal(err)
	}
	assertYield(t, second, "running, next poll in 1s", time.Second)
}

func TestPollExpires(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()})
	in := s.input()
	in.Policy = lro.PollPolicy{InitialInterval: 4 * time.Second, Coefficient: 1}
	in.Deadline = start.Add(10 * time.Second)
	out, err := poll(s.activities(), in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{4 * time.Second, 4 * time.Second, time.Second}, s.gaps()); diff != "" {
		t.Errorf("the last read is one second before the deadline (-want +got):\n%s", diff)
	}
	if !out.Expired || out.Polls != 4 || out.Operation.State() != lro.StateRunning {
		t.Errorf("output = %+v, want expired, running, 4 polls", out)
	}
}

func TestPollWorkerStops(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()})
	stop, env := make(chan struct{}), newEnv()
	env.SetWorkerStopChannel(stop)
	s.options.Clock = hookedClock{s.clock, func(ctx context.Context, _ time.Duration) error {
		close(stop)
		<-ctx.Done()
		return ctx.Err()
	}}
	_, err := execute[activities.PollOutput](env, s.activities(), activities.PollOperationName, s.input())
	assertYield(t, err, "handed over: its worker stops", time.Second)
}

func TestPollCanceled(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()})
	background, cancel := context.WithCancel(context.Background())
	defer cancel()
	env := newEnv()
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: background})
	s.options.Clock = hookedClock{s.clock, func(ctx context.Context, _ time.Duration) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}}
	_, err := execute[activities.PollOutput](env, s.activities(), activities.PollOperationName, s.input())
	// Without a server's cancel request the environment makes an ordinary
	// failure of the context's error, which a worker would report as a cancel.
	if app := applicationError(t, err); app.Message() != context.Canceled.Error() || app.Type() == activities.YieldType {
		t.Errorf("error = %s: %v, want the context's own", app.Type(), app)
	}
}
