package starters_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/golden"
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
	undo := undos.New("CreateInstance projects/p/instances/i", "projects/p/instances/i", start, start.Add(2*time.Hour))
	known := &starters.Known{Exists: true, Operations: []string{"o"}, OperationID: "awaitop_00", Taken: []string{"awaitop_0"}, At: start}
	tests := map[string]struct {
		reason string
		value  any
		empty  any // a pointer to read the file into
	}{
		"start_input":     {"every field", starters.StartInput{Target: "projects/p/instances/i", Method: "spanner.projects.instances.create", Removable: true, Key: "awaitop_00", Since: start, Request: json.RawMessage(`{"nodeCount":1}`), AdoptOnly: true, Known: known, Attempt: 2, Retried: true, MarkedOnly: true, Claimed: &starters.Claimed{Ref: ref, Operation: op}, ChangesSince: start, ChangesRetried: true, Insist: true, Deadline: start, Undo: undo}, &starters.StartInput{}},
		"start_output":    {"every field", starters.StartOutput{Found: true, Ref: ref, Operation: op, Adopted: true}, &starters.StartOutput{}},
		"start_left":      {"nothing marks whose it is", starters.StartOutput{Left: starters.RemoveUnknown}, &starters.StartOutput{}},
		"start_again":     {"every field", starters.StartOutput{Again: &starters.StartAgain{After: lro.DurationOf(90 * time.Second), Known: known, Error: status, Blocker: ref}}, &starters.StartOutput{}},
		"remove_input":    {"every field", starters.RemoveInput{Target: "projects/p/instances/i", Method: "spanner.projects.instances.create", Force: true, Key: "awaitop_00", Since: start, Until: start, Operation: opName, CreateTime: start, Succeeded: start, Deadline: start, Undo: undo}, &starters.RemoveInput{}},
		"remove_output":   {"every field", starters.RemoveOutput{Result: starters.RemoveNotOurs}, &starters.RemoveOutput{}},
		"resource_input":  {"every field", starters.ResourceInput{Name: "projects/p/instances/i", Method: "spanner.projects.instances.create", Type: "google.spanner.admin.instance.v1.Instance", Succeeded: start, Insist: true, Deadline: start}, &starters.ResourceInput{}},
		"check_input":     {"every field", starters.CheckInput{Start: starters.StartInput{Target: "projects/p/instances/i", Key: "awaitop_00", Since: start}, Ahead: true}, &starters.CheckInput{}},
		"check_output":    {"every field", starters.CheckOutput{Read: true, Exists: true, Owner: starters.Ours, Checked: true, Unchecked: "why", Refusal: status, Exactness: "requestId"}, &starters.CheckOutput{}},
		"resource_output": {"every field", starters.ResourceOutput{Found: true, Resource: json.RawMessage(`{"name":"projects/p/instances/i"}`)}, &starters.ResourceOutput{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(tt.reason)
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}
