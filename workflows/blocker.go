package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// awaitBlocker awaits an operation that is in the way of the step's start, until the deadline. How it ends
// is not the step's: the start is tried again, whatever came of it. It is never canceled, because it is not
// the workflow's own. It reports whether the operation still ran at the deadline, and does nothing for the zero Ref.
func (r *stepRun) awaitBlocker(ctx workflow.Context, blocker lro.Ref, deadline time.Time) (runs bool) {
	left := deadline.Sub(workflow.Now(ctx))
	if blocker.IsZero() || left <= 0 {
		return false
	}
	options := AwaitOptions{
		Policy: r.step.Await.Policy, Timeout: left, DeadlinePolicy: LeaveRunning, CancelPolicy: Abandon,
		AuthGrace: r.step.Await.AuthGrace, NotFoundGrace: r.step.Await.NotFoundGrace,
		HeartbeatTimeout: r.step.Await.HeartbeatTimeout, EndMargin: r.step.Await.EndMargin,
		TaskQueue: r.step.Await.TaskQueue, ControlTaskQueue: r.step.Await.ControlTaskQueue,
	}
	_, err := awaitStep(ctx, blocker, options, blocker.Name+", in the way of "+r.step.Name)
	failure, _ := lro.AsFailure(err)
	return failure.Type == lro.TypeAwaitTimeout
}

// stillInTheWay is the refusal of a start with what became of the operation that is in the way.
func stillInTheWay(refusal *lro.Status, blocker lro.Ref) *lro.Status {
	status := lro.Status{Code: lro.CodeFailedPrecondition}
	if refusal != nil {
		status = *refusal
	}
	status.Message = "operation " + blocker.String() + " was still in the way when the time to start was over: " + status.Message
	return status.Bound()
}
