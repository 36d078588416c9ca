package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

const operationName = "projects/p/instances/i/operations/o"

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// bench is an activity environment with a scripted service on a clock that
// jumps over sleeps.
type bench struct {
	env     *sdk.TestActivityEnvironment
	service *testsuite.Service
	clock   *testsuite.ManualClock
}

func newBench(t *testing.T, options activities.Options, faults ...testsuite.Fault) *bench {
	t.Helper()
	clock := testsuite.NewManualClock(began)
	clock.AdvanceWhenIdle(time.Millisecond)
	b := &bench{clock: clock, service: testsuite.ForTest(t, testsuite.Options{Clock: clock, Faults: faults})}
	var suite sdk.WorkflowTestSuite
	b.env = suite.NewTestActivityEnvironment()
	b.env.SetTestTimeout(30 * time.Second)
	options.Clock, options.Random = clock, func() float64 { return 0 }
	activities.New(b.service, options).Register(b.env)
	return b
}

func (b *bench) poll(in activities.PollInput) (activities.PollOutput, error) {
	if in.StartTime.IsZero() {
		in.StartTime = began
	}
	var out activities.PollOutput
	value, err := b.env.ExecuteActivity(activities.PollOperationName, in)
	if err == nil {
		err = value.Get(&out)
	}
	return out, err
}

// A held poll follows the policy's formula, and the server's advice where it is
// longer.
func TestHeldPollIntervals(t *testing.T) {
	t.Parallel()
	b := newBench(t, activities.Options{}, testsuite.RateLimited(20*time.Second).On(testsuite.MethodGet).Calls(3, 3))
	ref := b.service.MustStart(operationName, testsuite.Script{Polls: 4, Metadata: testsuite.NoMetadata()})
	out, err := b.poll(activities.PollInput{Ref: ref, Policy: lro.PollPolicy{InitialInterval: 4 * time.Second, Coefficient: 1.5}})
	if err != nil || !out.Operation.Done || out.Polls != 6 || !out.Seen {
		t.Fatalf("%+v, %v, want done after 6 polls", out, err)
	}
	var gaps []time.Duration
	calls := b.service.Calls(testsuite.MethodGet)
	for i := range calls[1:] {
		gaps = append(gaps, calls[i+1].Time.Sub(calls[i].Time))
	}
	// 4s + half of the elapsed 0, 4, 10, 30 and 49 s; the third is advised.
	want := []time.Duration{4 * time.Second, 6 * time.Second, 20 * time.Second, 19 * time.Second, 28500 * time.Millisecond}
	for i := range want {
		if gaps[i] != want[i] {
			t.Errorf("gaps %v, want %v", gaps, want)
			break
		}
	}
}

// How a poll hands its wait back to the server.
func TestYield(t *testing.T) {
	t.Parallel()
	percent := testsuite.RawMetadata(`{"progressPercent": 40, "startTime": "2025-12-31T23:00:00Z"}`)
	forever := testsuite.Script{End: testsuite.RunForever(), Metadata: percent}
	tests := map[string]struct {
		reason  string
		options activities.Options
		policy  lro.PollPolicy
		faults  []testsuite.Fault
		delay   time.Duration
		message string
	}{
		"long interval": {
			reason:  "from YieldInterval on",
			delay:   time.Minute,
			message: "running, 40%, next poll in 1m0s",
		},
		"never held": {
			reason:  "whatever the interval, but the server waits a second at least",
			options: activities.Options{MaxHeld: activities.NeverHold},
			policy:  lro.PollPolicy{InitialInterval: time.Millisecond, IgnoreProgress: true},
			delay:   time.Second, message: "running, 40%, next poll in 1s",
		},
		"outage": {
			reason:  "an error is retried by the schedule and says what it is",
			options: activities.Options{MaxHeld: activities.NeverHold},
			faults:  []testsuite.Fault{testsuite.Unavailable()},
			delay:   time.Second, message: "UNAVAILABLE, next poll in 1s",
		},
		"advice": {
			reason: "the server's advice is a minimum",
			faults: []testsuite.Fault{testsuite.RateLimited(10 * time.Minute)},
			delay:  10 * time.Minute, message: "RESOURCE_EXHAUSTED, next poll in 10m0s",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tt.options, tt.faults...)
			_, err := b.poll(activities.PollInput{Ref: b.service.MustStart(operationName, forever), Policy: tt.policy})
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || app.Type() != activities.YieldType || app.NonRetryable() {
				t.Fatalf("%s: %v, want a retryable %s", tt.reason, err, activities.YieldType)
			}
			if app.NextRetryDelay() != tt.delay || app.Message() != tt.message || app.Category() != temporal.ApplicationErrorCategoryBenign {
				t.Errorf("%s: %q after %v, category %v; want %q after %v, benign", tt.reason, app.Message(), app.NextRetryDelay(), app.Category(), tt.message, tt.delay)
			}
		})
	}
}

// Beyond MaxHeld a wait goes through the server, and a place is free again once
// a held poll ends.
func TestMaxHeld(t *testing.T) {
	t.Parallel()
	b := newBench(t, activities.Options{MaxHeld: 1})
	for range 3 {
		ref := b.service.MustStart("projects/p/operations/"+time.Now().Format("150405.000000000"), testsuite.Script{Polls: 2})
		if out, err := b.poll(activities.PollInput{Ref: ref}); err != nil || !out.Operation.Done {
			t.Fatalf("%v, want a held poll: the place was not given back", err)
		}
	}
}

func TestPollEnds(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()}
	minute := lro.DurationOf(time.Minute)
	denied := testsuite.PermissionDenied().On(testsuite.MethodGet)
	brief := lro.PollPolicy{MaximumInterval: 5 * time.Second}
	tests := map[string]struct {
		reason   string
		script   testsuite.Script
		faults   []testsuite.Fault
		in       activities.PollInput
		beat     *activities.Heartbeat
		failure  lro.FailureType
		expired  bool
		tooLarge bool
		after    time.Duration // at least, on the service's clock
	}{
		"expired":           {reason: "the last poll is a second before the deadline", script: forever, in: activities.PollInput{Deadline: began.Add(time.Minute), Policy: brief}, expired: true, after: 59 * time.Second},
		"404 in its grace":  {reason: "a fresh operation may not be readable yet", script: testsuite.Script{HiddenFor: 30 * time.Second}, in: activities.PollInput{NotFoundGrace: minute}, after: 30 * time.Second},
		"404 for too long":  {reason: "the grace is over", script: testsuite.Script{HiddenFor: time.Hour}, in: activities.PollInput{NotFoundGrace: minute, Policy: brief}, failure: lro.TypePollFailed, after: time.Minute},
		"gone":              {reason: "seen, by an attempt before this one", script: testsuite.Script{HiddenFor: time.Hour}, in: activities.PollInput{NotFoundGrace: minute}, beat: &activities.Heartbeat{Seen: true}, failure: lro.TypeOperationGone},
		"gone by input":     {reason: "seen, says the workflow", script: testsuite.Script{HiddenFor: time.Hour}, in: activities.PollInput{NotFoundGrace: minute, Seen: true}, failure: lro.TypeOperationGone},
		"denied at first":   {reason: "a first 403 is permanent", script: forever, faults: []testsuite.Fault{denied}, in: activities.PollInput{AuthGrace: minute}, failure: lro.TypePollFailed},
		"denied, seen":      {reason: "then it is put up with", script: testsuite.Script{Polls: 1}, faults: []testsuite.Fault{denied.Calls(1, 4)}, in: activities.PollInput{AuthGrace: minute, Seen: true, Policy: brief}, after: 20 * time.Second},
		"denied, resumed":   {reason: "or after a cancel", script: testsuite.Script{}, faults: []testsuite.Fault{denied.Calls(1, 4)}, in: activities.PollInput{AuthGrace: minute, Resumed: true, Policy: brief}, after: 20 * time.Second},
		"denied since long": {reason: "the grace counts from an attempt before this one", script: forever, faults: []testsuite.Fault{denied}, in: activities.PollInput{AuthGrace: minute}, beat: &activities.Heartbeat{Seen: true, BlockedSince: began.Add(-time.Hour)}, failure: lro.TypePollFailed},
		"no operation":      {reason: "at once", script: forever, faults: []testsuite.Fault{testsuite.NotAnOperation()}, failure: lro.TypeProtocolError},
		"permanent":         {reason: "at once", script: forever, faults: []testsuite.Fault{testsuite.FailWith(lro.CodeInvalidArgument, "no")}, failure: lro.TypePollFailed},
		"3 MB":              {reason: "its response is dropped, and that is said", script: testsuite.Script{End: testsuite.SucceedLarge(3 << 20)}, tooLarge: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, activities.Options{}, tt.faults...)
			tt.in.Ref = b.service.MustStart(operationName, tt.script)
			if tt.beat != nil {
				b.env.SetHeartbeatDetails(*tt.beat)
			}
			out, err := b.poll(tt.in)
			f, _ := lro.AsFailure(err)
			if f.Type != tt.failure || (err == nil) != (tt.failure == "") {
				t.Fatalf("%s: %v, want failure %q", tt.reason, err, tt.failure)
			}
			if out.Expired != tt.expired || out.ResponseTooLarge != tt.tooLarge {
				t.Errorf("%s: expired %t, too large %t", tt.reason, out.Expired, out.ResponseTooLarge)
			}
			if passed := b.clock.Now().Sub(began); passed < tt.after {
				t.Errorf("%s: it ended after %v, want %v at least", tt.reason, passed, tt.after)
			}
		})
	}
}

// A worker that stops hands a held poll over at once; a cancel ends it.
func TestInterruptedPoll(t *testing.T) {
	t.Parallel()
	long := lro.PollPolicy{InitialInterval: 5 * time.Minute, MaximumInterval: 5 * time.Minute, YieldInterval: time.Hour, IgnoreProgress: true}
	service := testsuite.ForTest(t, testsuite.Options{})
	ref := service.MustStart(operationName, testsuite.Script{End: testsuite.RunForever()})
	newEnv := func(options worker.Options) *sdk.TestActivityEnvironment {
		var suite sdk.WorkflowTestSuite
		env := suite.NewTestActivityEnvironment()
		env.SetWorkerOptions(options)
		activities.New(service, activities.Options{}).Register(env)
		return env
	}
	in := activities.PollInput{Ref: ref, Policy: long, StartTime: time.Now()}
	t.Run("worker stops", func(t *testing.T) {
		env, stop := newEnv(worker.Options{}), make(chan struct{})
		close(stop)
		env.SetWorkerStopChannel(stop)
		_, err := env.ExecuteActivity(activities.PollOperationName, in)
		var app *temporal.ApplicationError
		if !errors.As(err, &app) || app.Type() != activities.YieldType || !strings.Contains(app.Message(), "worker stops") {
			t.Errorf("%v, want a hand-over", err)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		env := newEnv(worker.Options{BackgroundActivityContext: ctx})
		_, err := env.ExecuteActivity(activities.PollOperationName, in)
		// Nobody asked this environment's server for the cancel, so the SDK
		// does not make a CanceledError of it.
		if err == nil || !strings.HasSuffix(err.Error(), context.Canceled.Error()) {
			t.Errorf("%v, want the context's error", err)
		}
	})
}

// A heartbeat never holds metadata.
func TestHeartbeatIsCompact(t *testing.T) {
	t.Parallel()
	b := newBench(t, activities.Options{MaxHeld: activities.NeverHold})
	huge := testsuite.RawMetadata(`{"progressPercent": 7, "optimizeDatabaseOperationName": "` + strings.Repeat("x", 1<<20) + `"}`)
	var most int
	b.env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		var beat activities.Heartbeat
		if err := details.Get(&beat); err != nil || beat.Progress.Percent != 7 || beat.Polls != 1 {
			t.Errorf("heartbeat %+v, %v", beat, err)
		}
		encoded, _ := json.Marshal(beat)
		most = max(most, len(encoded))
	})
	_, _ = b.poll(activities.PollInput{Ref: b.service.MustStart(operationName, testsuite.Script{End: testsuite.RunForever(), Metadata: huge})})
	if most == 0 || most > 4<<10 {
		t.Errorf("the longest heartbeat has %d bytes, want some and 4 KiB at most", most)
	}
}
