package control

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Options configures [Describe]. The zero value is the default.
type Options struct {
	// DataConverter decodes heartbeats. Pass the client's own: a client does not hand it
	// out. Default: the SDK's.
	DataConverter converter.DataConverter
	// WithoutQuery leaves out what only the workflow's worker can tell: what became of a
	// cancel, and its reason. It leaves out a Result, too. A RunOperation and an UndoOperation are queried all the
	// same, 3 s at most: nothing else tells what they run, and how far they are.
	WithoutQuery bool
	// Limit is waited for before each request to the Temporal server. Calls that share one
	// share its rate. Its error ends the call. nil for no limit.
	Limit Limit

	silence *awaiters.Silence // of all workflows that are described together, nil for none
}

// Limit bounds a rate of requests. A *rate.Limiter of golang.org/x/time is one.
type Limit interface {
	// Wait returns when a request may be made, or an error if none may be made any more.
	Wait(ctx context.Context) error
}

// wait waits until a request to the Temporal server may be made.
func (o Options) wait(ctx context.Context) error {
	if o.Limit == nil {
		return nil
	}
	return o.Limit.Wait(ctx)
}

func (o Options) converter() converter.DataConverter {
	if o.DataConverter == nil {
		return converter.GetDefaultDataConverter()
	}
	return o.DataConverter
}

// Status describes a workflow and its waits.
type Status struct {
	WorkflowID   string `json:"workflowId"`
	RunID        string `json:"runId"`
	WorkflowType string `json:"workflowType"`
	// Parent is the workflow whose child this one is, nil for none.
	Parent *Execution `json:"parent,omitempty"`
	// TaskQueue is the workflow's, which its worker has to serve.
	TaskQueue string `json:"taskQueue"`
	// State is the workflow's: Running, Completed, Failed, Canceled, Terminated,
	// ContinuedAsNew or TimedOut.
	State string `json:"state"`
	// StartTime and CloseTime are the run's. CloseTime is zero while it runs.
	StartTime time.Time `json:"startTime,omitzero"`
	CloseTime time.Time `json:"closeTime,omitzero"`
	// BeginTime is when the run begins its work, if that is later than StartTime: after the backoff of
	// a retry or of cron, or a start delay. Zero if it began at once.
	BeginTime time.Time `json:"beginTime,omitzero"`
	// CancelRequested says that the workflow was canceled.
	CancelRequested bool `json:"cancelRequested,omitempty"`
	// Trouble is why the server does not describe the workflow, for example because its id
	// is one that no client can send. The fields below are empty then. "" if the server
	// describes it.
	Trouble string `json:"trouble,omitempty"`
	// WorkerAwaitedSince is when the workflow task was scheduled that waits for a worker, or
	// that workers have failed. It is zero if there is none. If it is more than a moment
	// ago, no worker serves TaskQueue, or none that has the workflow's type. TaskFailures
	// counts the attempts of that task that failed or were not answered in time: the server
	// does not tell which.
	WorkerAwaitedSince time.Time `json:"workerAwaitedSince,omitzero"`
	TaskFailures       int       `json:"taskFailures,omitempty"`
	// Untaken says that no worker has completed a workflow task of the run: the workflow has done
	// nothing yet.
	Untaken bool `json:"untaken,omitempty"`
	// Waits are the running waits of the workflow and of the AwaitOperation, RunOperation and
	// UndoOperation workflows that are its children. If the workflow was terminated or has timed out, they are the waits
	// that it left, see [ModeLeft].
	Waits []Wait `json:"waits,omitempty"`
	// Runs are the workflow itself, if it is a running RunOperation or UndoOperation, and those that are its children.
	Runs []Run `json:"runs,omitempty"`
	// Undos are the undos of sagas that are under way, one for each activity that undoes, and those of
	// [workflows.UndoMemo] that no activity tells, with those of its RunOperation and UndoOperation children. If the workflow has closed, they are the undos that it left.
	Undos []Undo `json:"undos,omitempty"`
	// Retries are the other activities whose last attempt failed. One that the workflow's own code
	// runs may be a part of an undo, if the workflow runs several.
	Retries []Retry `json:"retries,omitempty"`
	// Own is an AwaitOperation's answer to a query. It is nil if the workflow has closed,
	// was not queried or did not answer; Unanswered says why it did not.
	Own        *workflows.WaitStatus `json:"own,omitempty"`
	Unanswered string                `json:"unanswered,omitempty"`
	// Details are the current details of a workflow that is no AwaitOperation, in Markdown, as
	// its worker tells them: those that the workflow sets, and what sagas undo and have undone. They
	// are not asked for once the workflow has completed.
	Details string `json:"details,omitempty"`
	// Result is the result of a workflow that has completed and is no AwaitOperation: JSON, as the
	// DataConverter decodes it. nil if there is none, if it is no JSON, or with WithoutQuery.
	Result json.RawMessage `json:"result,omitempty"`
	// Outcome is that of an AwaitOperation which has closed. For another workflow it is that of the
	// wait whose error the workflow ended with, nil if there is none. Err is the error of a workflow that
	// has closed; nil if it succeeded. Failure is Err in a form to print.
	Outcome *lro.Outcome `json:"outcome,omitempty"`
	Err     error        `json:"-"`
	Failure *Failure     `json:"failure,omitempty"`
	// Attempt counts the runs of a workflow that Temporal tries again, from 1, and RunBefore is
	// why the run before failed. Both are zero for a first run.
	Attempt   int      `json:"attempt,omitempty"`
	RunBefore *Failure `json:"runBefore,omitempty"`

	onlyUndid bool                // a list found it for its undo alone
	undoing   []undos.Record      // of the memo
	observed  *workflows.Observed // by the last poll now, nil for none
}

// Execution names a run of a workflow.
type Execution struct {
	WorkflowID string `json:"workflowId"`
	RunID      string `json:"runId"`
}

// The states in which a workflow ends: by itself, or otherwise.
var (
	stateFailed     = enumspb.WORKFLOW_EXECUTION_STATUS_FAILED.String()
	stateCanceled   = enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED.String()
	stateTerminated = enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED.String()
	stateCompleted  = enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED.String()
	stateTimedOut   = enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT.String()
)

// endedBadly reports whether the workflow has ended without a success.
func (s *Status) endedBadly() bool {
	return slices.Contains([]string{stateFailed, stateCanceled, stateTerminated, stateTimedOut}, s.State)
}

// Running reports whether the workflow runs.
func (s *Status) Running() bool { return s.State == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING.String() }

// idle reports whether the workflow runs, and neither waits nor undoes.
func (s *Status) idle() bool {
	return s.Running() && len(s.Waits)+len(s.Runs)+len(s.Undos)+len(s.Retries) == 0 && s.WorkerAwaitedSince.IsZero()
}

// statusOf reads a description.
func statusOf(described *workflowservice.DescribeWorkflowExecutionResponse, decode converter.DataConverter) *Status {
	s := listedStatus(described.GetWorkflowExecutionInfo())
	s.undoing = undosIn(described.GetWorkflowExecutionInfo(), decode)
	s.observed = observedIn(described.GetWorkflowExecutionInfo().GetMemo(), decode)
	s.CancelRequested = described.GetWorkflowExtendedInfo().GetCancelRequested()
	s.TaskQueue = described.GetExecutionConfig().GetTaskQueue().GetName()
	task := described.GetPendingWorkflowTask()
	// A worker that cannot run the task reports only its first attempt. The further ones look as if they ran.
	if task.GetState() == enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED || task.GetAttempt() > 1 {
		s.WorkerAwaitedSince = task.GetScheduledTime().AsTime()
		if at := task.GetOriginalScheduledTime(); at != nil {
			s.WorkerAwaitedSince = at.AsTime()
		}
		s.TaskFailures = max(int(task.GetAttempt())-1, 0)
	}
	events := described.GetWorkflowExecutionInfo().GetHistoryLength()
	s.Untaken = s.Running() && 0 < events && events <= untakenEvents
	return s
}

// untakenEvents are the events of a run until a worker has completed its first task: its start, the task, and that a
// worker has taken the task.
const untakenEvents = 3

// listedStatus reads the part of a description that a list has too.
func listedStatus(info *workflowpb.WorkflowExecutionInfo) *Status {
	s := &Status{
		WorkflowID: info.GetExecution().GetWorkflowId(), RunID: info.GetExecution().GetRunId(),
		WorkflowType: info.GetType().GetName(), State: info.GetStatus().String(), TaskQueue: info.GetTaskQueue(),
	}
	if at := info.GetStartTime(); at != nil {
		s.StartTime = at.AsTime()
	}
	if at := info.GetCloseTime(); at != nil {
		s.CloseTime = at.AsTime()
	}
	if parent := info.GetParentExecution(); parent.GetWorkflowId() != "" {
		s.Parent = &Execution{WorkflowID: parent.GetWorkflowId(), RunID: parent.GetRunId()}
	}
	if at := info.GetExecutionTime(); at != nil && at.AsTime().After(s.StartTime) {
		s.BeginTime = at.AsTime()
	}
	return s
}
