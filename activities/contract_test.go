package activities_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

var update = flag.Bool("update", false, "rewrite golden files: a change to one is a change of a contract")

func TestNames(t *testing.T) {
	t.Parallel()
	got := []string{activities.GetOperationName, activities.CancelOperationName, activities.DeleteOperationName, activities.ListOperationsName, activities.PollOperationName,
		activities.YieldType, activities.CancelFailedType, activities.DeleteFailedType}
	want := []string{"awaitop.GetOperation", "awaitop.CancelOperation", "awaitop.DeleteOperation", "awaitop.ListOperations", "awaitop.PollOperation",
		"StillRunning", "CancelFailed", "DeleteFailed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("registered names and error types are contracts (-want +got):\n%s", diff)
	}
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	status := &lro.Status{Code: lro.CodePermissionDenied, Message: "no"}
	op := lro.Operation{Name: operationName, Metadata: json.RawMessage(`{"progressPercent":40}`)}
	minute := lro.DurationOf(time.Minute)
	for name, payload := range map[string]any{
		"operation_input": activities.OperationInput{Ref: ref},
		"cancel_input":    activities.CancelInput{Ref: ref, NotFoundGrace: minute},
		"cancel_output":   activities.CancelOutput{Result: activities.CancelRefused, Status: status},
		"delete_output":   activities.DeleteOutput{Result: lro.DeletionFailed, Status: status},
		"list_input":      activities.ListInput{Collection: ref, Filter: "done:true", PageSize: 5, PageToken: "t", ReturnPartialSuccess: true},
		"list_output":     activities.ListOutput{Operations: []lro.Operation{op}, NextPageToken: "t", Unreachable: []string{"projects/p/locations/l"}},
		"poll_input":      activities.PollInput{Ref: ref, Policy: lro.PollPolicy{}.WithDefaults(), StartTime: began, Deadline: began.Add(time.Hour), Seen: true, Resumed: true, AuthGrace: minute, NotFoundGrace: minute},
		"poll_output":     activities.PollOutput{Operation: op, ResponseTooLarge: true, Expired: true, Polls: 3, Seen: true, StartTime: began, Policy: lro.PollPolicy{}.WithDefaults()},
		"heartbeat":       activities.Heartbeat{Polls: 3, Seen: true, BlockedSince: began, Progress: lro.Progress{Percent: 40, Known: true}, Status: "running, 40%", NextPoll: began},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.MarshalIndent(payload, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("the payload changed (-want +got):\n%s", diff)
			}
		})
	}
}
