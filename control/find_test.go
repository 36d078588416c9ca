package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// waiting is a running workflow on a fake server.
type waiting struct {
	id, kind string
	input    any // of the workflow
	awaits   []string
	closed   bool
	encoded  bool // by a codec that the client does not have
	alike    bool // by one that keeps the name of the encoding
	silent   bool // no worker answers
	run      workflows.RunStatus
}

func (w waiting) info() *workflowpb.WorkflowExecutionInfo {
	info := &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: w.id, RunId: "run of " + w.id},
		Type:      &commonpb.WorkflowType{Name: w.kind}, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING,
	}
	if w.closed {
		info.Status = enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED
	}
	if w.awaits != nil {
		payload, _ := converter.GetDefaultDataConverter().ToPayload(w.awaits)
		info.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"AwaitopOperation": payload}}
	}
	return info
}

// namespace is a fake server that has workflows.
type namespace struct {
	client.Client
	workflows    []waiting
	unattributed bool // it lacks the search attribute
	reads        atomic.Int64
}

func (n *namespace) of(id string) (waiting, error) {
	at := slices.IndexFunc(n.workflows, func(w waiting) bool { return w.id == id })
	if at < 0 {
		return waiting{}, serviceerror.NewNotFound("no such workflow")
	}
	return n.workflows[at], nil
}

func (n *namespace) DescribeWorkflowExecution(_ context.Context, id, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	w, err := n.of(id)
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: w.info()}, err
}

func (n *namespace) ListWorkflow(_ context.Context, in *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	_, operation, byAttribute := strings.Cut(in.GetQuery(), "AwaitopOperation = ")
	if byAttribute && n.unattributed {
		return nil, serviceerror.NewInvalidArgument("no such search attribute")
	}
	page := &workflowservice.ListWorkflowExecutionsResponse{}
	for _, w := range n.workflows {
		awaits := slices.ContainsFunc(w.awaits, func(text string) bool { return awaiters.Quoted(text) == operation })
		if !w.closed && (byAttribute && awaits || !byAttribute && strings.Contains(in.GetQuery(), "'"+w.kind+"'")) {
			page.Executions = append(page.Executions, w.info())
		}
	}
	return page, nil
}

func (n *namespace) GetWorkflowHistory(_ context.Context, id, _ string, _ bool, _ enumspb.HistoryEventFilterType) client.HistoryEventIterator {
	n.reads.Add(1)
	w, err := n.of(id)
	payloads, _ := converter.GetDefaultDataConverter().ToPayloads(w.input)
	if w.encoded {
		payloads.Payloads[0].Metadata["encoding"] = []byte("binary/encrypted")
	}
	if w.encoded || w.alike {
		payloads.Payloads[0].Data = []byte("eyJ9")
	}
	return &firstEvent{&historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
		WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: payloads},
	}}, err}
}

func (n *namespace) QueryWorkflow(_ context.Context, id, _, query string, _ ...any) (converter.EncodedValue, error) {
	w, err := n.of(id)
	answer, run := any(map[string]any{"input": w.input}), w.kind == workflows.RunOperationName || w.kind == workflows.UndoOperationName
	if run {
		answer = w.run
	}
	if err != nil || w.silent || query != workflows.StatusQuery && !run || run && query != workflows.RunQuery {
		return nil, errors.Join(err, errors.New("query "+query))
	}
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(answer)
	return client.NewValue(payloads), err
}

// firstEvent is the beginning of a history.
type firstEvent struct {
	event *historypb.HistoryEvent
	err   error
}

func (*firstEvent) HasNext() bool                            { return true }
func (f *firstEvent) Next() (*historypb.HistoryEvent, error) { return f.event, f.err }

// A wait is found under any id: by the id of workflows.Start, its search attribute or its input.
func TestFind(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	other := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/x"}
	long := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/" + strings.Repeat("i", 300) + "/operations/o"}
	await := func(id string, ref lro.Ref) waiting {
		return waiting{id: id, kind: workflows.AwaitOperationName, input: workflows.AwaitInput{Ref: ref}}
	}
	attributed := await("child", ref)
	attributed.awaits = []string{ref.String()}
	strangers := await("child", other)
	strangers.awaits = []string{other.String()}
	encoded := await("child", ref)
	encoded.encoded = true
	encodedAlike := await("child", ref)
	encodedAlike.alike = true
	ended := await(workflows.WorkflowID(ref), ref)
	ended.closed = true
	tests := map[string]struct {
		reason       string
		workflows    []waiting
		unattributed bool
		want         []string
		reads        int64
	}{
		"none":               {"nothing awaits it", []waiting{await("child", other)}, false, nil, 1},
		"by id":              {"workflows.Start runs it", []waiting{await(workflows.WorkflowID(ref), ref)}, false, []string{workflows.WorkflowID(ref)}, 1},
		"ended":              {"its wait does not run any more", []waiting{ended}, false, nil, 0},
		"by input":           {"a child with an id of its own", []waiting{await("child", ref), await("b", other)}, false, []string{"child"}, 2},
		"without attributes": {"the namespace lacks them", []waiting{await("child", ref)}, true, []string{"child"}, 1},
		"an id like it":      {"the caller's own begins so", []waiting{await("await:"+ref.String()+"-2", ref)}, false, []string{"await:" + ref.String() + "-2"}, 1},
		"another's id":       {"it tells its operation, and is not read", []waiting{await(workflows.WorkflowID(other), other)}, false, nil, 0},
		"by attribute":       {"the list tells it, and nothing is read", []waiting{attributed}, false, []string{"child"}, 0},
		"another's":          {"the list tells that too", []waiting{strangers}, false, nil, 0},
		"inline":             {"a workflow of the user's own", []waiting{{id: "orders", kind: "Orders", awaits: []string{"x", ref.String()}}}, false, []string{"orders"}, 0},
		"inline, untold":     {"no list tells it", []waiting{{id: "orders", kind: "Orders", awaits: []string{ref.String()}}}, true, nil, 0},
		"a set":              {"its input names the operation", []waiting{{id: "set", kind: awaiters.AwaitOperations, input: map[string]any{"refs": []lro.Ref{other, ref}}}}, false, []string{"set"}, 1},
		"a run":              {"its worker tells what it awaits", []waiting{{id: "run", kind: workflows.RunOperationName, run: workflows.RunStatus{Phase: workflows.RunAwaiting, Ref: ref}}}, false, []string{"run"}, 0},
		"another's run":      {"it awaits another operation", []waiting{{id: "run", kind: workflows.RunOperationName, run: workflows.RunStatus{Phase: workflows.RunAwaiting, Ref: other}}}, false, nil, 0},
		"an undo":            {"it stops the operation", []waiting{{id: "undo", kind: workflows.UndoOperationName, run: workflows.RunStatus{Phase: workflows.RunUndoing, Ref: ref}}}, false, []string{"undo"}, 0},
		"a run that starts":  {"it awaits nothing yet", []waiting{{id: "run", kind: workflows.RunOperationName, run: workflows.RunStatus{Phase: workflows.RunStarting, Target: "projects/p/instances/i"}}}, false, nil, 0},
		"encoded":            {"its worker tells its input", []waiting{encoded}, false, []string{"child"}, 1},
		"encoded alike":      {"its codec keeps the encoding", []waiting{encodedAlike}, false, []string{"child"}, 1},
		"unreadable":         {"it awaits nothing", []waiting{{id: "child", kind: workflows.AwaitOperationName, input: json.RawMessage(`[7]`)}}, false, nil, 1},
		"several": {
			"each is found once, that of workflows.Start first", []waiting{await("a", ref), attributed, await(workflows.WorkflowID(ref), ref)}, false,
			[]string{workflows.WorkflowID(ref), "child", "a"}, 2,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &namespace{workflows: tt.workflows, unattributed: tt.unattributed}
			found, err := Find(t.Context(), server, ref, FindOptions{})
			if err != nil || found.Cut {
				t.Fatalf("%s: %v, cut %t", tt.reason, err, found.Cut)
			}
			var got []string
			for _, status := range found.Statuses {
				got = append(got, status.WorkflowID)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || server.reads.Load() != tt.reads {
				t.Errorf("%s: %d reads, want %d (-want +got):\n%s", tt.reason, server.reads.Load(), tt.reads, diff)
			}
		})
	}
	if found, err := Find(t.Context(), &namespace{workflows: []waiting{{id: "child", kind: workflows.AwaitOperationName, awaits: []string{"..." + long.String()[len(long.String())-252:]}}}}, long, FindOptions{}); err != nil || len(found.Statuses) != 1 {
		t.Errorf("a long name is cut in the attribute: %+v, %v", found, err)
	}
}

// The look knows workflows by the names that they are registered with.
func TestFindNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		awaiters.AwaitOperation: workflows.AwaitOperationName, awaiters.AwaitOperations: workflows.AwaitOperationsName,
		awaiters.RunOperation: workflows.RunOperationName, awaiters.UndoOperation: workflows.UndoOperationName,
		awaiters.RunQuery: workflows.RunQuery, awaiters.PhaseStarting: string(workflows.RunStarting),
		awaiters.PhaseAwaiting: string(workflows.RunAwaiting), awaiters.PhaseUndoing: string(workflows.RunUndoing),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// A look that meets its bound says so.
func TestFindBounds(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}
	server := &namespace{}
	for i := range 20 {
		server.workflows = append(server.workflows, waiting{id: fmt.Sprint(i), kind: workflows.AwaitOperationName, input: workflows.AwaitInput{Ref: ref}})
	}
	for reads, cut := range map[int]bool{19: true, 20: false} {
		server.reads.Store(0)
		found, err := Find(t.Context(), server, ref, FindOptions{MaxReads: reads})
		if err != nil || found.Cut != cut || len(found.Statuses) != reads || int(server.reads.Load()) != reads {
			t.Errorf("%d reads at most: %d found by %d, cut %t, %v", reads, len(found.Statuses), server.reads.Load(), found.Cut, err)
		}
	}
	unknown := &namespace{workflows: []waiting{{id: "child", kind: workflows.AwaitOperationName, input: workflows.AwaitInput{Ref: ref}, encoded: true, silent: true}}}
	if found, err := Find(t.Context(), unknown, ref, FindOptions{}); err != nil || !found.Cut || len(found.Statuses) != 0 {
		t.Errorf("an input that nobody tells: %+v, %v", found, err)
	}
	silent := &namespace{workflows: []waiting{{id: "run", kind: workflows.RunOperationName, silent: true}}}
	if found, err := Find(t.Context(), silent, ref, FindOptions{}); err != nil || !found.Cut || len(found.Statuses) != 0 {
		t.Errorf("a run that no worker tells of: %+v, %v", found, err)
	}
	if _, err := Find(t.Context(), server, ref, FindOptions{MaxReads: -1}); err == nil {
		t.Error("a negative bound is taken")
	}
	if _, err := Find(t.Context(), server, lro.Ref{}, FindOptions{}); err == nil {
		t.Error("no operation is taken")
	}
}
