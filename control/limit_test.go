package control

import (
	"context"
	"errors"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/workflows"
)

// counted is a server with one workflow, which counts its requests. A limit of it counts what waits.
type counted struct {
	client.Client
	kind            string
	state           enumspb.WorkflowExecutionStatus
	earlier         string // the first run, if Temporal has tried the workflow again
	requests, waits int
	follows         bool // a result was asked for with those of later runs
}

func (s *counted) Wait(context.Context) error { s.waits++; return nil }

func (s *counted) DescribeWorkflowExecution(context.Context, string, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	s.requests++
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "run"}, FirstRunId: s.earlier,
		Type: &commonpb.WorkflowType{Name: s.kind}, Status: s.state,
	}}, nil
}

func (s *counted) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	s.requests++
	return nil, errors.New("no answer")
}

func (s *counted) GetWorkflowHistory(context.Context, string, string, bool, enumspb.HistoryEventFilterType) client.HistoryEventIterator {
	s.requests++
	return &firstEvent{&historypb.HistoryEvent{}, nil}
}

func (s *counted) GetWorkflow(context.Context, string, string) client.WorkflowRun {
	return result{counted: s}
}

// result is that of the workflow's run.
type result struct {
	client.WorkflowRun
	*counted
}

func (r result) Get(ctx context.Context, into any) error {
	return r.GetWithOptions(ctx, into, client.WorkflowRunGetOptions{})
}

func (r result) GetWithOptions(_ context.Context, _ any, options client.WorkflowRunGetOptions) error {
	r.requests++
	r.follows = r.follows || !options.DisableFollowingRuns
	if r.state == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
		return nil
	}
	return temporal.NewApplicationError("no", "Failed")
}

// A describe waits for the limit before each of its requests, and never for a later run.
func TestDescribeRequests(t *testing.T) {
	t.Parallel()
	const running, completed, failed, terminated = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED,
		enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED
	tests := map[string]struct {
		reason   string
		server   counted
		requests int
	}{
		"a wait":           {"its worker tells its status", counted{kind: workflows.AwaitOperationName, state: running}, 2},
		"a wait's result":  {"a later run may take for ever", counted{kind: workflows.AwaitOperationName, state: completed}, 2},
		"a wait's failure": {"so may that of a retry", counted{kind: workflows.AwaitOperationName, state: failed}, 2},
		"a wait's end":     {"the history tells who has terminated it", counted{kind: workflows.AwaitOperationName, state: terminated}, 3},
		"continued as new": {"the last run tells how it ended", counted{kind: workflows.AwaitOperationName, state: enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW}, 1},
		"a run":            {"it does not answer, and is not asked for details", counted{kind: workflows.RunOperationName, state: running}, 2},
		"another":          {"its worker tells the details", counted{kind: "Orders", state: running}, 2},
		"another's result": {"it is in the history", counted{kind: "Orders", state: completed}, 2},
		"tried again":      {"the history's first event has the failure before", counted{kind: "Orders", state: running, earlier: "first"}, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &tt.server
			if _, err := Describe(t.Context(), s, "w", Options{Limit: s}); err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			if s.requests != tt.requests || s.waits != s.requests || s.follows {
				t.Errorf("%s: %d requests, want %d, each after one of %d waits; follows later runs: %t", tt.reason, s.requests, tt.requests, s.waits, s.follows)
			}
		})
	}
}
