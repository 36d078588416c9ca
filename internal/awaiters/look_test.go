package awaiters

import (
	"context"
	"errors"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/lro"
)

// running is a server on which so many workflows of each type run. None of them has an input, and none answers a query.
type running map[string]int

func (r running) ListWorkflow(_ context.Context, request *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	var page []*workflowpb.WorkflowExecutionInfo
	for name, count := range r {
		if !strings.Contains(request.GetQuery(), Quoted(name)) {
			continue
		}
		for range count {
			page = append(page, &workflowpb.WorkflowExecutionInfo{
				Execution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "r"}, Type: &commonpb.WorkflowType{Name: name},
			})
		}
	}
	return &workflowservice.ListWorkflowExecutionsResponse{Executions: page}, nil
}

func (running) GetWorkflowHistory(context.Context, string, string, bool, enumspb.HistoryEventFilterType) client.HistoryEventIterator {
	return gones{}
}

func (running) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	return nil, serviceerror.NewNotFound("gone")
}

// gones is the history of a run that is gone.
type gones struct{}

func (gones) HasNext() bool { return true }
func (gones) Next() (*historypb.HistoryEvent, error) {
	return nil, serviceerror.NewNotFound("gone")
}

// A look that a bound ends says so. Only if it has left out a run is it open who awaits an operation that was started for
// the run's caller.
func TestLookCut(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason    string
		runs      running
		bounds    Bounds
		cut, open bool
	}{
		"all":    {"nothing is left out", running{AwaitOperation: 3, RunOperation: 1}, Bounds{Listed: 10, Read: 10}, false, false},
		"waits":  {"runs come first, so that only waits are left out", running{AwaitOperation: 3, UndoOperation: 2}, Bounds{Listed: 10, Read: 4}, true, false},
		"runs":   {"one was not asked", running{AwaitOperation: 3, RunOperation: 2}, Bounds{Listed: 10, Read: 1}, true, true},
		"listed": {"there may be further runs", running{RunOperation: 2}, Bounds{Listed: 2, Read: 10}, true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reader := Reader{Server: tt.runs, Decode: converter.GetDefaultDataConverter(), Wait: func(ctx context.Context) error { return ctx.Err() }}
			found, err := reader.Look(t.Context(), []lro.Ref{{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}}, tt.bounds)
			if err != nil || found.Cut != tt.cut || found.Open != tt.open {
				t.Errorf("%s: cut %t, open %t, %v; want %t, %t", tt.reason, found.Cut, found.Open, err, tt.cut, tt.open)
			}
		})
	}
}

// A server that does not list ends the look.
func TestLookFails(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	reader := Reader{Server: running{}, Wait: func(context.Context) error { return down }}
	if _, err := reader.Look(t.Context(), nil, Bounds{Listed: 1, Read: 1}); !errors.Is(err, down) {
		t.Errorf("%v, want %v", err, down)
	}
}
