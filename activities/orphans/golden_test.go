package orphans_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// The files in testdata are what scheduled activities hold. A difference is a break, unless a field was added.
func TestGolden(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	key := stepkey.New("order-1", "run", "step")
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	resource := "//spanner.googleapis.com/projects/p/instances/i"
	place := orphans.Place{Kind: orphans.Operations, Service: lro.SpannerService, Name: "projects/p/instances/i/operations", Found: true, PageToken: "next", Skip: 3}
	item := orphans.Item{Ref: ref, Resource: resource, Key: key, Since: at, State: "CREATING", Delete: "DELETE https://spanner.googleapis.com/v1/projects/p/instances/i", WithoutAuthentication: true}
	owner := orphans.Owner{Key: key, WorkflowID: "order-1", RunID: "run", Status: orphans.TimedOut, StartTime: at, CloseTime: at.Add(time.Hour)}
	left := orphans.LeftWait{Ref: ref, WorkflowID: "orders/child", RunID: "run", Status: orphans.Terminated, CloseTime: at.Add(time.Hour)}
	tests := map[string]struct {
		value any
		empty any // a pointer to read the file into
	}{
		"find_input":    {orphans.FindInput{Places: []orphans.Place{place}}, &orphans.FindInput{}},
		"find_output":   {orphans.FindOutput{Items: []orphans.Item{item}, Places: []orphans.Place{place}, Seen: orphans.Seen{Operations: 2, Resources: 1, Waits: 3}, Problems: []orphans.Problem{{Place: resource, Status: lro.Status{Code: lro.CodePermissionDenied, Message: "no"}}}}, &orphans.FindOutput{}},
		"owners_input":  {orphans.OwnersInput{Marks: []orphans.Mark{{Key: key, Since: at, Awaiter: "await:" + ref.String(), Operation: ref.String(), Ref: ref}}}, &orphans.OwnersInput{}},
		"owners_output": {orphans.OwnersOutput{Owners: []orphans.Owner{owner}, Awaiters: map[string]string{"await:" + ref.String(): "orders"}, AwaitersCut: true, RunsUnknown: true, Listed: 3, Cut: true}, &orphans.OwnersOutput{}},
		"left_input":    {orphans.LeftInput{Parents: []orphans.Place{{Kind: orphans.Parent, Service: lro.SpannerService, Name: "projects/p"}}, Since: at}, &orphans.LeftInput{}},
		"left_output":   {orphans.LeftOutput{Waits: []orphans.LeftWait{left}, Closed: 3, Cut: true}, &orphans.LeftOutput{}},
		"policy":        {orphans.Policy{Action: orphans.Cancel, IncludeUnknown: true, MinAge: lro.DurationOf(30 * time.Minute)}, &orphans.Policy{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}

// Names are found by running workflows.
func TestNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		orphans.FindMarkedName: "awaitop.FindMarked",
		orphans.FindOwnersName: "awaitop.FindOwners",
		orphans.FindLeftName:   "awaitop.FindLeft",
	} {
		if got != want {
			t.Errorf("a name changed: %q, was %q", got, want)
		}
	}
}

// An input that cannot be read is the activity's typed failure, not an error of the SDK's.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	var find orphans.FindInput
	var owners orphans.OwnersInput
	var left orphans.LeftInput
	if find.UnmarshalJSON([]byte(`{"places":7}`)) != nil || owners.UnmarshalJSON([]byte(`{"marks":7}`)) != nil || left.UnmarshalJSON([]byte(`{"parents":7}`)) != nil {
		t.Error("an error of reading")
	}
	if find.Validate() == nil || owners.Validate() == nil || left.Validate() == nil {
		t.Error("no error of validation")
	}
}
