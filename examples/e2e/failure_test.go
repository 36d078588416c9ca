package e2e

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

func TestFailureTable(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	shortGrace := workflows.AwaitOptions{NotFoundGrace: time.Second, AuthGrace: time.Second}
	tests := map[string]struct {
		reason  string
		script  testsuite.Script
		faults  []testsuite.Fault
		options workflows.AwaitOptions
		want    lro.FailureType
		code    lro.Code
		state   lro.State
		cancel  lro.Cancellation
	}{
		"operation failed": {
			reason: "the operation ended in error",
			script: testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeFailedPrecondition, "no")},
			want:   lro.TypeOperationFailed, code: lro.CodeFailedPrecondition, state: lro.StateFailed,
		},
		"canceled by somebody else": {
			reason: "CANCELLED without our asking is a failure of the operation",
			script: testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeCanceled, "the operation was canceled")},
			want:   lro.TypeOperationFailed, code: lro.CodeCanceled, state: lro.StateCanceled,
		},
		"permanent": {
			reason: "400 will stay 400", script: forever,
			faults: []testsuite.Fault{testsuite.FailWith(lro.CodeInvalidArgument, "bad name").On(testsuite.MethodGet)},
			want:   lro.TypePollFailed, code: lro.CodeInvalidArgument, state: lro.StateRunning,
		},
		"another form": {
			reason: "an operation of another form never ends as ours do", script: forever,
			faults: []testsuite.Fault{testsuite.Body(200, "application/json", `{"name":"operation-1","status":"DONE","operationType":"CREATE_CLUSTER","zone":"z"}`).On(testsuite.MethodGet)},
			want:   lro.TypeProtocolError, code: lro.CodeUnknown, state: lro.StateRunning,
		},
		"a page for long": {
			reason: "never seen: the endpoint is wrong", script: forever, options: shortGrace,
			faults: []testsuite.Fault{testsuite.HTMLPage(404).On(testsuite.MethodGet)},
			want:   lro.TypePollFailed, code: lro.CodeUnknown, state: lro.StateRunning,
		},
		"unimplemented": {
			reason: "501 will stay 501", script: forever,
			faults: []testsuite.Fault{testsuite.FailWith(lro.CodeUnimplemented, "no such method").On(testsuite.MethodGet)},
			want:   lro.TypePollFailed, code: lro.CodeUnimplemented, state: lro.StateRunning,
		},
		"denied at first": {
			reason: "403 on the first read fails at once", script: forever,
			faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet)},
			want:   lro.TypePollFailed, code: lro.CodePermissionDenied, state: lro.StateRunning,
		},
		"unauthenticated at first": {
			reason: "and so does 401", script: forever,
			faults: []testsuite.Fault{testsuite.Unauthenticated().On(testsuite.MethodGet)},
			want:   lro.TypePollFailed, code: lro.CodeUnauthenticated, state: lro.StateRunning,
		},
		"denied for too long": {
			reason: "AuthGrace over, a seen operation's 403 fails as a poll failure", script: forever, options: shortGrace,
			faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).Calls(3, 0)},
			want:   lro.TypePollFailed, code: lro.CodePermissionDenied, state: lro.StateRunning,
		},
		"never there": {
			reason: "404 for longer than the grace, and never seen", options: shortGrace,
			script: testsuite.Script{HiddenFor: time.Hour, End: testsuite.RunForever()},
			want:   lro.TypePollFailed, code: lro.CodeNotFound, state: lro.StateRunning,
		},
		"gone": {
			reason: "it was seen, now 404",
			script: testsuite.Script{Polls: 1, End: testsuite.Vanish()},
			want:   lro.TypeOperationGone, code: lro.CodeNotFound, state: lro.StateRunning,
		},
		"timeout": {
			reason: "the deadline passed; the operation is left running", script: forever,
			options: workflows.AwaitOptions{Timeout: 3 * time.Second},
			want:    lro.TypeAwaitTimeout, code: lro.CodeDeadlineExceeded, state: lro.StateRunning,
		},
		"timeout, canceled": {
			reason: "by policy it is canceled first, and the Outcome says what became of that", script: forever,
			options: workflows.AwaitOptions{Timeout: 3 * time.Second, DeadlinePolicy: workflows.CancelOnDeadline},
			want:    lro.TypeAwaitTimeout, code: lro.CodeDeadlineExceeded, state: lro.StateCanceled, cancel: lro.CancellationCanceled,
		},
		"protocol error": {
			reason: "an error with code 0 is neither success nor failure",
			faults: []testsuite.Fault{testsuite.Body(200, "application/json", `{"name": "projects/p/instances/i/operations/o", "done": true, "error": {"code": 0}}`).On(testsuite.MethodGet)},
			script: forever,
			want:   lro.TypeProtocolError, code: lro.CodeUnknown, state: lro.StateRunning,
		},
		"not an operation": {
			reason: "JSON that is no operation", script: forever,
			faults: []testsuite.Fault{testsuite.Body(200, "application/json", `{"kind": "something#else"}`).On(testsuite.MethodGet)},
			want:   lro.TypeProtocolError, code: lro.CodeUnknown, state: lro.StateRunning,
		},
		"result too large": {
			reason: "3 MB do not fit a payload; the operation succeeded",
			script: testsuite.Script{RunsFor: time.Second, End: testsuite.Succeed(map[string]string{"@type": "type.googleapis.com/google.protobuf.StringValue", "value": strings.Repeat("x", 3<<20)})},
			want:   lro.TypeResultTooLarge, code: lro.CodeUnknown, state: lro.StateSucceeded,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{faults: tt.faults, record: true})
			ref := b.operation(tt.script)
			run := b.start(ref, tt.options)
			outcome, err := run.Get(b.ctx)
			f, ok := lro.AsFailure(err)
			if !ok || f.Type != tt.want || f.Code() != tt.code {
				t.Fatalf("%s: %v, want a %s with code %s", tt.reason, err, tt.want, tt.code)
			}
			if outcome.Ref != ref || outcome.State() != tt.state || outcome.Cancellation != tt.cancel {
				t.Errorf("%s: %s is %q with cancellation %q, want %s, %q, %q", tt.reason, outcome.Ref, outcome.State(), outcome.Cancellation, ref, tt.state, tt.cancel)
			}
			if message := err.Error(); strings.Contains(message, "\n") || !strings.Contains(message, ref.String()) {
				t.Errorf("%s: the message is not one line that names the operation: %q", tt.reason, message)
			}
			if tt.want == lro.TypeResultTooLarge && !strings.Contains(err.Error(), "succeeded") {
				t.Errorf("%s: it does not say so: %v", tt.reason, err)
			}
		})
	}
}

// Details of known and unknown types, and the last metadata, reach the client.
func TestFailureDetails(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	ref := b.operation(testsuite.Script{
		RunsFor: time.Second,
		Metadata: testsuite.RawMetadata(`{"@type": "type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata",
			"database": "projects/p/instances/i/databases/d", "statements": ["CREATE TABLE a", "CREATE UNIQUE INDEX b"],
			"progress": [{"progressPercent": 100, "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:01Z"}],
			"commitTimestamps": ["2026-01-01T00:00:01Z"]}`),
		End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicates",
			&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{Type: "UNIQUE", Subject: "b"}}},
			&errdetails.ErrorInfo{Reason: "DUPLICATES", Domain: "spanner.googleapis.com"},
			`{"@type": "type.googleapis.com/acme.Unknown", "n": 9007199254740993}`),
		EndPercent: 50,
	})
	_, err := b.start(ref, workflows.AwaitOptions{}).Get(b.ctx)
	violations, ok := lro.Detail[*errdetails.PreconditionFailure](err)
	if !ok || violations.GetViolations()[0].GetSubject() != "b" {
		t.Errorf("no PreconditionFailure in %v", err)
	}
	if reason, domain := lro.Reason(err); reason != "DUPLICATES" || domain != "spanner.googleapis.com" {
		t.Errorf("Reason = %q, %q", reason, domain)
	}
	f, _ := lro.AsFailure(err)
	if last := string(f.Status().Details[2]); !strings.Contains(last, "9007199254740993") || !strings.Contains(last, "acme.Unknown") {
		t.Errorf("the unknown detail is %s", last)
	}
	if p := lro.ProgressOf(f.Operation.Metadata); p.Statements != 2 || p.Committed != 1 {
		t.Errorf("progress = %+v, want 1 of 2 statements committed", p)
	}
}

// Input that does not decode or validate ends in a typed failure that holds the
// Ref, and no request is sent.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	const ref = "//spanner.googleapis.com/projects/p/instances/i/operations/o"
	tests := map[string]struct {
		reason string
		input  any
		field  string
		value  string
		hasRef bool
	}{
		"misspelled field": {"a typo must not be a default", map[string]any{"ref": ref, "timout": "5s"}, "timout", "5s", true},
		"no ref":           {"nothing to await", map[string]any{}, "ref", "", false},
		"a URL":            {"credentials would go there", map[string]any{"ref": "http://127.0.0.1/projects/p/operations/o"}, "ref", "http://127.0.0.1/projects/p/operations/o", false},
		"unknown service":  {"only the worker's registry counts", map[string]any{"ref": "//evil.example.com/projects/p/operations/o"}, "ref", "evil.example.com", true},
		"dots":             {"another resource", map[string]any{"ref": "//spanner.googleapis.com/projects/p/../q"}, "ref", "projects/p/../q", false},
		"negative":         {"no time is negative", map[string]any{"ref": ref, "policy": map[string]any{"initialInterval": "-1s"}}, "policy.initialInterval", "-1s", true},
		"inverted":         {"initial above maximum", map[string]any{"ref": ref, "policy": map[string]any{"initialInterval": "9s", "maximumInterval": "2s"}}, "policy.maximumInterval", "2s", true},
		"not an object":    {"no input at all", []int{1}, "input", "[1]", false},
	}
	b := newBench(t, benchOptions{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, workflows.AwaitOperationName, tt.input)
			if err != nil {
				t.Fatalf("start: %v", err)
			}
			err = run.Get(b.ctx, nil)
			f, _ := lro.AsFailure(err)
			if f.Type != lro.TypeInvalidInput || f.Field != tt.field || f.Value != tt.value || f.Ref.IsZero() == tt.hasRef {
				t.Errorf("%s: field %q, value %q, ref %q of %v; want %q, %q", tt.reason, f.Field, f.Value, f.Ref, err, tt.field, tt.value)
			}
		})
	}
	if n := len(b.service.Calls()); n != 0 {
		t.Errorf("%d requests were sent, want none", n)
	}
}
