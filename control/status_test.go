package control

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// A workflow task waits for a worker until one takes it, and also while workers fail it.
func TestWorkerAwaited(t *testing.T) {
	t.Parallel()
	const scheduled, started = enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED, enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED
	task := func(state enumspb.PendingWorkflowTaskState, attempt int32) *workflowpb.PendingWorkflowTaskInfo {
		return &workflowpb.PendingWorkflowTaskInfo{State: state, Attempt: attempt, ScheduledTime: timestamppb.New(start.Add(time.Minute)), OriginalScheduledTime: timestamppb.New(start)}
	}
	tests := map[string]struct {
		reason   string
		task     *workflowpb.PendingWorkflowTaskInfo
		since    time.Time
		failures int
	}{
		"none":      {"the workflow waits for something else", nil, time.Time{}, 0},
		"scheduled": {"no worker has taken it", task(scheduled, 1), start, 0},
		"running":   {"a worker has it", task(started, 1), time.Time{}, 0},
		"failed":    {"it is tried again", task(scheduled, 3), start, 2},
		"failing":   {"a worker that cannot run it does not report that again", task(started, 3), start, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := statusOf(&workflowservice.DescribeWorkflowExecutionResponse{PendingWorkflowTask: tt.task}, nil)
			if !got.WorkerAwaitedSince.Equal(tt.since) || got.TaskFailures != tt.failures {
				t.Errorf("%s: %v, %d failures, want %v, %d", tt.reason, got.WorkerAwaitedSince, got.TaskFailures, tt.since, tt.failures)
			}
		})
	}
}

// A run is untaken until a worker has completed its first task.
func TestUntaken(t *testing.T) {
	t.Parallel()
	const running, completed = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	tests := map[string]struct {
		reason string
		state  enumspb.WorkflowExecutionStatus
		events int64
		want   bool
	}{
		"scheduled": {"no worker has the first task", running, 2, true},
		"started":   {"a worker has it, and has not answered", running, 3, true},
		"completed": {"a worker has answered", running, 4, false},
		"closed":    {"nothing is awaited any more", completed, 3, false},
		"not told":  {"a server that tells no length", running, 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := statusOf(&workflowservice.DescribeWorkflowExecutionResponse{
				WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: tt.state, HistoryLength: tt.events},
			}, nil)
			if got.Untaken != tt.want {
				t.Errorf("%s: %t, want %t", tt.reason, got.Untaken, tt.want)
			}
		})
	}
}

// Between two polls of an AwaitOperation the last report is that of the poll before.
func TestReplacedPoll(t *testing.T) {
	t.Parallel()
	replaced := pending(activities.PollOperationName, activities.Heartbeat{Ref: ref, Progress: lro.Progress{Known: true, Percent: 40}})
	replaced.State = enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
	next := pending(activities.PollOperationName, activities.Heartbeat{Ref: ref, Progress: lro.Progress{Known: true, Percent: 50}})
	tests := map[string]struct {
		reason     string
		kind       string
		activities []*workflowpb.PendingActivityInfo
		want       []int // percentages of its waits
	}{
		"replaced": {"the next poll is not pending yet", workflows.AwaitOperationName, []*workflowpb.PendingActivityInfo{replaced}, []int{40}},
		"next":     {"it reports", workflows.AwaitOperationName, []*workflowpb.PendingActivityInfo{replaced, next}, []int{50}},
		"inline":   {"the workflow may await it no more", "Provision", []*workflowpb.PendingActivityInfo{replaced}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Status{WorkflowID: "w", RunID: "r", WorkflowType: tt.kind, State: "Running"}
			s.addPending(&workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: tt.activities}, Options{})
			var got []int
			for _, w := range s.Waits {
				got = append(got, w.Progress.Percent)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// A result is shown if it is JSON.
func TestResultOf(t *testing.T) {
	t.Parallel()
	encoded := func(value any) *commonpb.Payloads {
		payloads, err := converter.GetDefaultDataConverter().ToPayloads(value)
		if err != nil {
			t.Fatal(err)
		}
		return payloads
	}
	tests := map[string]struct {
		reason string
		result *commonpb.Payloads
		want   string
	}{
		"struct": {"what the workflow returned", encoded(map[string]string{"state": "READY"}), `{"state":"READY"}`},
		"none":   {"it returns an error alone", nil, ""},
		"nil":    {"its pointer was nil", encoded(nil), ""},
		"bytes":  {"they are no JSON", encoded([]byte("READY")), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(resultOf(tt.result, converter.GetDefaultDataConverter())); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// A query that no worker takes in time is told apart from one that failed, whoever gives up first.
func TestIsLateQuery(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]struct {
		reason string
		ctx    context.Context
		err    error
		want   bool
	}{
		"answered": {"it is not late", t.Context(), nil, false},
		"ctx":      {"the caller gave up", over, errors.New("canceled"), true},
		"server":   {"the server gave up first", t.Context(), serviceerror.NewDeadlineExceeded("context deadline exceeded"), true},
		"client":   {"so did the client", t.Context(), context.DeadlineExceeded, true},
		"failed":   {"a worker took it", t.Context(), serviceerror.NewQueryFailed("no such query"), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isLateQuery(tt.ctx, tt.err); got != tt.want {
				t.Errorf("%s: %t, want %t", tt.reason, got, tt.want)
			}
		})
	}
}

// A describe says why it has no details, unless the workflow has none.
func TestHasNoDetails(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		err    error
		want   bool
	}{
		"unknown query": {"an SDK without details", serviceerror.NewQueryFailed("unknown queryType " + metadataQuery + ". KnownQueryTypes=[]"), true},
		"early":         {"no worker has run it", serviceerror.NewWorkflowNotReady("no workflow task has completed"), true},
		"no text":       {"details that are not UTF-8", serviceerror.NewQueryFailed("string field contains invalid UTF-8"), false},
		"no replay":     {"the worker's code has changed", serviceerror.NewQueryFailed("nondeterministic workflow"), false},
		"denied":        {"of the server", serviceerror.NewPermissionDenied("no", ""), false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := hasNoDetails(row.err); got != row.want {
				t.Errorf("%s: %t, want %t", row.reason, got, row.want)
			}
		})
	}
}
