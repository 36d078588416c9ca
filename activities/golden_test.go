package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/cancels"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// The files in testdata are what scheduled activities and programs in other
// languages hold. A difference is a break, unless a field was added.
func TestGolden(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: opName}
	status := &lro.Status{Code: lro.CodePermissionDenied, Message: "no"}
	op := lro.Operation{Name: opName, Metadata: json.RawMessage(`{"progressPercent":40}`)}
	policy := lro.PollPolicy{InitialInterval: 1500 * time.Millisecond, MaximumInterval: time.Minute}
	undo := undos.New("CreateInstance projects/p/instances/i", "projects/p/instances/i", start, start.Add(2*time.Hour))
	grace := lro.DurationOf(90 * time.Second)
	tests := map[string]struct {
		reason string
		value  any
		empty  any // a pointer to read the file into
	}{
		"operation_input": {"a Ref is one string", activities.OperationInput{Ref: ref, Insist: true, Deadline: start, Undo: undo}, &activities.OperationInput{}},
		"cancel_input":    {"durations are seconds", activities.CancelInput{Ref: ref, NotFoundGrace: grace, Insist: true, Deadline: start, Undo: undo}, &activities.CancelInput{}},
		"cancel_output":   {"every field", activities.CancelOutput{Result: cancels.Refused, Sent: cancels.SentUnanswered, Status: status}, &activities.CancelOutput{}},
		"delete_output":   {"every field", activities.DeleteOutput{Result: lro.DeletionFailed, Status: status}, &activities.DeleteOutput{}},
		"list_input":      {"every field", lro.ListRequest{Collection: lro.Collection{Service: ref.Service, Name: "projects/p/instances/i/operations"}, Filter: "done:true", PageSize: 7, PageToken: "next", ReturnPartialSuccess: true}, &lro.ListRequest{}},
		"list_output":     {"every field", lro.Page{Operations: []lro.Operation{op}, NextPageToken: "next", Unreachable: []string{"projects/p/instances/j"}}, &lro.Page{}},
		"poll_input":      {"every field", activities.PollInput{Ref: ref, Policy: policy, StartTime: start, Deadline: start.Add(time.Hour), Seen: true, Resumed: true, AuthGrace: grace, NotFoundGrace: grace, Observed: &poller.Observation{Progress: lro.Progress{Percent: 40, Known: true, StartTime: start}, FirstDelay: lro.DurationOf(20 * time.Second)}, ObservedTime: start.Add(time.Minute), ReportTime: start.Add(2 * time.Minute), EarlierPolls: 2, Canceling: true, Step: "CreateInstance projects/p/instances/i", Supersedes: true, Undo: undo}, &activities.PollInput{}},
		"poll_output":     {"every field", activities.PollOutput{Operation: op, ResponseTooLarge: true, Expired: true, LastError: status, Polls: 3, Seen: true, StartTime: start, Policy: policy}, &activities.PollOutput{}},
		"undo_heartbeat":  {"every field", undos.Heartbeat{Undo: undo, Deleting: undos.NewDeleting(opName)}, &undos.Heartbeat{}},
		"heartbeat":       {"every field", activities.Heartbeat{Ref: ref, Step: "CreateInstance projects/p/instances/i", StartTime: start, Deadline: start.Add(time.Hour), Canceling: true, Polls: 3, Seen: true, BlockedSince: start, Sent: cancels.SentFailed, Progress: lro.Progress{Percent: 40, Known: true, EndTime: start}, Status: "running, 40%", LastError: status, LastPoll: start, NextPoll: start.Add(time.Minute), NotBefore: start, Undo: undo}, &activities.Heartbeat{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(tt.reason)
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}
