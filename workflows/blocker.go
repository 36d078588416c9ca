package workflows

import (
	"fmt"
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

// queue is what a start has awaited: operations in its way.
type queue struct {
	last   lro.Ref
	runs   bool // the last one still ran at the deadline
	count  int
	waited time.Duration
}

// await awaits the operation in the way of the step's start, until the deadline.
func (q *queue) await(ctx workflow.Context, r *stepRun, blocker lro.Ref, deadline time.Time) {
	began := workflow.Now(ctx)
	q.runs = r.awaitBlocker(ctx, blocker, deadline)
	q.waited += workflow.Now(ctx).Sub(began)
	if !blocker.IsZero() && blocker != q.last {
		q.last, q.count = blocker, q.count+1
	}
}

// timedOut is the last refusal of a start whose time is over, with what was in the way.
func (q *queue) timedOut(refusal *lro.Status, timeout time.Duration) *lro.Status {
	if q.count == 0 {
		return refusal
	}
	status := lro.Status{Code: lro.CodeFailedPrecondition}
	if refusal != nil {
		status = *refusal
	}
	problem := "operation " + q.last.String() + " was still in the way when the time to start was over"
	if !q.runs {
		problem = "operation " + q.last.String() + " was the last in the way, and the time to start is over"
	}
	status.Message = fmt.Sprintf("%s: StartTimeout is %v, and %v of it were spent awaiting operations in the way, %d in all: %s",
		problem, timeout, q.waited.Round(time.Second), q.count, status.Message)
	return status.Bound()
}
