package patterns

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

const (
	retryWorkflow = "benchmark.Retry"
	retryPoll     = "benchmark.RetryPoll"
	// retryTimeout is longer than the sample's 2 s, which a client that tries
	// again by itself can outlast.
	retryTimeout = time.Minute
)

// retry is an activity that fails while the operation runs, and is retried by
// the server at a fixed interval.
//
// It follows "infrequent" polling of github.com/temporalio/samples-go
// (polling/infrequent): coefficient 1, no attempt limit. The sample sends no
// cancel.
func retry() Pattern {
	return Pattern{
		Name:    "retry",
		Follows: "an activity retried at a fixed interval (temporalio/samples-go, polling/infrequent)",
		Register: func(registry Registry, client lro.Client) {
			registry.RegisterWorkflowWithOptions(awaitByRetry, workflow.RegisterOptions{Name: retryWorkflow})
			poll := func(ctx context.Context, ref lro.Ref) (lro.Operation, error) { return pollOnce(ctx, client, ref) }
			registry.RegisterActivityWithOptions(poll, activity.RegisterOptions{Name: retryPoll})
		},
		Workflow:    retryWorkflow,
		Input:       newWaitInput,
		PerWorkflow: 1,
	}
}

func awaitByRetry(ctx workflow.Context, in waitInput) (lro.Operation, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: retryTimeout,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: in.Schedule.Fixed, BackoffCoefficient: 1},
	})
	var op lro.Operation
	if err := workflow.ExecuteActivity(ctx, retryPoll, in.Ref).Get(ctx, &op); err != nil {
		return lro.Operation{}, err
	}
	return result(op)
}

func pollOnce(ctx context.Context, client lro.Client, ref lro.Ref) (lro.Operation, error) {
	op, err := client.GetOperation(ctx, ref)
	if err == nil && !op.Done {
		err = fmt.Errorf("operation %s is running", ref.Name)
	}
	return op, err
}
