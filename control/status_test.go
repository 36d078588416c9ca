package control

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
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
