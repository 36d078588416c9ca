package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

const (
	running    = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	completed  = enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	failed     = enumspb.WORKFLOW_EXECUTION_STATUS_FAILED
	timedOut   = enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT
	canceled   = enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED
	terminated = enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED
	renewed    = enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW
)

// run is a run of a workflow on a fake server.
type run struct {
	id, run, first string
	status         enumspb.WorkflowExecutionStatus
	closed         int // minutes after noon
	unlisted       bool
	awaits         string // the value of its search attribute
	kind           string // its type
	input          string // in JSON
	queue          string // its task queue
	answer         string // what its worker answers RunQuery with, in JSON; "" for no worker
}

// fake is a Temporal server that has runs, the newest last.
type fake struct {
	runs []run
	page int
	// unattributed says that the namespace lacks the search attribute.
	unattributed bool
	queries      []string
	describe     []string

	mu    sync.Mutex
	reads []string // the ids of workflows whose inputs were read
	asked []string // the ids of workflows that were queried
}

// awaiting begins the filter of the workflows that await an operation.
const awaiting = "ExecutionStatus = 'Running' AND AwaitopOperation = "

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func (r run) info() *workflowpb.WorkflowExecutionInfo {
	info := &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: r.id, RunId: r.run},
		Type:      &commonpb.WorkflowType{Name: r.kind}, FirstRunId: r.first, Status: r.status, StartTime: timestamppb.New(noon),
		TaskQueue: r.queue,
	}
	if r.awaits != "" {
		payload, _ := converter.GetDefaultDataConverter().ToPayload([]string{r.awaits})
		info.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{orphans.OperationAttribute: payload}}
	}
	if r.status != running {
		info.CloseTime = timestamppb.New(noon.Add(time.Duration(r.closed) * time.Minute))
	}
	return info
}

// listed reports whether a filter of this package lists the run.
func (r run) listed(filter string) bool {
	if id, byID := strings.CutPrefix(filter, "WorkflowId = "); byID {
		return awaiters.Quoted(r.id) == id
	}
	if operation, byAttribute := strings.CutPrefix(filter, awaiting); byAttribute {
		return r.status == running && awaiters.Quoted(r.awaits) == operation
	}
	if _, byType, is := strings.Cut(filter, "WorkflowType IN ("); is {
		open := r.status == running
		if strings.Contains(byType, "IN ('Failed', 'Canceled')") {
			return strings.Contains(byType, awaiters.Quoted(r.kind)) && (r.status == failed || r.status == canceled)
		}
		if strings.HasPrefix(filter, "ExecutionStatus != 'Running'") {
			return strings.Contains(byType, awaiters.Quoted(r.kind)) && !open
		}
		return strings.Contains(byType, awaiters.Quoted(r.kind)) && open == strings.HasPrefix(filter, "ExecutionStatus = 'Running'") &&
			(open || r.status == terminated || r.status == timedOut)
	}
	switch {
	case r.unlisted:
		return false
	case strings.HasPrefix(filter, "ExecutionStatus = 'Running'"):
		return r.status == running
	case strings.HasPrefix(filter, "ExecutionStatus = 'Completed'"):
		return r.status == completed
	default:
		return r.status != running && r.status != completed
	}
}

func (f *fake) ListWorkflow(_ context.Context, in *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	f.queries = append(f.queries, in.GetQuery())
	if f.unattributed && strings.HasPrefix(in.GetQuery(), awaiting) {
		return nil, serviceerror.NewInvalidArgument("no such search attribute")
	}
	at := 0
	_, _ = fmt.Sscan(string(in.GetNextPageToken()), &at)
	var all []*workflowpb.WorkflowExecutionInfo
	for _, r := range slices.Backward(f.runs) {
		if r.listed(in.GetQuery()) {
			all = append(all, r.info())
		}
	}
	end := min(at+max(f.page, 1), len(all))
	out := &workflowservice.ListWorkflowExecutionsResponse{Executions: all[at:end]}
	if end < len(all) {
		out.NextPageToken = []byte(fmt.Sprint(end))
	}
	return out, nil
}

func (f *fake) DescribeWorkflowExecution(_ context.Context, id, runID string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	f.describe = append(f.describe, id)
	for _, r := range slices.Backward(f.runs) {
		if r.id == id && (runID == "" || r.run == runID) {
			return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: r.info()}, nil
		}
	}
	return nil, serviceerror.NewNotFound("no such workflow")
}

func (f *fake) GetWorkflowHistory(_ context.Context, id, runID string, _ bool, _ enumspb.HistoryEventFilterType) client.HistoryEventIterator {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads = append(f.reads, id)
	at := slices.IndexFunc(f.runs, func(r run) bool { return r.id == id && r.run == runID })
	return &firstEvent{&historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
		WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{
			{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(f.runs[at].input)},
		}}},
	}}}
}

func (f *fake) QueryWorkflow(_ context.Context, id, runID, query string, _ ...any) (converter.EncodedValue, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, id)
	at := slices.IndexFunc(f.runs, func(r run) bool { return r.id == id && r.run == runID })
	if at < 0 || f.runs[at].answer == "" || query != awaiters.RunQuery {
		return nil, errors.New("no worker")
	}
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(json.RawMessage(f.runs[at].answer))
	return client.NewValue(payloads), err
}

// firstEvent is the beginning of a history.
type firstEvent struct{ event *historypb.HistoryEvent }

func (*firstEvent) HasNext() bool                            { return true }
func (f *firstEvent) Next() (*historypb.HistoryEvent, error) { return f.event, nil }

// findOwners runs FindOwners against a fake server.
func findOwners(t *testing.T, f *fake, marks ...orphans.Mark) (out orphans.OwnersOutput) {
	t.Helper()
	execute(t, f, orphans.FindOwnersName, orphans.OwnersInput{Marks: marks}, &out)
	return out
}

// execute runs an activity against a fake server.
func execute(t *testing.T, f *fake, name string, in, out any) {
	t.Helper()
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	acts := New(activities.New(struct{ lro.Client }{}, activities.Options{})) // no operation is read
	acts.server = func(context.Context) server { return f }
	acts.Register(env)
	value, err := env.ExecuteActivity(name, in)
	if err == nil {
		err = value.Get(out)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The owner of a key is the workflow of its first run, as its newest run is.
func TestFindOwners(t *testing.T) {
	t.Parallel()
	strangers := []run{{id: "a", run: "a1", status: running}, {id: "b", run: "b1", status: failed}, {id: "c", run: "c1", status: completed}}
	rows := map[string]struct {
		runs     []run
		run      string // of the owner, "" for none
		status   orphans.Status
		minutes  int // when it closed
		searches int // filters that were listed by
	}{
		"runs": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: running}}, run: "1", status: orphans.Running, searches: 1,
		},
		"an older server tells no first run": {
			runs: []run{{id: "order-1", run: "1", status: running}}, run: "1", status: orphans.Running, searches: 1,
		},
		"has failed": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: failed, closed: 5}}, run: "1", status: orphans.Failed, minutes: 5, searches: 2,
		},
		"has completed": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: completed, closed: 5}}, run: "1", status: orphans.Completed, minutes: 5, searches: 3,
		},
		"was retried, and runs": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: failed, closed: 5}, {id: "order-1", run: "2", first: "1", status: running}},
			run:  "2", status: orphans.Running, searches: 1,
		},
		"was retried, and the server's list lags": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: failed, closed: 5}, {id: "order-1", run: "2", first: "1", status: running, unlisted: true}},
			run:  "2", status: orphans.Running, searches: 2,
		},
		"has continued as new, and was terminated": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: renewed, closed: 5}, {id: "order-1", run: "2", first: "1", status: terminated, closed: 9}},
			run:  "2", status: orphans.Terminated, minutes: 9, searches: 2,
		},
		"was started again with the same id": {
			runs: []run{{id: "order-1", run: "1", first: "1", status: failed, closed: 5}, {id: "order-1", run: "2", first: "2", status: running}},
			run:  "1", status: orphans.Failed, minutes: 5, searches: 1,
		},
		"was retried and has completed, then started again": {
			runs: []run{
				{id: "order-1", run: "1", first: "1", status: failed, closed: 5}, {id: "order-1", run: "2", first: "1", status: completed, closed: 7},
				{id: "order-1", run: "3", first: "3", status: failed, closed: 9},
			},
			run: "2", status: orphans.Completed, minutes: 7, searches: 2,
		},
		"only a later workflow of the id": {
			runs: []run{{id: "order-1", run: "2", first: "2", status: running}}, searches: 5,
		},
		"no workflow of the id": {searches: 5},
		"an id with quotes": {
			runs: []run{{id: `o'r\d`, run: "1", first: "1", status: failed, closed: 5}, {id: `o'r\d`, run: "2", first: "2", status: running}},
			run:  "1", status: orphans.Failed, minutes: 5, searches: 1,
		},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			id := "order-1"
			if len(row.runs) > 0 {
				id = row.runs[0].id
			}
			key := stepkey.New(id, "1", "step") + "_2"
			f := &fake{runs: append(slices.Clone(strangers), row.runs...)}
			out := findOwners(t, f, orphans.Mark{Key: key}, orphans.Mark{Key: key})
			want := orphans.Owner{Key: key, Status: row.status}
			if row.run != "" {
				want.WorkflowID, want.RunID = id, row.run
			}
			if row.status != "" && row.status != orphans.Running {
				want.CloseTime = noon.Add(time.Duration(row.minutes) * time.Minute)
			}
			if row.run == "1" {
				want.StartTime = noon
			}
			if diff := cmp.Diff([]orphans.Owner{want}, out.Owners); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			searches := map[string]bool{}
			for _, query := range f.queries {
				if !strings.HasPrefix(query, "WorkflowId") {
					searches[query] = true
				}
			}
			if len(searches) != row.searches {
				t.Errorf("%d searches, want %d: %q", len(searches), row.searches, f.queries)
			}
			for _, described := range f.describe {
				if described != id {
					t.Errorf("%s is described: its id has another hash", described)
				}
			}
		})
	}
}

// Workflows are looked for in the time in which the marks began. Without a time they are looked for at any.
func TestWindow(t *testing.T) {
	t.Parallel()
	early, late := noon, noon.Add(5*time.Hour)
	rows := map[string]struct {
		marks []orphans.Mark
		want  string // of the last filter
	}{
		"none":               {nil, "ExecutionStatus = 'Completed'"},
		"one":                {[]orphans.Mark{{Key: "k", Since: early}}, "ExecutionStatus = 'Completed' AND StartTime <= '2026-01-02T13:00:00Z' AND CloseTime >= '2026-01-02T11:00:00Z'"},
		"several":            {[]orphans.Mark{{Key: "k", Since: late}, {Key: "k", Since: early}}, "ExecutionStatus = 'Completed' AND StartTime <= '2026-01-02T18:00:00Z' AND CloseTime >= '2026-01-02T11:00:00Z'"},
		"one without a key":  {[]orphans.Mark{{Since: late}, {Key: "k", Since: early}}, "ExecutionStatus = 'Completed' AND StartTime <= '2026-01-02T13:00:00Z' AND CloseTime >= '2026-01-02T11:00:00Z'"},
		"one without a time": {[]orphans.Mark{{Key: "k", Since: late}, {Key: "k"}}, "ExecutionStatus = 'Completed'"},
	}
	for reason, row := range rows {
		filters := windowOf(row.marks).filters()
		if got := filters[len(filters)-1]; got != row.want {
			t.Errorf("%s: %s, want %s", reason, got, row.want)
		}
	}
}

// Pages follow one another until each owner is found, and no further.
func TestFindOwnersPages(t *testing.T) {
	t.Parallel()
	f := &fake{page: 10}
	for i := range 95 {
		f.runs = append(f.runs, run{id: fmt.Sprintf("w%d", i), run: "1", status: running})
	}
	out := findOwners(t, f, orphans.Mark{Key: stepkey.New("w40", "1", "s")})
	if out.Owners[0].WorkflowID != "w40" || out.Listed != 60 || len(f.queries) != 6 || out.Cut {
		t.Errorf("%+v after %d pages, want w40 on the sixth", out, len(f.queries))
	}
}
