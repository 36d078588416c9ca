package patterns

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

const (
	timerWorkflow = "benchmark.Timer"
	timerGet      = "benchmark.TimerGet"
	// timerGetTimeout is the sample's default for every activity.
	timerGetTimeout = time.Minute
)

// timer is a workflow that runs an activity for each read and sleeps in between.
//
// It follows WaitForAsyncOperation of github.com/temporalio/cloud-samples-go
// (workflows/operation.go): the first read at once, then a timer and a read by
// turns; a read that fails is retried by the server with its default policy. The
// sample sends no cancel.
func timer() Pattern {
	return Pattern{
		Name:    "timer",
		Follows: "a workflow timer and an activity per poll (temporalio/cloud-samples-go)",
		Register: func(registry Registry, client lro.Client) {
			registry.RegisterWorkflowWithOptions(awaitByTimer, workflow.RegisterOptions{Name: timerWorkflow})
			get := func(ctx context.Context, ref lro.Ref) (lro.Operation, error) { return client.GetOperation(ctx, ref) }
			registry.RegisterActivityWithOptions(get, activity.RegisterOptions{Name: timerGet})
		},
		Workflow:    timerWorkflow,
		Input:       newWaitInput,
		PerWorkflow: 1,
	}
}

func awaitByTimer(ctx workflow.Context, in waitInput) (lro.Operation, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: timerGetTimeout})
	for read := 0; ; read++ {
		var op lro.Operation
		if err := workflow.ExecuteActivity(ctx, timerGet, in.Ref).Get(ctx, &op); err != nil {
			return lro.Operation{}, err
		}
		if op.Done {
			return result(op)
		}
		if err := workflow.Sleep(ctx, in.Schedule.Interval(read)); err != nil {
			return lro.Operation{}, err
		}
	}
}
