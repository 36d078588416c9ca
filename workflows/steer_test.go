package workflows_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// answer is what became of an update.
type answer struct {
	rejected error
	err      error
	status   workflows.WaitStatus
	done     bool
	at       time.Duration // since the workflow's start
}

// update sends one at a time after the workflow's start.
func (w *world) update(after time.Duration, name string, input ...any) *answer {
	var a answer
	start := w.env.Now()
	w.env.RegisterDelayedCallback(func() {
		w.env.UpdateWorkflow(name, "", &sdk.TestUpdateCallback{
			OnReject: func(err error) { a.rejected = err },
			OnAccept: func() {},
			OnComplete: func(result any, err error) {
				a.done, a.err, a.at = true, err, w.env.Now().Sub(start)
				if status, ok := result.(workflows.WaitStatus); ok {
					a.status = status
				}
			},
		}, input...)
	}, after)
	return &a
}

// slow reads once an hour.
var slow = lro.PollPolicy{InitialInterval: time.Hour}

func TestPollNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: 10 * time.Minute, End: testsuite.Succeed(`{"name":"x"}`)})
	running := w.update(5*time.Minute, workflows.PollNowUpdate)
	ended := w.update(15*time.Minute, workflows.PollNowUpdate)
	outcome, err := w.await(ref, workflows.AwaitOptions{Policy: slow})
	if err != nil || string(outcome.Operation.Response) != `{"name":"x"}` {
		t.Fatalf("%v, response %s", err, outcome.Operation.Response)
	}
	if d := outcome.Duration(); d < 15*time.Minute || d > 15*time.Minute+time.Second {
		t.Errorf("it took %v, want what the second poll now took to see the end", d)
	}
	if !running.done || running.err != nil || running.status.Phase != workflows.PhaseAwaiting || running.status.Outcome.Operation.Metadata == nil {
		t.Errorf("the first poll now: %+v", running)
	}
	if !ended.done || ended.err != nil {
		t.Errorf("the second poll now: %+v", ended)
	}
	if got := w.service.Count(testsuite.MethodGet); got != 3 || outcome.Polls != 2 {
		t.Errorf("%d reads, and Polls %d, want the first and two of poll now; the poll that was cut off reports none", got, outcome.Polls)
	}
}

// A read that fails is the update's error, not the wait's.
func TestPollNowFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testsuite.Unavailable().During(time.Minute, 10*time.Minute))
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: 30 * time.Minute})
	failed := w.update(5*time.Minute, workflows.PollNowUpdate)
	if _, err := w.await(ref, workflows.AwaitOptions{Policy: slow}); err != nil {
		t.Fatal(err)
	}
	if f, ok := lro.AsFailure(failed.err); !ok || f.Type != lro.TypePollFailed || f.Code() != lro.CodeUnavailable {
		t.Errorf("%+v, want PollFailed.UNAVAILABLE", failed)
	}
}

func TestSetPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: 90 * time.Minute})
	set := w.update(5*time.Minute, workflows.SetPolicyUpdate, workflows.SetPolicyInput{Policy: lro.PollPolicy{MaximumInterval: 10 * time.Second}})
	outcome, err := w.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: 4 * time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	if d := outcome.Duration(); d < 90*time.Minute || d > 90*time.Minute+10*time.Second {
		t.Errorf("it took %v, want an interval of 10 s at most after the end", d)
	}
	if !set.done || set.err != nil || set.at > 5*time.Minute+time.Second || set.status.Input.Policy.MaximumInterval != 10*time.Second {
		t.Errorf("%+v", set)
	}
	if calls := w.service.Calls(testsuite.MethodGet); len(calls) < 2 || calls[1].Time.Sub(calls[0].Time) > 5*time.Minute+time.Second {
		t.Error("the policy did not begin with a read")
	}
}

// The workflow remembers that a poll now has seen the operation: polled afresh, it is gone.
// An operation that was never seen is not gone.
func TestPolledAfreshSeen(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		script testsuite.Script
		faults []testsuite.Fault
		want   lro.FailureType
	}{
		"seen":       {"its record has expired", testsuite.Script{RunsFor: 5 * time.Minute, ExpiresAfter: time.Minute}, nil, lro.TypeOperationGone},
		"never seen": {"after an outage it is not there", testsuite.Script{HiddenFor: 24 * time.Hour}, []testsuite.Fault{testsuite.Unavailable().During(0, 3*time.Minute)}, lro.TypePollFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.faults...)
			ref := w.service.Start(operationName, tt.script)
			w.update(2*time.Minute, workflows.PollNowUpdate)
			w.update(10*time.Minute, workflows.SetPolicyUpdate, workflows.SetPolicyInput{})
			_, err := w.await(ref, workflows.AwaitOptions{Policy: slow})
			if f, ok := lro.AsFailure(err); !ok || f.Type != tt.want {
				t.Errorf("%s: %v, want %s", tt.reason, err, tt.want)
			}
		})
	}
}

// Updates that come with the first workflow task, before the wait polls.
func TestFirstUpdate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		name   string
		input  any
		want   lro.Cancellation
		calls  int
	}{
		"cancel":   {"the operation is canceled", workflows.CancelUpdate, workflows.StopInput{}, lro.CancellationCanceled, 1},
		"abandon":  {"nothing is sent", workflows.AbandonUpdate, workflows.StopInput{}, lro.CancellationAbandoned, 0},
		"deadline": {"it is the wait's", workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{In: lro.DurationOf(time.Minute)}, "", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
			update := w.update(0, tt.name, tt.input)
			outcome, err := w.await(ref, workflows.AwaitOptions{})
			if f, _ := lro.AsFailure(err); outcome.Cancellation != tt.want || temporal.IsCanceledError(err) != (tt.want != "") || tt.want == "" && f.Type != lro.TypeAwaitTimeout {
				t.Errorf("%s: %v, %q", tt.reason, err, outcome.Cancellation)
			}
			if n := w.service.Count(testsuite.MethodCancel); n != tt.calls {
				t.Errorf("%s: %d cancels were sent", tt.reason, n)
			}
			if !update.done || update.err != nil {
				t.Errorf("the update: %+v", update)
			}
		})
	}
}

// Updates do not carry huge metadata, and the wait does not guess the operation's end from
// what is left of it.
func TestHugeMetadata(t *testing.T) {
	t.Parallel()
	huge := func(n int) testsuite.Metadata {
		return testsuite.RawMetadata(`{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"` + strings.Repeat("x", n) + `"}`)
	}
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: 10 * time.Minute, End: testsuite.Succeed(nil), Metadata: huge(700 << 10)})
	running := w.update(5*time.Minute, workflows.PollNowUpdate)
	if _, err := w.await(ref, workflows.AwaitOptions{Policy: slow}); err != nil {
		t.Fatal(err)
	}
	if running.err != nil || lro.EncodedSize(running.status) > 70<<10 || !running.status.Outcome.Operation.Truncated {
		t.Errorf("%v: the answer has %d bytes", running.err, lro.EncodedSize(running.status))
	}
	w = newWorld(t)
	ref = w.service.Start(operationName, testsuite.Script{RunsFor: 10 * time.Minute, End: testsuite.Succeed(nil), Metadata: huge(1 << 20)})
	w.update(15*time.Minute, workflows.PollNowUpdate)
	outcome, err := w.await(ref, workflows.AwaitOptions{Policy: slow})
	if err != nil || outcome.Duration() > 16*time.Minute {
		t.Errorf("%v after %v, want success soon after the poll now", err, outcome.Duration())
	}
}

func TestSetDeadline(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		timeout time.Duration
		input   workflows.SetDeadlineInput
		runsFor time.Duration
		failure lro.FailureType
		after   time.Duration
	}{
		"sooner": {"the wait ends at the new deadline", 0, workflows.SetDeadlineInput{In: lro.DurationOf(10 * time.Minute)}, time.Hour, lro.TypeAwaitTimeout, 15 * time.Minute},
		"later":  {"it does not end at the old one", 10 * time.Minute, workflows.SetDeadlineInput{In: lro.DurationOf(2 * time.Hour)}, time.Hour, "", time.Hour},
		"lifted": {"it ends with the operation", 10 * time.Minute, workflows.SetDeadlineInput{None: true}, 3 * time.Hour, "", 3 * time.Hour},
		"a time": {"it ends at that time", 0, workflows.SetDeadlineInput{Deadline: time.Unix(0, 0)}, time.Hour, lro.TypeAwaitTimeout, 20 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if !tt.input.Deadline.IsZero() {
				tt.input.Deadline = w.env.Now().Add(20 * time.Minute)
			}
			ref := w.service.Start(operationName, testsuite.Script{RunsFor: tt.runsFor})
			set := w.update(5*time.Minute, workflows.SetDeadlineUpdate, tt.input)
			outcome, err := w.await(ref, workflows.AwaitOptions{Timeout: tt.timeout, Policy: lro.PollPolicy{MaximumInterval: time.Minute}})
			f, _ := lro.AsFailure(err)
			if f.Type != tt.failure || (err != nil) != (tt.failure != "") {
				t.Errorf("%s: %v, want %q", tt.reason, err, tt.failure)
			}
			if d := outcome.Duration(); d < tt.after-time.Second || d > tt.after+2*time.Minute {
				t.Errorf("%s: after %v, want %v", tt.reason, d, tt.after)
			}
			if !set.done || set.err != nil || set.rejected != nil {
				t.Errorf("%+v", set)
			}
		})
	}
}

func TestCancelUpdate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		script  testsuite.Script
		options workflows.AwaitOptions
		want    lro.Cancellation
		isError func(error) bool
	}{
		"honored":          {"as a cancellation of the workflow", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Minute)}, workflows.AwaitOptions{}, lro.CancellationCanceled, temporal.IsCanceledError},
		"completes":        {"the result outranks it", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(0)}, workflows.AwaitOptions{}, lro.CancellationCompleted, func(err error) bool { return err == nil }},
		"policy abandons":  {"that is about cancellations of the workflow", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Minute)}, workflows.AwaitOptions{CancelPolicy: workflows.Abandon}, lro.CancellationCanceled, temporal.IsCanceledError},
		"is not confirmed": {"after the grace", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()}, workflows.AwaitOptions{CancelGrace: time.Minute}, lro.CancellationUnconfirmed, temporal.IsCanceledError},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, tt.script)
			tt.options.Policy = slow
			canceled := w.update(5*time.Minute, workflows.CancelUpdate, workflows.StopInput{Reason: "the wrong region"})
			twice := w.update(5*time.Minute+time.Second, workflows.CancelUpdate, workflows.StopInput{})
			outcome, err := w.await(ref, tt.options)
			if !tt.isError(err) || outcome.Cancellation != tt.want || outcome.CancelReason != "the wrong region" {
				t.Errorf("%s: %v, %q, reason %q", tt.reason, err, outcome.Cancellation, outcome.CancelReason)
			}
			if !canceled.done || canceled.err != nil || canceled.at > 5*time.Minute+time.Second {
				t.Errorf("%+v, want it done once the cancel is delivered", canceled)
			}
			if n := w.service.Count(testsuite.MethodCancel); n != 1 {
				t.Errorf("%d cancels were sent, want 1", n)
			}
			if tt.want != lro.CancellationCompleted && !isRefused(twice.rejected) {
				t.Errorf("a second one: %+v, want it refused", twice)
			}
		})
	}
}

func isRefused(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == workflows.RefusedType
}

func TestAbandon(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		cancel time.Duration // when to cancel first, 0 for never
		faults []testsuite.Fault
		want   lro.Cancellation
	}{
		"awaiting":      {"nothing is sent", 0, nil, lro.CancellationAbandoned},
		"canceling":     {"the rest of the grace is not awaited", time.Minute, nil, lro.CancellationUnconfirmed},
		"undeliverable": {"nor that a cancel is delivered, which may have acted", time.Minute, []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodCancel)}, lro.CancellationUnconfirmed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.faults...)
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()})
			if tt.cancel > 0 {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, tt.cancel)
			}
			abandoned := w.update(5*time.Minute, workflows.AbandonUpdate, workflows.StopInput{Reason: "by hand"})
			outcome, err := w.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Minute}, CancelGrace: time.Hour})
			if !temporal.IsCanceledError(err) || outcome.Cancellation != tt.want || outcome.CancelReason != "by hand" || outcome.Ref != ref {
				t.Errorf("%s: %v, %+v", tt.reason, err, outcome)
			}
			if d := outcome.Duration(); d < 5*time.Minute || d > 5*time.Minute+2*time.Second {
				t.Errorf("%s: it ended after %v", tt.reason, d)
			}
			if !abandoned.done || abandoned.err != nil {
				t.Errorf("%+v", abandoned)
			}
			if n := w.service.Count(testsuite.MethodCancel); tt.cancel == 0 && n != 0 {
				t.Errorf("%d cancels were sent", n)
			}
		})
	}
}

// An update that comes too late, or is invalid, is refused before it is in history.
func TestUpdatesRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1025)
	tests := map[string]struct {
		reason string
		update string
		input  any
		field  string // of the invalid input, "" where it comes too late
	}{
		"policy":             {"an invalid field", workflows.SetPolicyUpdate, workflows.SetPolicyInput{Policy: lro.PollPolicy{Coefficient: 0.5}}, "policy.coefficient"},
		"no deadline":        {"lifting it by mistake", workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{}, "input"},
		"two deadlines":      {"which of them?", workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{None: true, In: lro.DurationOf(time.Hour)}, "input"},
		"past":               {"it would end at once", workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{Deadline: time.Unix(1, 0)}, "deadline"},
		"negative":           {"no time", workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{In: lro.DurationOf(-time.Hour)}, "in"},
		"long reason":        {"over the limit", workflows.CancelUpdate, workflows.StopInput{Reason: long}, "reason"},
		"long reason to go":  {"over the limit", workflows.AbandonUpdate, workflows.StopInput{Reason: long}, "reason"},
		"policy, too late":   {"a wait that is being canceled has its own schedule", workflows.SetPolicyUpdate, workflows.SetPolicyInput{}, ""},
		"deadline, too late": {"and its own deadline", workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{None: true}, ""},
		"cancel, too late":   {"it is being canceled", workflows.CancelUpdate, workflows.StopInput{}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.IgnoreCancel()})
			if tt.field == "" {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 4*time.Minute)
			}
			refused := w.update(5*time.Minute, tt.update, tt.input)
			if _, err := w.await(ref, workflows.AwaitOptions{CancelGrace: 2 * time.Hour}); err != nil {
				t.Fatal(err)
			}
			f, _ := lro.AsFailure(refused.rejected)
			switch {
			case refused.done:
				t.Errorf("%s: it was taken", tt.reason)
			case tt.field == "" && !isRefused(refused.rejected):
				t.Errorf("%s: %v", tt.reason, refused.rejected)
			case tt.field != "" && (f.Type != lro.TypeInvalidInput || !strings.Contains(refused.rejected.Error(), tt.field)):
				t.Errorf("%s: %v, want one of field %s", tt.reason, refused.rejected, tt.field)
			}
		})
	}
}

// With a ProgressInterval the workflow knows the progress, without more reads.
func TestProgressInterval(t *testing.T) {
	t.Parallel()
	counts := map[time.Duration]int{}
	for _, interval := range []time.Duration{0, 5 * time.Minute} {
		w := newWorld(t)
		ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Hour, Metadata: testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)})
		var seen []int
		w.env.RegisterDelayedCallback(func() {
			value, err := w.env.QueryWorkflow(workflows.StatusQuery)
			var status workflows.WaitStatus
			if err == nil {
				err = value.Get(&status)
			}
			if err != nil {
				t.Error(err)
			}
			seen = append(seen, lro.ProgressOf(status.Outcome.Operation.Metadata).Percent)
		}, 31*time.Minute)
		var mu sync.Mutex
		shown := 0
		w.env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
			var beat activities.Heartbeat
			mu.Lock()
			defer mu.Unlock()
			if err := details.Get(&beat); err != nil || beat.Polls < shown {
				t.Errorf("%v, %d polls shown after %d", err, beat.Polls, shown)
			}
			shown = max(shown, beat.Polls)
		})
		outcome, err := w.await(ref, workflows.AwaitOptions{ProgressInterval: interval, Policy: lro.PollPolicy{MaximumInterval: time.Minute}})
		if err != nil || outcome.Polls != w.service.Count(testsuite.MethodGet) {
			t.Fatalf("%v, %d polls of %d", err, outcome.Polls, w.service.Count(testsuite.MethodGet))
		}
		if shown < outcome.Polls-2 { // those of the last poll are told with its end
			t.Errorf("%d polls shown of %d", shown, outcome.Polls)
		}
		if known := seen[0] >= 40 && seen[0] <= 52; known != (interval > 0) {
			t.Errorf("with an interval of %v the workflow knows of %d%% after half of the time", interval, seen[0])
		}
		counts[interval] = outcome.Polls
	}
	if more := counts[5*time.Minute] - counts[0]; more > 3 || more < -3 {
		t.Errorf("%d reads more for the reports", more)
	}
}

// The environment suggests to continue as new: the wait goes on in a new run with
// what updates have changed.
func TestContinueAsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
	start := w.env.Now()
	w.env.RegisterDelayedCallback(func() { w.env.SetContinueAsNewSuggested(true) }, 4*time.Minute)
	polled := w.update(5*time.Minute, workflows.PollNowUpdate)
	w.update(3*time.Minute, workflows.SetDeadlineUpdate, workflows.SetDeadlineInput{In: lro.DurationOf(time.Hour)})
	w.env.ExecuteWorkflow(workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{DeleteWhenDone: true}})
	var next *workflow.ContinueAsNewError
	if err := w.env.GetWorkflowError(); !errors.As(err, &next) {
		t.Fatalf("%v, want to continue as new", err)
	}
	if !polled.done || polled.err != nil {
		t.Errorf("the update that made it: %+v", polled)
	}
	var in workflows.AwaitInput
	if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &in); err != nil {
		t.Fatal(err)
	}
	if raw := string(next.Input.GetPayloads()[0].GetData()); !strings.Contains(raw, `"origin":"worker"`) {
		t.Errorf("another release's worker would read it strictly: %s", raw)
	}
	if in.Ref != ref || !in.DeleteWhenDone || in.Timeout != 63*time.Minute || in.Resume == nil || !in.Resume.Seen || !in.Resume.StartTime.Equal(start) {
		t.Errorf("%+v, %+v", in, in.Resume)
	}
}
