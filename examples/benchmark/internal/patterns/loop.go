package patterns

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

const (
	loopWorkflow = "benchmark.Loop"
	loopPoll     = "benchmark.LoopPoll"
	// loopTimeout and loopHeartbeat are the sample's.
	loopTimeout   = 24 * time.Hour
	loopHeartbeat = 30 * time.Second
)

// loop is one activity that reads, heartbeats and sleeps until the operation is
// done, whatever errors the reads give.
//
// It follows "frequent" polling of github.com/temporalio/samples-go
// (polling/frequent). The sample sends no cancel. Its heartbeat timeout grows
// here with the longest interval, for it heartbeats at each read only.
func loop() Pattern {
	return Pattern{
		Name:    "loop",
		Follows: "one activity that loops, sleeps and heartbeats (temporalio/samples-go, polling/frequent)",
		Register: func(registry Registry, client lro.Client) {
			registry.RegisterWorkflowWithOptions(awaitByLoop, workflow.RegisterOptions{Name: loopWorkflow})
			poll := func(ctx context.Context, in waitInput) (lro.Operation, error) { return pollInLoop(ctx, client, in) }
			registry.RegisterActivityWithOptions(poll, activity.RegisterOptions{Name: loopPoll})
		},
		Workflow:    loopWorkflow,
		Input:       newWaitInput,
		PerWorkflow: 1,
	}
}

func awaitByLoop(ctx workflow.Context, in waitInput) (lro.Operation, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: loopTimeout,
		HeartbeatTimeout:    max(loopHeartbeat, 2*in.Schedule.Maximum),
	})
	var op lro.Operation
	if err := workflow.ExecuteActivity(ctx, loopPoll, in).Get(ctx, &op); err != nil {
		return lro.Operation{}, err
	}
	return result(op)
}

func pollInLoop(ctx context.Context, client lro.Client, in waitInput) (lro.Operation, error) {
	for read := 0; ; read++ {
		op, err := client.GetOperation(ctx, in.Ref)
		if err == nil && op.Done {
			return op, nil
		}
		activity.RecordHeartbeat(ctx)
		if err := poller.SystemClock().Sleep(ctx, in.Schedule.Interval(read)); err != nil {
			return lro.Operation{}, err
		}
	}
}
