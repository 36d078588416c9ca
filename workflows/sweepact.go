package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
)

// sweepCancelWindow is for how long a cancel is tried. The next sweep tries again.
const sweepCancelWindow = 5 * time.Minute

// act does what the policy says about the findings, side by side, and notes what became of it.
func (s *sweep) act(ctx workflow.Context, findings []SweepFinding) {
	acting := workflow.NewWaitGroup(ctx)
	for i := range findings {
		f := &findings[i]
		if f.Action == orphans.Report {
			continue
		}
		acting.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer acting.Done()
			f.act(ctx)
		})
	}
	acting.Wait(ctx)
}

// act adopts or cancels the operation.
func (f *SweepFinding) act(ctx workflow.Context) {
	var err error
	if f.Action == orphans.Adopt {
		err = f.adopt(ctx)
	} else {
		err = f.cancel(ctx)
	}
	if err != nil {
		f.Result, f.Problem = SweepFailed, err.Error()
	}
}

// adopt starts a workflow that awaits the operation. It outlives the sweep. If another one awaits the
// operation by now, the operation is adopted as well.
func (f *SweepFinding) adopt(ctx workflow.Context) error {
	f.Awaiter = WorkflowID(f.Ref)
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            f.Awaiter,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary:         summaryOf("await", f.Ref),
	})
	adopted := workflow.ExecuteChildWorkflow(ctx, AwaitOperationName, AwaitInput{Ref: f.Ref, origin: originWorker})
	err := adopted.GetChildWorkflowExecution().Get(ctx, nil)
	if err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		f.Awaiter = ""
		return err
	}
	f.Result = SweepAdopted
	return nil
}

// cancel sends a cancel. What becomes of it is for the next sweep to see.
func (f *SweepFinding) cancel(ctx workflow.Context) error {
	end := workflow.Now(ctx).UTC().Add(sweepCancelWindow)
	ctx = AwaitOptions{HeartbeatTimeout: DefaultHeartbeatTimeout}.controlContext(ctx, sweepCancelWindow, summaryOf("cancel", f.Ref))
	var out activities.CancelOutput
	err := execute(ctx, activities.CancelOperationName, activities.CancelInput{Ref: f.Ref, Deadline: end}, &out, func() error { return out.Validate() })
	if err != nil {
		status, _, told := cancelFailure(err)
		if !told {
			return err
		}
		f.Result, f.Problem = SweepUndelivered, status.Code.String()
		return nil
	}
	f.Result = string(out.Result)
	if out.Status != nil {
		f.Problem = out.Status.Code.String()
	}
	return nil
}
