package workflows_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A day-long wait takes a moment of a test's time.
func TestAwaitForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: 24 * time.Hour, End: testsuite.Succeed(`{"name":"x"}`)})
	outcome, err := w.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: 10 * time.Minute, IgnoreProgress: true}})
	if err != nil || outcome.State() != lro.StateSucceeded || string(outcome.Operation.Response) != `{"name":"x"}` {
		t.Fatalf("%q, %v, response %s", outcome.State(), err, outcome.Operation.Response)
	}
	if d := outcome.Duration(); d < 24*time.Hour || d > 24*time.Hour+10*time.Minute {
		t.Errorf("it took %v, want a day and at most one interval", d)
	}
	if got := w.service.Count(testsuite.MethodGet); got != outcome.Polls {
		t.Errorf("Outcome.Polls = %d, the service counted %d", outcome.Polls, got)
	}
}

// A cancel may come at any instant of a wait. It is sent once, and the outcome tells what
// became of it.
func TestCancelAtEveryPoint(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, time.Millisecond, 500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 10 * time.Second, time.Hour} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Minute)})
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, after)
			outcome, err := w.await(ref, workflows.AwaitOptions{})
			if !temporal.IsCanceledError(err) || outcome.Cancellation != lro.CancellationCanceled || outcome.Ref != ref {
				t.Errorf("%v, cancellation %q of %s", err, outcome.Cancellation, outcome.Ref)
			}
			if n := w.service.Count(testsuite.MethodCancel); n != 1 {
				t.Errorf("%d cancels were sent, want 1", n)
			}
		})
	}
}

// Cancels that fail tell a wait what they tell a set.
func TestCancelFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		script testsuite.Script
		want   lro.Cancellation
		state  lro.State
		status lro.Code // why
	}{
		"not found":       {"its collection has no cancel: the operation can be read", noneThere, lro.CancellationUnsupported, lro.StateSucceeded, lro.CodeNotFound},
		"by another":      {"no try of ours can have done it", byAnother, lro.CancellationUndelivered, lro.StateCanceled, lro.CodeFailedPrecondition},
		"had acted":       {"an earlier try did it, whose reply was lost", hadActed, lro.CancellationCanceled, lro.StateCanceled, lro.CodeOK},
		"had acted, 404":  {"an earlier try did it, whose reply was lost; the next was answered 404", goneAfter, lro.CancellationCanceled, lro.StateCanceled, lro.CodeOK},
		"front end's 401": {"no answer of the service: the next try is accepted", page401, lro.CancellationCanceled, lro.StateCanceled, lro.CodeOK},
		"front end's 403": {"no answer of the service: the next try is accepted", page403, lro.CancellationCanceled, lro.StateCanceled, lro.CodeOK},
		"no reply":        {"it may have been accepted", noReply, lro.CancellationUnconfirmed, lro.StateRunning, lro.CodeUnavailable},
		"down":            {"the API says that it is", unreached, lro.CancellationUndelivered, lro.StateRunning, lro.CodeUnavailable},
		"vanishes":        {"with its cancel, which was accepted", vanishes, lro.CancellationGone, lro.StateRunning, lro.CodeOK},
		"not implemented": {"the service has no cancel", noCancel, lro.CancellationUnsupported, lro.StateRunning, lro.CodeUnimplemented},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 10*time.Second)
			outcome, err := w.await(w.service.Start(operationName, tt.script), workflows.AwaitOptions{CancelGrace: 20 * time.Minute})
			status := lro.CodeOK
			if outcome.CancelStatus != nil {
				status = outcome.CancelStatus.Code
			}
			if outcome.Cancellation != tt.want || outcome.State() != tt.state || status != tt.status {
				t.Errorf("%s: %q, %s, for %s (%v), want %q, %s, for %s", tt.reason, outcome.Cancellation, outcome.State(), status, err, tt.want, tt.state, tt.status)
			}
		})
	}
}

// If only the scope of the wait is canceled, and not the workflow, the operation is canceled
// all the same.
func TestCancelScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
	w.env.ExecuteWorkflow(func(ctx workflow.Context) (lro.Cancellation, error) {
		scope, cancel := workflow.WithCancel(ctx)
		workflow.Go(ctx, func(ctx workflow.Context) {
			_ = workflow.Sleep(ctx, time.Minute)
			cancel()
		})
		outcome, err := workflows.Await(scope, ref, workflows.AwaitOptions{})
		if !temporal.IsCanceledError(err) {
			return "", err
		}
		return outcome.Cancellation, nil
	})
	var got lro.Cancellation
	if err := w.env.GetWorkflowResult(&got); err != nil || got != lro.CancellationCanceled {
		t.Errorf("%q, %v, want canceled", got, err)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		script  testsuite.Script
		faults  []testsuite.Fault
		options workflows.AwaitOptions
		failure lro.FailureType
		cancel  lro.Cancellation
		last    lro.Code // what the last read failed with
	}{
		"left running": {
			reason: "nothing is sent by default", script: testsuite.Script{End: testsuite.RunForever()},
			options: workflows.AwaitOptions{Timeout: time.Hour}, failure: lro.TypeAwaitTimeout,
		},
		"just in time": {
			reason: "the last poll is made just before the deadline", script: testsuite.Script{RunsFor: time.Hour - 2*time.Second},
			options: workflows.AwaitOptions{Timeout: time.Hour},
		},
		"canceled": {
			reason: "by policy", script: testsuite.Script{End: testsuite.RunForever()},
			options: workflows.AwaitOptions{Timeout: time.Hour, DeadlinePolicy: workflows.CancelOnDeadline},
			failure: lro.TypeAwaitTimeout, cancel: lro.CancellationCanceled,
		},
		"canceled, completes": {
			reason: "a deadline is a timeout whatever became of its cancel", script: testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(0)},
			options: workflows.AwaitOptions{Timeout: time.Hour, DeadlinePolicy: workflows.CancelOnDeadline},
			failure: lro.TypeAwaitTimeout, cancel: lro.CancellationCompleted,
		},
		"down all the time": {
			reason: "an API that is down does not fail the wait before its deadline", script: testsuite.Script{},
			faults:  []testsuite.Fault{testsuite.Unavailable()},
			options: workflows.AwaitOptions{Timeout: 6 * time.Hour}, failure: lro.TypeAwaitTimeout, last: lro.CodeUnavailable,
		},
		"advice beyond it": {
			reason: "a Retry-After longer than what is left does not outlast the deadline", script: testsuite.Script{},
			faults:  []testsuite.Fault{testsuite.RateLimited(24 * time.Hour)},
			options: workflows.AwaitOptions{Timeout: time.Minute}, failure: lro.TypeAwaitTimeout, last: lro.CodeResourceExhausted,
		},
		"shorter than a poll": {
			reason: "one poll is made whatever the deadline", script: testsuite.Script{},
			options: workflows.AwaitOptions{Timeout: time.Nanosecond},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.faults...)
			outcome, err := w.await(w.service.Start(operationName, tt.script), tt.options)
			f, _ := lro.AsFailure(err)
			if f.Type != tt.failure || outcome.Cancellation != tt.cancel || (err == nil) != (tt.failure == "") {
				t.Errorf("%s: %v, cancellation %q, want %q and %q", tt.reason, err, outcome.Cancellation, tt.failure, tt.cancel)
			}
			last := lro.CodeOK
			if f.PollError != nil {
				last = f.PollError.Code
			}
			if last != tt.last {
				t.Errorf("%s: its last read failed with %v, want %v", tt.reason, last, tt.last)
			}
		})
	}
}

// The server's advice is a minimum for the next poll.
func TestRetryAdvice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testsuite.RateLimited(5*time.Minute).On(testsuite.MethodGet).Calls(2, 2))
	ref := w.service.Start(operationName, testsuite.Script{Polls: 2})
	if _, err := w.await(ref, workflows.AwaitOptions{}); err != nil {
		t.Fatal(err)
	}
	calls := w.service.Calls(testsuite.MethodGet)
	if gap := calls[2].Time.Sub(calls[1].Time); gap < 5*time.Minute {
		t.Errorf("polled again after %v, the advice was 5m", gap)
	}
}

func TestOperationPassedIn(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	tests := map[string]struct {
		reason  string
		ref     lro.Ref
		reply   lro.Operation
		failure lro.FailureType
		field   string
	}{
		"done, no name":   {"it costs no poll even without a name", lro.Ref{}, lro.Operation{Done: true}, "", ""},
		"done, failed":    {"its error is its own", ref, lro.Operation{Name: operationName, Done: true, Error: &lro.Status{Code: lro.CodeAborted}}, lro.TypeOperationFailed, ""},
		"done, canceled":  {"this wait has not canceled it", ref, lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeCanceled}}, lro.TypeOperationFailed, ""},
		"another's":       {"the ref and the operation must agree", ref, lro.Operation{Name: "projects/p/operations/other", Done: true}, lro.TypeInvalidInput, "operation.name"},
		"running, no ref": {"there is nothing to poll", lro.Ref{}, lro.Operation{Name: operationName}, lro.TypeInvalidInput, "ref"},
		"odd":             {"an error with code 0 is no operation", ref, lro.Operation{Done: true, Error: &lro.Status{}}, lro.TypeInvalidInput, "operation"},
		"too large":       {"it succeeded and does not fit", ref, lro.Operation{Done: true, Response: json.RawMessage(`"` + strings.Repeat("x", lro.MaxEncodedSize) + `"`)}, lro.TypeResultTooLarge, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, err := w.await(tt.ref, workflows.AwaitOptions{Operation: &tt.reply})
			f, _ := lro.AsFailure(err)
			if f.Type != tt.failure || f.Field != tt.field || (err == nil) != (tt.failure == "") {
				t.Errorf("%s: %v, want %q for %q", tt.reason, err, tt.failure, tt.field)
			}
			if n := len(w.service.Calls()); n != 0 {
				t.Errorf("%s: %d requests, want none", tt.reason, n)
			}
		})
	}
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	tests := map[string]struct {
		options workflows.AwaitOptions
		field   string
	}{
		"timeout":          {workflows.AwaitOptions{Timeout: -1}, "timeout"},
		"endless timeout":  {workflows.AwaitOptions{Timeout: math.MaxInt64}, "timeout"},
		"endless grace":    {workflows.AwaitOptions{CancelGrace: lro.MaxDuration + 1}, "cancelGrace"},
		"cancelGrace":      {workflows.AwaitOptions{CancelGrace: -1}, "cancelGrace"},
		"authGrace":        {workflows.AwaitOptions{AuthGrace: -1}, "authGrace"},
		"notFoundGrace":    {workflows.AwaitOptions{NotFoundGrace: -1}, "notFoundGrace"},
		"heartbeatTimeout": {workflows.AwaitOptions{HeartbeatTimeout: time.Millisecond}, "heartbeatTimeout"},
		"deadlinePolicy":   {workflows.AwaitOptions{DeadlinePolicy: "explode"}, "deadlinePolicy"},
		"cancelPolicy":     {workflows.AwaitOptions{CancelPolicy: "explode"}, "cancelPolicy"},
		"policy":           {workflows.AwaitOptions{Policy: lro.PollPolicy{Coefficient: 0.5}}, "policy.coefficient"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, err := w.await(ref, tt.options)
			f, _ := lro.AsFailure(err)
			if f.Type != lro.TypeInvalidInput || f.Field != tt.field || f.Ref != ref {
				t.Errorf("%v names %q of %s, want %q of %s", err, f.Field, f.Ref, tt.field, ref)
			}
		})
	}
}
