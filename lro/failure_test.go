package lro_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

func ExampleAsFailure() {
	// err is what a workflow, or a client of it, gets. Any depth will do.
	err := fmt.Errorf("step 2: %w", activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: failedOutcome()}))

	if f, ok := lro.AsFailure(err); ok && f.Type == lro.TypeOperationFailed {
		fmt.Println(f.Code())
		fmt.Println(f.Ref)
	}
	if detail, ok := lro.Detail[*errdetails.PreconditionFailure](err); ok {
		fmt.Println(detail.GetViolations()[0].GetSubject())
	}
	fmt.Println(lro.Reason(err))
	fmt.Println(lro.Retryable(err))
	// Output:
	// FAILED_PRECONDITION
	// //spanner.googleapis.com/projects/p/instances/i/databases/d/operations/o
	// ByName
	// DUPLICATES spanner.googleapis.com
	// false 0s
}

func TestFailureErr(t *testing.T) {
	t.Parallel()
	const name = "operation //spanner.googleapis.com/projects/p/instances/i/databases/d/operations/o"
	notFound := &lro.Status{Code: lro.CodeNotFound, Message: "no\nsuch \x1b[31mthing"}
	left := running()
	tests := map[string]struct {
		reason  string
		failure lro.Failure
		kind    string
		message string
		code    lro.Code
	}{
		"failed":        {reason: "the type ends in the code", failure: failures()["operation_failed"], kind: "OperationFailed.FAILED_PRECONDITION", message: name + " failed: FAILED_PRECONDITION: Found uniqueness violation on index ByName", code: lro.CodeFailedPrecondition},
		"canceled":      {reason: "spelled as google.rpc has it", failure: lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{Operation: lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeCanceled}}}}, kind: "OperationFailed.CANCELLED", message: "operation failed: CANCELLED", code: lro.CodeCanceled},
		"undefined":     {reason: "the number is kept, the name is UNKNOWN", failure: lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{Operation: lro.Operation{Done: true, Error: &lro.Status{Code: 99}}}}, kind: "OperationFailed.UNKNOWN", message: "operation failed: UNKNOWN", code: 99},
		"no status":     {reason: "nothing known", failure: lro.Failure{Type: lro.TypeOperationFailed}, kind: "OperationFailed.UNKNOWN", message: "operation failed: UNKNOWN", code: lro.CodeUnknown},
		"target unread": {reason: "the operation was read", failure: lro.Failure{Type: lro.TypePollFailed, Outcome: lro.Outcome{Ref: left.Ref, Operation: lro.Operation{Done: true}}, PollError: notFound}, kind: "PollFailed.NOT_FOUND", message: name + " succeeded, but its target could not be read: NOT_FOUND: no such \uFFFD[31mthing", code: lro.CodeNotFound},
		"poll failed":   {reason: "the service's text is made one clean line", failure: lro.Failure{Type: lro.TypePollFailed, Outcome: left, PollError: notFound}, kind: "PollFailed.NOT_FOUND", message: name + " could not be read: NOT_FOUND: no such \uFFFD[31mthing", code: lro.CodeNotFound},
		"gone":          {reason: "NOT_FOUND by itself", failure: lro.Failure{Type: lro.TypeOperationGone, Outcome: left}, kind: "OperationGone", message: name + " is gone: the service answers NOT_FOUND", code: lro.CodeNotFound},
		"timeout":       {reason: "says that it runs", failure: lro.Failure{Type: lro.TypeAwaitTimeout, Outcome: left}, kind: "AwaitTimeout", message: name + " had not ended by the deadline, and the wait left it running", code: lro.CodeDeadlineExceeded},
		"its end":       {reason: "says what ends the workflow", failure: lro.Failure{Type: lro.TypeAwaitTimeout, Outcome: left, Reason: "the workflow's run timeout of 1h0m0s ends it at noon"}, kind: "AwaitTimeout", message: name + " had not ended by the end of its time (the workflow's run timeout of 1h0m0s ends it at noon), and the wait left it running", code: lro.CodeDeadlineExceeded},
		"end unread":    {reason: "or why nobody knows", failure: lro.Failure{Type: lro.TypeAwaitTimeout, Outcome: left, PollError: notFound, Reason: "the workflow's run timeout of 1h0m0s ends it at noon"}, kind: "AwaitTimeout", message: name + " could not be read when its time was over (the workflow's run timeout of 1h0m0s ends it at noon): NOT_FOUND: no such \uFFFD[31mthing; the wait did not cancel it, and it may run on", code: lro.CodeDeadlineExceeded},
		"not started":   {reason: "there is no operation", failure: lro.Failure{Type: lro.TypeAwaitTimeout, Resources: []string{"projects/p/instances/i"}, Reason: "the workflow's run timeout of 1h0m0s ends it at noon"}, kind: "AwaitTimeout", message: "no operation was started on projects/p/instances/i: the workflow's run timeout of 1h0m0s ends it at noon", code: lro.CodeDeadlineExceeded},
		"unread":        {reason: "or why nobody knows", failure: lro.Failure{Type: lro.TypeAwaitTimeout, Outcome: left, PollError: notFound}, kind: "AwaitTimeout", message: name + " could not be read when the deadline came: NOT_FOUND: no such \uFFFD[31mthing; the wait did not cancel it, and it may run on", code: lro.CodeDeadlineExceeded},
		"canceling":     {reason: "or what became of its cancel", failure: failures()["await_timeout"], kind: "AwaitTimeout", message: name + " had not ended by the deadline; the cancel was not delivered, and it may run on", code: lro.CodeDeadlineExceeded},
		"protocol":      {reason: "what is wrong with the answer", failure: failures()["protocol_error"], kind: "ProtocolError", message: name + ": what came back is not what it should be: UNKNOWN: it has no name and is not done", code: lro.CodeUnknown},
		"too large":     {reason: "says that it succeeded", failure: failures()["result_too_large"], kind: "ResultTooLarge", message: name + " succeeded, but its response does not fit a payload of 1048576 bytes", code: lro.CodeUnknown},
		"undo":          {reason: "each by name", failure: failures()["compensation_failed"], kind: "CompensationFailed", message: "could not undo: projects/p/instances/i, projects/p/instances/j, because: it holds backups; it began with: operation //spanner.googleapis.com/projects/p/instances/i/databases/d/operations/o failed: FAILED_PRECONDITION: Found uniqueness violation on index ByName", code: lro.CodeUnknown},
		"invalid":       {reason: "the field and its value", failure: failures()["invalid_input"], kind: "InvalidInput", message: `invalid input: policy.coefficient: "0.5"; want at least 1`, code: lro.CodeInvalidArgument},
		"forbidden":     {reason: "not an input that is wrong", failure: failures()["not_allowed"], kind: "NotAllowed", message: `not allowed: method: "spanner.projects.instances.create"; want one of the caller's methods`, code: lro.CodePermissionDenied},
		"no wait":       {reason: "not an input that is wrong", failure: failures()["wait_not_found"], kind: "WaitNotFound", message: `no such wait: workflowId: "await:orders"; want a wait that runs, of the caller's own namespace`, code: lro.CodeNotFound},
		"other":         {reason: "a type this version does not know", failure: lro.Failure{Type: "New", Outcome: left}, kind: "New", message: name + ": New", code: lro.CodeUnknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			final := activities.NewError(tt.failure).(*temporal.ApplicationError)
			again := activities.NewRetryableError(tt.failure, time.Minute).(*temporal.ApplicationError)
			for _, app := range []*temporal.ApplicationError{final, again} {
				if app.Type() != tt.kind || app.Message() != tt.message {
					t.Errorf("%s:\n got %s: %s\nwant %s: %s", tt.reason, app.Type(), app.Message(), tt.kind, tt.message)
				}
			}
			if !final.NonRetryable() || again.NonRetryable() || again.NextRetryDelay() != time.Minute {
				t.Errorf("non-retryable: %v; %v, after %v", final.NonRetryable(), again.NonRetryable(), again.NextRetryDelay())
			}
			if code := tt.failure.Code(); code != tt.code {
				t.Errorf("%s: Code() = %v, want %v", tt.reason, code, tt.code)
			}
		})
	}
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason       string
		err          error
		field, value string
		why          string
	}{
		"plain":   {reason: "any error will do", err: errors.New("bad"), why: "bad"},
		"field":   {reason: "named apart from the text", err: &lro.InvalidError{Field: "f", Value: "v", Want: "w"}, field: "f", value: "v", why: `f: "v"; want w`},
		"wrapped": {reason: "found at any depth", err: fmt.Errorf("input: %w", &lro.InvalidError{Field: "f", Value: "v", Want: "w"}), field: "f", value: "v", why: `input: f: "v"; want w`},
		"ref":     {reason: "a Ref is one text in JSON", err: &lro.InvalidError{Field: "ref.name", Value: "v", Want: "w"}, field: "ref", value: "v", why: `ref.name: "v"; want w`},
		"refs":    {reason: "each of them", err: &lro.InvalidError{Field: "refs[12].service", Value: "v", Want: "w"}, field: "refs[12]", value: "v", why: `refs[12].service: "v"; want w`},
		"below":   {reason: "another object's fields stay", err: &lro.InvalidError{Field: "operation.name", Value: "v", Want: "w"}, field: "operation.name", value: "v", why: `operation.name: "v"; want w`},
		"huge":    {reason: "neither text nor value grows with the input", err: fmt.Errorf("a\n%w%s", &lro.InvalidError{Field: "f", Value: strings.Repeat("v", 1<<20), Want: "w"}, strings.Repeat("z", 1<<20)), field: "f", value: strings.Repeat("v", 200) + "...", why: `a f: "` + strings.Repeat("v", 200) + `..."; want w` + strings.Repeat("z", 4<<10-218) + "..."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := lro.Invalid(ref, tt.err)
			if f.Type != lro.TypeInvalidInput || f.Ref != ref || f.Field != tt.field || f.Value != tt.value {
				t.Errorf("%s: %+v", tt.reason, f)
			}
			if diff := cmp.Diff(tt.why, f.Reason); diff != "" {
				t.Errorf("%s: Reason (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}
