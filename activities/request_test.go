package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// answer is what a single request's activity came to.
type answer struct {
	Result string // of what was returned as data
	Type   string // of the failure
	Final  bool   // not retryable
	Delay  time.Duration
}

func request[T any](t *testing.T, fault testsuite.Fault, name string, in func(lro.Ref) any, result func(T) string) answer {
	t.Helper()
	s := newSetup(t, testsuite.Script{RunsFor: time.Hour, Faults: []testsuite.Fault{fault}})
	s.options.Clock = nil // the environment schedules by the system's
	out, err := execute[T](newEnv(), s.activities(), name, in(s.ref))
	if err == nil {
		return answer{Result: result(out)}
	}
	app := applicationError(t, err)
	return answer{Type: app.Type(), Final: app.NonRetryable(), Delay: app.NextRetryDelay()}
}

func operationInput(ref lro.Ref) any { return activities.OperationInput{Ref: ref} }

// TestRequestClass has a row for every class, and what each activity makes of it.
func TestRequestClass(t *testing.T) {
	t.Parallel()
	elsewhere := func(lro.Ref) any {
		return activities.OperationInput{Ref: lro.Ref{Service: "example.com", Name: opName}}
	}
	invalid := answer{Type: "InvalidInput", Final: true}
	rows := map[string]struct {
		reason              string
		fault               testsuite.Fault
		input               func(lro.Ref) any
		get, cancel, remove answer
	}{
		"ok":            {"no failure at all", testsuite.Fault{}, nil, answer{Result: "running"}, answer{Result: "delivered"}, answer{Result: "deleted"}},
		"transient":     {"tried again, not before the server's advice", testsuite.RateLimited(7 * time.Second), nil, answer{Type: "PollFailed.RESOURCE_EXHAUSTED", Delay: 7 * time.Second}, answer{Type: "CancelFailed.RESOURCE_EXHAUSTED", Delay: 7 * time.Second}, answer{Type: "DeleteFailed.RESOURCE_EXHAUSTED", Delay: 7 * time.Second}},
		"quota as 403":  {"a quota passes", testsuite.QuotaDenied(), nil, answer{Type: "PollFailed.PERMISSION_DENIED"}, answer{Type: "CancelFailed.PERMISSION_DENIED"}, answer{Type: "DeleteFailed.PERMISSION_DENIED"}},
		"blocked":       {"a refusal is final for a single request", testsuite.PermissionDenied(), nil, answer{Type: "PollFailed.PERMISSION_DENIED", Final: true}, answer{Result: "refused"}, answer{Result: "failed"}},
		"not found":     {"a record that is gone is deleted", testsuite.NotFound(), nil, answer{Type: "PollFailed.NOT_FOUND", Final: true}, answer{Result: "gone"}, answer{Result: "deleted"}},
		"permanent":     {"asking again gives the same", testsuite.FailWith(lro.CodeFailedPrecondition, "no"), nil, answer{Type: "PollFailed.FAILED_PRECONDITION", Final: true}, answer{Result: "refused"}, answer{Result: "failed"}},
		"no status":     {"nobody's word: neither gone nor deleted", testsuite.HTMLPage(404), nil, answer{Type: "PollFailed.UNKNOWN"}, answer{Type: "CancelFailed.UNKNOWN"}, answer{Type: "DeleteFailed.UNKNOWN"}},
		"no status 501": {"nor is a proxy's that there is no such method", testsuite.HTMLPage(501), nil, answer{Type: "PollFailed.UNAVAILABLE"}, answer{Type: "CancelFailed.UNAVAILABLE"}, answer{Type: "DeleteFailed.UNAVAILABLE"}},
		"no status 401": {"nor that it may not be done", testsuite.HTMLPage(401), nil, answer{Type: "PollFailed.UNAUTHENTICATED", Final: true}, answer{Type: "CancelFailed.UNAUTHENTICATED"}, answer{Type: "DeleteFailed.UNAUTHENTICATED"}},
		"no status 403": {"nor that it may not be done", testsuite.HTMLPage(403), nil, answer{Type: "PollFailed.PERMISSION_DENIED", Final: true}, answer{Type: "CancelFailed.PERMISSION_DENIED"}, answer{Type: "DeleteFailed.PERMISSION_DENIED"}},
		"disabled":      {"an API is being enabled", testsuite.FailWith(lro.CodePermissionDenied, "no", &errdetails.ErrorInfo{Reason: "SERVICE_DISABLED"}), nil, answer{Type: "PollFailed.PERMISSION_DENIED"}, answer{Type: "CancelFailed.PERMISSION_DENIED"}, answer{Type: "DeleteFailed.PERMISSION_DENIED"}},
		"unimplemented": {"the service has no such method", testsuite.FailWith(lro.CodeUnimplemented, "no"), nil, answer{Type: "PollFailed.UNIMPLEMENTED", Final: true}, answer{Result: "unsupported"}, answer{Result: "unsupported"}},
		"protocol":      {"a cancel's and a delete's answers are not looked at", testsuite.Body(200, "application/json", `{"kind": "something#else"}`), nil, answer{Type: "ProtocolError", Final: true}, answer{Result: "delivered"}, answer{Result: "deleted"}},
		"invalid":       {"the client sends nothing", testsuite.Fault{}, elsewhere, invalid, invalid, invalid},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := operationInput
			if row.input != nil {
				in = row.input
			}
			got := []answer{
				request(t, row.fault, activities.GetOperationName, in, func(op lro.Operation) string { return string(op.State()) }),
				request(t, row.fault, activities.CancelOperationName, in, func(out activities.CancelOutput) string { return string(out.Result) }),
				request(t, row.fault, activities.DeleteOperationName, in, func(out activities.DeleteOutput) string { return string(out.Result) }),
			}
			if diff := cmp.Diff([]answer{row.get, row.cancel, row.remove}, got); diff != "" {
				t.Errorf("%s: get, cancel, delete (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// Within its grace a 404 of a cancel is tried again.
func TestCancelNotFoundGrace(t *testing.T) {
	t.Parallel()
	s := newSetup(t, testsuite.Script{Faults: []testsuite.Fault{testsuite.NotFound()}})
	s.options.Clock = nil // the environment schedules by the system's
	_, err := execute[activities.CancelOutput](newEnv(), s.activities(), activities.CancelOperationName, activities.CancelInput{Ref: s.ref, NotFoundGrace: lro.DurationOf(time.Hour)})
	app := applicationError(t, err)
	got := answer{Type: app.Type(), Final: app.NonRetryable(), Delay: app.NextRetryDelay()}
	if diff := cmp.Diff(answer{Type: "CancelFailed.NOT_FOUND", Delay: 2 * time.Second}, got); diff != "" {
		t.Errorf("failure (-want +got):\n%s", diff)
	}
}

func TestRequestInvalidInput(t *testing.T) {
	t.Parallel()
	const ref = `"//spanner.googleapis.com/` + opName + `"`
	rows := map[string]struct{ reason, activity, input, field, value string }{
		"get":       {"a path out of the resource", activities.GetOperationName, `{"ref":"//spanner.googleapis.com/a/../b"}`, "ref", "a/../b"},
		"cancel":    {"a duration has a unit", activities.CancelOperationName, `{"ref":` + ref + `,"notFoundGrace":3}`, "notFoundGrace", "3"},
		"past":      {"a grace is no past", activities.CancelOperationName, `{"ref":` + ref + `,"notFoundGrace":"-3s"}`, "notFoundGrace", "-3s"},
		"delete":    {"not a boolean", activities.DeleteOperationName, `{"ref":` + ref + `,"insist":"very"}`, "insist", "very"},
		"list":      {"a page has no fewer than none", activities.ListOperationsName, `{"collection":` + ref + `,"pageSize":-1}`, "pageSize", "-1"},
		"list type": {"not a number", activities.ListOperationsName, `{"collection":` + ref + `,"pageSize":"many"}`, "pageSize", "many"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			_, err := execute[json.RawMessage](newEnv(), s.activities(), row.activity, json.RawMessage(row.input))
			failure := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if diff := cmp.Diff([]string{row.field, row.value}, []string{failure.Field, failure.Value}); diff != "" {
				t.Errorf("%s: field and value (-want +got):\n%s", row.reason, diff)
			}
			if got := s.service.Count(); got != 0 {
				t.Errorf("%s: %d requests were sent, want none", row.reason, got)
			}
		})
	}
}
