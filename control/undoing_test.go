package control

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/workflows"
)

// memoOf is a memo that names undos.
func memoOf(t *testing.T, value any) *commonpb.Memo {
	t.Helper()
	payload, err := converter.GetDefaultDataConverter().ToPayload(value)
	if err != nil {
		t.Fatal(err)
	}
	return &commonpb.Memo{Fields: map[string]*commonpb.Payload{workflows.UndoMemo: payload}}
}

// An undo is told by the workflow's memo if no activity says what it undoes.
func TestSilentUndos(t *testing.T) {
	t.Parallel()
	const queue = "control"
	record := *undos.New("dns record", "dns record", start, start.Add(time.Hour))
	other := *undos.New("CreateInstance i", "i", start, start.Add(time.Hour))
	before := *undos.New("earlier", "earlier", start.Add(-2*time.Hour), start)
	scheduled := func(kind string, at time.Time) *workflowpb.PendingActivityInfo {
		activity := pending(kind, nil)
		activity.State, activity.ScheduledTime = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, timestamppb.New(at)
		activity.ActivityOptions = &activitypb.ActivityOptions{TaskQueue: &taskqueuepb.TaskQueue{Name: queue}}
		return activity
	}
	held := func(kind string) *workflowpb.PendingActivityInfo {
		activity := scheduled(kind, start)
		activity.State = enumspb.PENDING_ACTIVITY_STATE_STARTED
		return activity
	}
	failing := scheduled("DeleteRecord", start)
	failing.Attempt, failing.LastFailure = 3, failed("net", "no route to host")
	told := pending(removeName, undos.Heartbeat{Undo: &other})
	undo := func(r undos.Record, change func(*Undo)) Undo {
		u := Undo{Step: r.Step, Resource: r.Resource, StartTime: r.StartTime, Deadline: r.Deadline, WorkflowID: "w", RunID: "r"}
		change(&u)
		return u
	}
	by := func(kind string, change func(*Undo)) func(*Undo) {
		return func(u *Undo) {
			u.ActivityID, u.ActivityType, u.Attempt, u.TaskQueue = "7", kind, 1, queue
			change(u)
		}
	}
	waits := func(u *Undo) { u.WorkerAwaitedSince = start }
	nothing := func(*Undo) {}
	rows := map[string]struct {
		reason  string
		memo    []undos.Record
		pending []*workflowpb.PendingActivityInfo
		state   string
		want    []Undo
		retries int
	}{
		"no activity":       {"a child, a timer or a signal undoes", []undos.Record{record}, nil, "Running", []Undo{undo(record, nothing)}, 0},
		"no worker":         {"it has no heartbeat yet", []undos.Record{record}, []*workflowpb.PendingActivityInfo{scheduled(removeName, start)}, "Running", []Undo{undo(record, by(removeName, waits))}, 0},
		"no worker, a wait": {"a cancel has none either", []undos.Record{record}, []*workflowpb.PendingActivityInfo{scheduled(activities.CancelOperationName, start)}, "Running", []Undo{undo(record, by(activities.CancelOperationName, waits))}, 0},
		"at work":           {"an activity of the workflow's own", []undos.Record{record}, []*workflowpb.PendingActivityInfo{held("DeleteRecord")}, "Running", []Undo{undo(record, by("DeleteRecord", nothing))}, 0},
		"fails":             {"the undo is stuck, and the activity no other retry", []undos.Record{record}, []*workflowpb.PendingActivityInfo{failing}, "Running", []Undo{undo(record, by("DeleteRecord", func(u *Undo) { u.Attempt, u.LastFailure = 3, "no route to host" }))}, 0},
		"older activity":    {"it has begun before the undo", []undos.Record{record}, []*workflowpb.PendingActivityInfo{scheduled("Other", start.Add(-time.Minute))}, "Running", []Undo{undo(record, nothing)}, 0},
		"told":              {"its activity tells more", []undos.Record{other}, []*workflowpb.PendingActivityInfo{told}, "Running", []Undo{undo(other, by(removeName, func(u *Undo) { u.TaskQueue = "" }))}, 0},
		"side by side": {"one tells, the other has no activity", []undos.Record{other, record}, []*workflowpb.PendingActivityInfo{told}, "Running",
			[]Undo{undo(other, by(removeName, func(u *Undo) { u.TaskQueue = "" })), undo(record, nothing)}, 0},
		"both wait":      {"nothing tells which activity is whose", []undos.Record{other, record}, []*workflowpb.PendingActivityInfo{scheduled(removeName, start.Add(time.Second)), scheduled(removeName, start)}, "Running", []Undo{undo(other, waits), undo(record, waits)}, 0},
		"one waits":      {"either may", []undos.Record{other, record}, []*workflowpb.PendingActivityInfo{scheduled(removeName, start), held("Slow")}, "Running", []Undo{undo(other, nothing), undo(record, nothing)}, 0},
		"which of two":   {"nothing tells which activity undoes", []undos.Record{record}, []*workflowpb.PendingActivityInfo{failing, held("Slow")}, "Running", []Undo{undo(record, nothing)}, 1},
		"terminated":     {"its undo was cut off", []undos.Record{record}, nil, stateTerminated, []Undo{undo(record, nothing)}, 0},
		"the run before": {"it has undone, or it never will", []undos.Record{before}, nil, "Running", nil, 0},
		"undone":         {"a codec leaves null", nil, nil, "Running", nil, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &workflowpb.WorkflowExecutionInfo{StartTime: timestamppb.New(start.Add(-time.Hour)), Memo: memoOf(t, workflows.Undoing{Undos: row.memo})}
			s := Status{WorkflowID: "w", RunID: "r", State: row.state, undoing: undosIn(info, converter.GetDefaultDataConverter())}
			s.addPending(&workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: row.pending}, Options{})
			if diff := cmp.Diff(row.want, s.Undos); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			if len(s.Retries) != row.retries {
				t.Errorf("%s: the retries are %+v, want %d", row.reason, s.Retries, row.retries)
			}
			for _, w := range s.Waits {
				if w.Undo == nil {
					t.Errorf("%s: the wait undoes nothing", row.reason)
				}
			}
		})
	}
}

// A list leaves out a workflow that it finds for its undo alone once that is over: the workflow keeps the version, and
// the run that continues it does.
func TestListedForUndo(t *testing.T) {
	t.Parallel()
	undoing := memoOf(t, workflows.Undoing{Undos: []undos.Record{*undos.New("s", "r", start, start)}})
	attributes := &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{workflows.OperationAttribute.GetName(): {}}}
	rows := map[string]struct {
		reason string
		info   *workflowpb.WorkflowExecutionInfo
		want   bool
	}{
		"undoes":   {"its memo says so", &workflowpb.WorkflowExecutionInfo{Memo: undoing}, true},
		"undone":   {"the memo's field is gone", &workflowpb.WorkflowExecutionInfo{}, false},
		"null":     {"as the SDK unsets a field", &workflowpb.WorkflowExecutionInfo{Memo: memoOf(t, nil)}, false},
		"closed":   {"it tells what it has left", &workflowpb.WorkflowExecutionInfo{Status: enumspb.WORKFLOW_EXECUTION_STATUS_FAILED}, true},
		"awaits":   {"it has the attribute", &workflowpb.WorkflowExecutionInfo{SearchAttributes: attributes}, true},
		"the type": {"the caller names it", &workflowpb.WorkflowExecutionInfo{Type: &commonpb.WorkflowType{Name: "Provision"}}, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if row.info.Status == enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED {
				row.info.Status = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
			}
			options := ListOptions{WorkflowTypes: []string{"Provision"}}
			if got := len(options.statuses([]*workflowpb.WorkflowExecutionInfo{row.info})) == 1; got != row.want {
				t.Errorf("%s: listed %t, want %t", row.reason, got, row.want)
			}
		})
	}
}

// pages is a server whose list has pages. The names of those that undo begin with "u".
type pages struct {
	client.Client
	left [][]string
	memo *commonpb.Memo
	asks int
}

func (p *pages) ListWorkflow(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	p.asks++
	page := &workflowservice.ListWorkflowExecutionsResponse{}
	for _, id := range p.left[0] {
		info := &workflowpb.WorkflowExecutionInfo{Execution: &commonpb.WorkflowExecution{WorkflowId: id}, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}
		if strings.HasPrefix(id, "u") {
			info.Memo = p.memo
		}
		page.Executions = append(page.Executions, info)
	}
	if p.left = p.left[1:]; len(p.left) > 0 {
		page.NextPageToken = []byte("next")
	}
	return page, nil
}

// A list goes on until it has found something, or no page is left: "no waits" is then true.
func TestListSkipsUndone(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		pages  [][]string
		asks   int
		want   string
		more   bool
	}{
		"first page": {"it is enough", [][]string{{"x", "u1"}, {"u2"}}, 1, "u1", true},
		"later page": {"those of the first have undone", [][]string{{"x"}, {"y"}, {"u1"}, {"u2"}}, 3, "u1", true},
		"none":       {"all have undone", [][]string{{"x"}, {"y"}}, 2, "", false},
		"empty":      {"nothing is there", [][]string{{}}, 1, "", false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &pages{left: row.pages, memo: memoOf(t, workflows.Undoing{Undos: []undos.Record{{Step: "s"}}})}
			page, err := List(t.Context(), server, ListOptions{WithoutDescriptions: true})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, status := range page.Statuses {
				got = append(got, status.WorkflowID)
			}
			if strings.Join(got, " ") != row.want || server.asks != row.asks || (page.NextPageToken != nil) != row.more {
				t.Errorf("%s: %q after %d requests, more %t; want %q after %d, %t", row.reason, got, server.asks, page.NextPageToken != nil, row.want, row.asks, row.more)
			}
		})
	}
}
