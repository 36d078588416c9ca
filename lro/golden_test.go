package lro_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/lro"
)

var (
	ref       = lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/databases/d/operations/o"}
	startTime = time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)
	failed    = lro.Status{
		Code:    lro.CodeFailedPrecondition,
		Message: "Found uniqueness violation on index ByName",
		Details: []json.RawMessage{
			json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"DUPLICATES","domain":"spanner.googleapis.com","metadata":{"index":"ByName"}}`),
			json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.PreconditionFailure","violations":[{"type":"UNIQUE","subject":"ByName"}]}`),
			json.RawMessage(`{"@type":"type.googleapis.com/example.v9.Unheard","big":12345678901234567890.123456789,"deep":{"null":null}}`),
		},
	}
	metadata = json.RawMessage(`{"@type":"type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata","statements":["CREATE TABLE T","CREATE UNIQUE INDEX ByName"],"commitTimestamps":["2026-01-02T03:04:05.123456789Z"]}`)
)

func failedOutcome() lro.Outcome {
	status := failed
	return lro.Outcome{
		Ref:       ref,
		Operation: lro.Operation{Name: ref.Name, Done: true, Metadata: metadata, Error: &status},
		Polls:     7,
		StartTime: startTime,
		EndTime:   startTime.Add(90 * time.Second),
	}
}

func running() lro.Outcome {
	o := failedOutcome()
	o.Operation = lro.Operation{Name: ref.Name, Metadata: metadata}
	return o
}

// failures has one of each type.
func failures() map[string]lro.Failure {
	unavailable := &lro.Status{Code: lro.CodePermissionDenied, Message: "no permission to get"}
	timeout := running()
	timeout.Cancellation, timeout.CancelStatus = lro.CancellationUndelivered, unavailable
	unsupported := running()
	unsupported.Cancellation, unsupported.CancelStatus = lro.CancellationUnsupported, &lro.Status{Code: lro.CodeUnimplemented, Message: "there is no cancel"}
	tooLarge := running()
	tooLarge.Operation = lro.Operation{Name: ref.Name, Done: true, Truncated: true}
	notAllowed := lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: "method", Value: "spanner.projects.instances.create", Want: "one of the caller's methods"})
	notAllowed.Type = lro.TypeNotAllowed
	notFound := lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: "workflowId", Value: "await:orders", Want: "a wait that runs, of the caller's own namespace"})
	notFound.Type = lro.TypeWaitNotFound
	return map[string]lro.Failure{
		"not_allowed": notAllowed, "wait_not_found": notFound,
		"operation_failed":   {Type: lro.TypeOperationFailed, Outcome: failedOutcome()},
		"poll_failed":        {Type: lro.TypePollFailed, Outcome: running(), PollError: unavailable},
		"operation_canceled": {Type: lro.TypeOperationCanceled, Outcome: unsupported},
		"operation_canceled_set": {
			Type: lro.TypeOperationCanceled, Outcome: lro.Outcome{Ref: ref, Operation: lro.Operation{Name: ref.Name}, Polls: 7, Cancellation: lro.CancellationAbandoned},
			Resources: []string{ref.String()}, Set: &lro.SetCounts{Succeeded: 2, Running: 1},
		},
		"operation_gone":   {Type: lro.TypeOperationGone, Outcome: running(), PollError: &lro.Status{Code: lro.CodeNotFound}},
		"await_timeout":    {Type: lro.TypeAwaitTimeout, Outcome: timeout},
		"protocol_error":   {Type: lro.TypeProtocolError, Outcome: running(), PollError: &lro.Status{Code: lro.CodeUnknown, Message: "it has no name and is not done"}},
		"result_too_large": {Type: lro.TypeResultTooLarge, Outcome: tooLarge},
		"run_undone":       {Type: lro.TypeOperationCanceled, Outcome: unsupported, Resources: []string{"projects/p/instances/i"}, Removal: "deleted"},
		"compensation_failed": {
			Type:       lro.TypeCompensationFailed,
			Resources:  []string{"projects/p/instances/i", "projects/p/instances/j"},
			UndoErrors: []string{"it holds backups", "no permission to delete"},
			Cause:      lro.CauseOf(activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: failedOutcome()})),
		},
		"compensation_failed_omitted": {
			Type:             lro.TypeCompensationFailed,
			Resources:        []string{"projects/p/instances/i", "projects/p/instances/j"},
			ResourcesOmitted: 998,
			UndoErrors:       []string{"it holds backups"},
		},
		"start_failed":  {Type: lro.TypeStartFailed, Resources: []string{"projects/p/instances/i"}, StartError: &lro.Status{Code: lro.CodeAlreadyExists, Message: "it is somebody else's"}},
		"invalid_input": lro.Invalid(ref, &lro.InvalidError{Field: "policy.coefficient", Value: "0.5", Want: "at least 1"}),
	}
}

// The files in testdata are what running workflows and programs in other
// languages hold. A difference is a break, unless a field was added.
func TestGolden(t *testing.T) {
	t.Parallel()
	full := failedOutcome()
	full.Cancellation, full.Deletion = lro.CancellationFailed, lro.DeletionUnsupported
	full.CancelStatus = &lro.Status{Code: lro.CodeUnavailable, Message: "try later"}
	tests := map[string]struct {
		reason string
		value  any
		empty  any // a pointer to read the file into
	}{
		"ref":             {reason: "one string, the full resource name", value: &ref, empty: &lro.Ref{}},
		"status":          {reason: "google.rpc.Status in its JSON mapping, unknown details kept", value: &failed, empty: &lro.Status{}},
		"operation":       {reason: "google.longrunning.Operation in its JSON mapping", value: &lro.Operation{Name: ref.Name, Done: true, Metadata: metadata, Response: json.RawMessage(`{"@type":"type.googleapis.com/google.protobuf.Empty"}`)}, empty: &lro.Operation{}},
		"operation_bound": {reason: "truncated is awaitop's own", value: &lro.Operation{Name: ref.Name, Done: true, Truncated: true}, empty: &lro.Operation{}},
		"policy":          {reason: "durations are seconds", value: &lro.PollPolicy{InitialInterval: 1500 * time.Millisecond, Coefficient: 1.5, MaximumInterval: time.Hour, MaximumEstimate: 2 * time.Hour, YieldInterval: time.Nanosecond, IgnoreProgress: true}, empty: &lro.PollPolicy{}},
		"policy_default":  {reason: "the default is the empty object", value: &lro.PollPolicy{}, empty: &lro.PollPolicy{}},
		"outcome":         {reason: "every field", value: &full, empty: &lro.Outcome{}},
		"outcome_minimal": {reason: "given done, without a name", value: &lro.Outcome{Operation: lro.Operation{Done: true}}, empty: &lro.Outcome{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(tt.reason)
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}

// goldenFailure is a temporal.ApplicationError as far as awaitop makes it.
type goldenFailure struct {
	Type         string      `json:"type"`
	Message      string      `json:"message"`
	NonRetryable bool        `json:"nonRetryable"`
	Details      lro.Failure `json:"details"`
}

// UnmarshalJSON reads it as AsFailure does, which takes the Failure's Type from the error's.
func (g *goldenFailure) UnmarshalJSON(raw []byte) error {
	type plain goldenFailure
	err := json.Unmarshal(raw, (*plain)(g))
	kind, _, _ := strings.Cut(g.Type, ".")
	g.Details.Type = lro.FailureType(kind)
	return err
}

func TestGoldenFailures(t *testing.T) {
	t.Parallel()
	busy := failedOutcome()
	busy.Operation.Error = &lro.Status{Code: lro.CodeResourceExhausted, Message: "the zone is full", Details: []json.RawMessage{
		json.RawMessage(`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"90s"}`),
	}}
	all := failures()
	all["operation_failed_retryable"] = lro.Failure{Type: lro.TypeOperationFailed, Outcome: busy}
	for name, f := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := activities.NewError(f).(*temporal.ApplicationError)
			wire := goldenFailure{Type: app.Type(), Message: app.Message(), NonRetryable: app.NonRetryable()}
			if err := app.Details(&wire.Details); err != nil {
				t.Fatal(err)
			}
			golden.Payload(t, "failure_"+name, wire, &goldenFailure{})
		})
	}
}

// compacted is v's JSON, which is how raw values that differ in white space
// compare.
func compacted(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
