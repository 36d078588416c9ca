package sets_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// The files in testdata are what scheduled activities and programs in other languages hold. A
// difference is a break, unless a field was added.
func TestGolden(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const opName = "projects/p/instances/i/operations/o"
	ref := lro.Ref{Service: lro.SpannerService, Name: opName}
	status := &lro.Status{Code: lro.CodePermissionDenied, Message: "no"}
	op := lro.Operation{Name: opName, Metadata: json.RawMessage(`{"progressPercent":40}`)}
	policy := lro.PollPolicy{InitialInterval: 1500 * time.Millisecond, MaximumInterval: time.Minute}
	grace := lro.DurationOf(90 * time.Second)
	set, _ := sets.New([]lro.Ref{ref, {Service: lro.SpannerService, Name: "projects/p/instances/i/databases/d/operations/a"}, {Service: lro.SpannerService, Name: "projects/p/instances/i/databases/e/operations/b"}})
	members := []sets.Member{
		{Name: "operations/o", Step: "UpdateInstance i", State: lro.StateRunning, Unread: true, Error: status},
		{Name: "databases/d/operations/a", State: lro.StateRunning, Progress: lro.Progress{Known: true, Percent: 40}},
	}
	tests := map[string]struct {
		reason string
		value  any
		empty  any // a pointer to read the file into
	}{
		"poll_set_input":       {"names are factored", sets.PollInput{Operations: set, Policy: policy, StartTime: start, Deadline: start.Add(time.Hour), Resumed: true, AuthGrace: grace, NotFoundGrace: grace, Canceling: true, StopOnFailure: true, Steps: []string{"UpdateInstance i", "CreateDatabase d", "CreateDatabase e"}}, &sets.PollInput{}},
		"poll_set_output":      {"every field", sets.PollOutput{States: "rsfcx", Failures: []sets.Failure{{Index: 2, Type: lro.TypeOperationFailed, Status: status}}, Expired: true, Polls: 7}, &sets.PollOutput{}},
		"cancel_set_input":     {"every field", sets.CancelInput{Operations: set, NotFoundGrace: grace, Deadline: start}, &sets.CancelInput{}},
		"cancel_set_output":    {"every field", sets.CancelOutput{Results: "dugre", Sent: "41023", Failures: []sets.Failure{{Index: 1, Status: status}}}, &sets.CancelOutput{}},
		"read_set_input":       {"every field", sets.ReadInput{Operations: set, From: 2, Deadline: start}, &sets.ReadInput{}},
		"read_set_output":      {"every field", sets.ReadOutput{Operations: []lro.Operation{op}, Next: 3}, &sets.ReadOutput{}},
		"set_heartbeat":        {"every field", sets.PollHeartbeat{StartTime: start, Deadline: start.Add(time.Hour), Canceling: true, In: "//s/projects/p", Total: 5, Ended: 2, Polls: 7, States: []byte{0b11100100, 1}, BlockedSince: start, RefusedUnseen: true, Status: "2 of 5 ended", Failing: 1, LastError: status, NextPoll: start, NotBefore: start, Members: members}, &sets.PollHeartbeat{}},
		"cancel_set_heartbeat": {"three operations a byte", sets.CancelHeartbeat{In: "//s/projects/p", Total: 5, Sent: []byte{1 + 5*2 + 25*3, 4}}, &sets.CancelHeartbeat{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(tt.reason)
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}
