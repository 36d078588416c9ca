package lro_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// crossed is err after a trip through Temporal, as cause of the given failures,
// the outermost first.
func crossed(err error, outer ...*failurepb.Failure) error {
	converter := temporal.GetDefaultFailureConverter()
	failure := converter.ErrorToFailure(err)
	for i := len(outer) - 1; i >= 0; i-- {
		outer[i].Cause, failure = failure, outer[i]
	}
	return converter.FailureToError(failure)
}

func activityFailure() *failurepb.Failure {
	return &failurepb.Failure{Message: "activity error", FailureInfo: &failurepb.Failure_ActivityFailureInfo{ActivityFailureInfo: &failurepb.ActivityFailureInfo{
		ActivityType: &commonpb.ActivityType{Name: "awaitop.PollOperation"}, ActivityId: "1", RetryState: enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE,
	}}}
}

func childFailure() *failurepb.Failure {
	return &failurepb.Failure{Message: "child workflow error", FailureInfo: &failurepb.Failure_ChildWorkflowExecutionFailureInfo{ChildWorkflowExecutionFailureInfo: &failurepb.ChildWorkflowExecutionFailureInfo{
		WorkflowType: &commonpb.WorkflowType{Name: "awaitop.AwaitOperation"}, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "r"},
	}}}
}

func applicationFailure() *failurepb.Failure {
	return &failurepb.Failure{Message: "step 2", FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "wrapError"}}}
}

func timeoutFailure() *failurepb.Failure {
	return &failurepb.Failure{Message: "activity timeout", FailureInfo: &failurepb.Failure_TimeoutFailureInfo{TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{TimeoutType: enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE}}}
}

// depths are the ways an error reaches a caller.
var depths = map[string]func(error) error{
	"as made":             func(err error) error { return err },
	"crossed":             func(err error) error { return crossed(err) },
	"crossed twice":       func(err error) error { return crossed(crossed(err)) },
	"activity":            func(err error) error { return crossed(err, activityFailure()) },
	"child of a child":    func(err error) error { return crossed(err, childFailure(), childFailure(), activityFailure()) },
	"under another error": func(err error) error { return crossed(err, childFailure(), applicationFailure(), activityFailure()) },
	"behind a timeout":    func(err error) error { return crossed(err, activityFailure(), timeoutFailure()) },
	"wrapped, crossed":    func(err error) error { return crossed(fmt.Errorf("step 2: %w", crossed(err, activityFailure()))) },
	"wrapped after": func(err error) error {
		return fmt.Errorf("a: %w", fmt.Errorf("b: %w", crossed(err, activityFailure())))
	},
	"joined": func(err error) error { return errors.Join(errors.New("other"), nil, crossed(err)) },
	"two wrapped": func(err error) error {
		return fmt.Errorf("%w and %w", errors.New("other"), crossed(err, childFailure()))
	},
	"client": func(err error) error { return fmt.Errorf("workflow execution error: %w", crossed(err)) },
}

func TestAsFailure(t *testing.T) {
	t.Parallel()
	for depth, carry := range depths {
		for kind, want := range failures() {
			t.Run(depth+"/"+kind, func(t *testing.T) {
				t.Parallel()
				for _, err := range []error{activities.NewError(want), activities.NewRetryableError(want, time.Second)} {
					checkFailure(t, carry(err), want)
				}
			})
		}
	}
}

// checkFailure asks err everything that can be asked of a failure.
func checkFailure(t *testing.T, err error, want lro.Failure) {
	t.Helper()
	got, ok := lro.AsFailure(err)
	if !ok {
		t.Fatalf("AsFailure(%v) found nothing", err)
	}
	if got.Type != want.Type {
		t.Errorf("Type = %q, want %q", got.Type, want.Type)
	}
	if diff := cmp.Diff(compacted(t, want), compacted(t, got)); diff != "" {
		t.Errorf("the failure changed on its way (-want +got):\n%s", diff)
	}
	outcome, ok := lro.OutcomeOf(err)
	if diff := cmp.Diff(compacted(t, want.Outcome), compacted(t, outcome)); !ok || diff != "" {
		t.Errorf("OutcomeOf: %v (-want +got):\n%s", ok, diff)
	}
	if code := lro.CodeOf(err); code != want.Code() {
		t.Errorf("CodeOf = %v, want %v", code, want.Code())
	}
	isOperation := want.Type == lro.TypeOperationFailed
	detail, ok := lro.Detail[*errdetails.PreconditionFailure](err)
	if ok != isOperation || (ok && detail.GetViolations()[0].GetSubject() != "ByName") {
		t.Errorf("Detail = %v, %v", detail, ok)
	}
	wantReason, wantDomain := "", ""
	if isOperation {
		wantReason, wantDomain = "DUPLICATES", "spanner.googleapis.com"
	}
	if reason, domain := lro.Reason(err); reason != wantReason || domain != wantDomain {
		t.Errorf("Reason = %q, %q, want %q, %q", reason, domain, wantReason, wantDomain)
	}
	if ok, after := lro.Retryable(err); ok || after != 0 {
		t.Errorf("Retryable = %v, %v: none of these is", ok, after)
	}
}

func TestAsFailureRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		err    error
	}{
		"nil":                 {reason: "no error, no failure"},
		"plain":               {reason: "not Temporal's", err: errors.New("x")},
		"other type":          {reason: "not one of awaitop's types", err: temporal.NewNonRetryableApplicationError("x", "Other", nil, lro.Failure{})},
		"type with a suffix":  {reason: "the type ends at a dot, not anywhere", err: temporal.NewNonRetryableApplicationError("x", "OperationFailedBadly", nil, lro.Failure{})},
		"no details":          {reason: "somebody else's error of the same type", err: temporal.NewNonRetryableApplicationError("x", "InvalidInput", nil)},
		"foreign details":     {reason: "the SDK panics on these where they were made", err: temporal.NewNonRetryableApplicationError("x", "InvalidInput", nil, 7)},
		"nil details":         {reason: "the SDK panics on these too", err: temporal.NewNonRetryableApplicationError("x", "InvalidInput", nil, nil)},
		"foreign object":      {reason: "an object of another program reads as an empty Failure unless it is looked at", err: crossed(temporal.NewNonRetryableApplicationError("x", "InvalidInput", nil, map[string]any{"field": "email"}))},
		"foreign, of a shape": {reason: "fields of other types do not decode", err: crossed(temporal.NewNonRetryableApplicationError("x", "InvalidInput", nil, map[string]any{"operation": 7}))},
		"canceled":            {reason: "a cancel is no failure", err: temporal.NewCanceledError(lro.Outcome{Ref: ref})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if f, ok := lro.AsFailure(tt.err); ok {
				t.Errorf("%s: AsFailure found %+v", tt.reason, f)
			}
			if reason, domain := lro.Reason(tt.err); reason != "" || domain != "" {
				t.Errorf("Reason = %q, %q", reason, domain)
			}
			if detail, ok := lro.Detail[*errdetails.ErrorInfo](tt.err); ok {
				t.Errorf("Detail = %v", detail)
			}
			if ok, _ := lro.Retryable(tt.err); ok {
				t.Error("Retryable")
			}
		})
	}
}

func TestAsFailureFirst(t *testing.T) {
	t.Parallel()
	all := failures()
	cause := activities.NewError(all["operation_failed"])
	err := errors.Join(errors.New("other"), activities.NewError(all["await_timeout"]), cause)
	if f, _ := lro.AsFailure(err); f.Type != lro.TypeAwaitTimeout {
		t.Errorf("AsFailure of a join found %q, want the first", f.Type)
	}
	wrapped := crossed(cause, applicationFailure())
	wrapped = temporal.NewNonRetryableApplicationError("InvalidInput of the user's own", "InvalidInput", wrapped, "text")
	if f, _ := lro.AsFailure(wrapped); f.Type != lro.TypeOperationFailed {
		t.Errorf("AsFailure stopped at a foreign error: %q", f.Type)
	}
}

// A Ref that was refused has to come back with the refusal: it may name what
// was started.
func TestInvalidRefSurvives(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		ref    lro.Ref
	}{
		"zero":        {reason: "no ref at all"},
		"no service":  {reason: "a name on its own", ref: lro.Ref{Name: "projects/p/operations/o"}},
		"no name":     {reason: "a service on its own", ref: lro.Ref{Service: lro.SpannerService}},
		"verb":        {reason: "would call a method", ref: lro.Ref{Service: lro.SpannerService, Name: "operations/o:cancel"}},
		"dots":        {reason: "would reach elsewhere", ref: lro.Ref{Service: lro.SpannerService, Name: "operations/../x"}},
		"line breaks": {reason: "kept in data, not in the message", ref: lro.Ref{Service: lro.SpannerService, Name: "operations/a\nb\x00"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := crossed(activities.NewError(lro.Invalid(tt.ref, tt.ref.Validate())), activityFailure())
			f, ok := lro.AsFailure(err)
			if !ok || f.Type != lro.TypeInvalidInput {
				t.Fatalf("%s: AsFailure(%v) = %+v, %v", tt.reason, err, f, ok)
			}
			if diff := cmp.Diff(tt.ref, f.Ref); diff != "" {
				t.Errorf("%s: Ref (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestOutcomeOfCanceled(t *testing.T) {
	t.Parallel()
	unconfirmed := running()
	unconfirmed.Cancellation = lro.CancellationUnconfirmed
	unnamed := lro.Outcome{Operation: lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeCanceled}}, Cancellation: lro.CancellationCanceled}
	for depth, carry := range depths {
		t.Run(depth, func(t *testing.T) {
			t.Parallel()
			for _, want := range []lro.Outcome{unconfirmed, unnamed} {
				err := carry(temporal.NewCanceledError(want))
				got, ok := lro.OutcomeOf(err)
				if diff := cmp.Diff(compacted(t, want), compacted(t, got)); !ok || diff != "" {
					t.Errorf("OutcomeOf: %v (-want +got):\n%s", ok, diff)
				}
				if code := lro.CodeOf(err); code != lro.CodeCanceled {
					t.Errorf("CodeOf = %v", code)
				}
			}
		})
	}
}

func TestOutcomeOfRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		err    error
	}{
		"nil":           {reason: "no error"},
		"no details":    {reason: "a user's own cancel", err: temporal.NewCanceledError()},
		"text":          {reason: "the server's, of an activity between attempts; the SDK panics on it where it was made", err: temporal.NewCanceledError("ACTIVITY_ID_NOT_STARTED")},
		"text, crossed": {reason: "the same as it arrives", err: crossed(temporal.NewCanceledError("ACTIVITY_ID_NOT_STARTED"), activityFailure())},
		"object":        {reason: "somebody else's details", err: crossed(temporal.NewCanceledError(map[string]any{"step": 2}))},
		"context":       {reason: "not Temporal's", err: context.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, ok := lro.OutcomeOf(tt.err); ok {
				t.Errorf("%s: OutcomeOf found %+v", tt.reason, got)
			}
		})
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		err    error
		want   lro.Code
	}{
		"nil":      {reason: "no error is OK", want: lro.CodeOK},
		"plain":    {reason: "anything else is UNKNOWN", err: errors.New("x"), want: lro.CodeUnknown},
		"canceled": {reason: "as workflows end", err: crossed(temporal.NewCanceledError(), childFailure()), want: lro.CodeCanceled},
		"gone":     {reason: "the failure's own", err: activities.NewError(failures()["operation_gone"]), want: lro.CodeNotFound},
		"both":     {reason: "a failure outranks a cancel beside it", err: errors.Join(temporal.NewCanceledError(), activities.NewError(failures()["await_timeout"])), want: lro.CodeDeadlineExceeded},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lro.CodeOf(tt.err); got != tt.want {
				t.Errorf("%s: CodeOf = %v, want %v", tt.reason, got, tt.want)
			}
		})
	}
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	info := func(delay string) []json.RawMessage {
		return []json.RawMessage{json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":` + delay + `}`)}
	}
	operation := func(s *lro.Status) lro.Failure {
		return lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{Operation: lro.Operation{Done: true, Error: s}}}
	}
	tests := map[string]struct {
		reason  string
		failure lro.Failure
		want    bool
		after   time.Duration
	}{
		"unavailable":         {reason: "the usual one", failure: operation(&lro.Status{Code: lro.CodeUnavailable}), want: true},
		"aborted":             {reason: "a conflict may pass", failure: operation(&lro.Status{Code: lro.CodeAborted}), want: true},
		"resource exhausted":  {reason: "quota refills", failure: operation(&lro.Status{Code: lro.CodeResourceExhausted}), want: true},
		"internal":            {reason: "the service's fault", failure: operation(&lro.Status{Code: lro.CodeInternal}), want: true},
		"unknown":             {reason: "nobody knows", failure: operation(&lro.Status{Code: lro.CodeUnknown}), want: true},
		"deadline exceeded":   {reason: "the service's own deadline", failure: operation(&lro.Status{Code: lro.CodeDeadlineExceeded}), want: true},
		"unheard of":          {reason: "a number nobody defined is treated as UNKNOWN", failure: operation(&lro.Status{Code: 99}), want: true},
		"failed precondition": {reason: "the same start meets the same state", failure: operation(&lro.Status{Code: lro.CodeFailedPrecondition})},
		"already exists":      {reason: "it would again", failure: operation(&lro.Status{Code: lro.CodeAlreadyExists})},
		"advised":             {reason: "a RetryInfo says that trying again is meant to work", failure: operation(&lro.Status{Code: lro.CodeFailedPrecondition, Details: info(`"1.5s"`)}), want: true, after: 1500 * time.Millisecond},
		"negative advice":     {reason: "no delay is below zero", failure: operation(&lro.Status{Code: lro.CodeUnavailable, Details: info(`"-1s"`)}), want: true},
		"garbled advice":      {reason: "as without any", failure: operation(&lro.Status{Code: lro.CodeUnavailable, Details: info(`{}`)}), want: true},
		"no status":           {reason: "nothing to judge by", failure: operation(nil)},
		"not started":         {reason: "quota refills", failure: lro.Failure{Type: lro.TypeStartFailed, StartError: &lro.Status{Code: lro.CodeResourceExhausted, Details: info(`"20s"`)}}, want: true, after: 20 * time.Second},
		"start refused":       {reason: "it would be again", failure: lro.Failure{Type: lro.TypeStartFailed, StartError: &lro.Status{Code: lro.CodeAlreadyExists}}},
		"may have started":    {reason: "a second start would be a second operation", failure: lro.Failure{Type: lro.TypeStartFailed, StartError: &lro.Status{Code: lro.CodeUnavailable}, MayRun: true}},
		"poll failed":         {reason: "the operation may be running", failure: lro.Failure{Type: lro.TypePollFailed, PollError: &lro.Status{Code: lro.CodeUnavailable}}},
		"timeout":             {reason: "the operation may be running", failure: lro.Failure{Type: lro.TypeAwaitTimeout}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ok, after := lro.Retryable(crossed(activities.NewError(tt.failure), activityFailure()))
			if ok != tt.want || after != tt.after {
				t.Errorf("%s: Retryable = %v, %v, want %v, %v", tt.reason, ok, after, tt.want, tt.after)
			}
		})
	}
}
