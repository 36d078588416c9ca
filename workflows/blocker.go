package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// awaitBlocker awaits an operation that is in the way of the step's start, until the deadline. How it ends
// is not the step's: the start is tried again, whatever came of it. It is never canceled, because it is not
// the workflow's own. It does nothing for the zero Ref.
func (r *stepRun) awaitBlocker(ctx workflow.Context, blocker lro.Ref, deadline time.Time) {
	left := deadline.Sub(workflow.Now(ctx))
	if blocker.IsZero() || left <= 0 {
		return
	}
	options := AwaitOptions{
		Policy: r.step.Await.Policy, Timeout: left, DeadlinePolicy: LeaveRunning, CancelPolicy: Abandon,
		AuthGrace: r.step.Await.AuthGrace, NotFoundGrace: r.step.Await.NotFoundGrace,
		HeartbeatTimeout: r.step.Await.HeartbeatTimeout, EndMargin: r.step.Await.EndMargin,
		TaskQueue: r.step.Await.TaskQueue, ControlTaskQueue: r.step.Await.ControlTaskQueue,
	}
	_, _ = awaitStep(ctx, blocker, options, blocker.Name+", in the way of "+r.step.Name)
}
