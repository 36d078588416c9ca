package control

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/workflows"
)

// family is a fake server with a parent, whose children are the other workflows.
type family struct {
	*namespace
	queries atomic.Int64
}

func (f *family) DescribeWorkflowExecution(ctx context.Context, id, run string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	described, err := f.namespace.DescribeWorkflowExecution(ctx, id, run)
	if id == "parent" {
		for _, w := range f.workflows[1:] {
			described.PendingChildren = append(described.PendingChildren, &workflowpb.PendingChildExecutionInfo{WorkflowId: w.id, RunId: "run of " + w.id, WorkflowTypeName: w.kind})
		}
	}
	return described, err
}

func (f *family) QueryWorkflow(ctx context.Context, id, run, query string, args ...any) (converter.EncodedValue, error) {
	f.queries.Add(1)
	if w, _ := f.of(id); w.silent {
		return nil, serviceerror.NewDeadlineExceeded("no worker")
	}
	return f.namespace.QueryWorkflow(ctx, id, run, query, args...)
}

// A workflow tells of its children that run or undo, and each of them of itself. It is asked in a list, too.
func TestDescribeRuns(t *testing.T) {
	t.Parallel()
	const target = "projects/p/instances/i"
	f := &family{namespace: &namespace{workflows: []waiting{
		{id: "parent", kind: "Provision"},
		{id: "make", kind: workflows.RunOperationName, run: workflows.RunStatus{Phase: workflows.RunHolding, Target: target}},
		{id: "undo", kind: workflows.UndoOperationName, run: workflows.RunStatus{Phase: workflows.RunUndoing, Target: target}},
		{id: "mute", kind: workflows.RunOperationName, silent: true},
	}}}
	for id, want := range map[string]string{"parent": "make holding, undo undoing, mute ?", "make": "make holding", "undo": "undo undoing"} {
		s, err := Describe(t.Context(), f, id, Options{WithoutQuery: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range s.Runs {
			phase := "?"
			if r.Status != nil {
				phase = string(r.Status.Phase)
			}
			if (r.Status == nil) != (r.Unanswered != "") {
				t.Errorf("%s: status %v, unanswered %q", r.WorkflowID, r.Status, r.Unanswered)
			}
			got = append(got, r.WorkflowID+" "+phase)
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s has the runs %q, want %q", id, text, want)
		}
	}
}

// A task queue without a worker is not asked for each of its runs.
func TestDescribeSilentRuns(t *testing.T) {
	t.Parallel()
	f := &family{namespace: &namespace{}}
	var listed []*Status
	for i := range 100 {
		id := "run " + string(rune('a'+i))
		f.workflows = append(f.workflows, waiting{id: id, kind: workflows.RunOperationName, silent: true})
		listed = append(listed, &Status{WorkflowID: id})
	}
	described, err := DescribeAll(t.Context(), f, listed, Options{WithoutQuery: true})
	if err != nil || len(described) != len(listed) {
		t.Fatalf("%d described, %v", len(described), err)
	}
	for _, s := range described {
		if len(s.Runs) != 1 || s.Runs[0].Unanswered == "" {
			t.Errorf("%s: %+v, want a run without an answer", s.WorkflowID, s.Runs)
		}
	}
	if n := f.queries.Load(); n < 8 || n > 15 { // eight may be under way when the eighth fails
		t.Errorf("%d queries, want 8 to 15", n)
	}
}
