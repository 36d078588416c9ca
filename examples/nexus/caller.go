package main

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// endpoint leads to the worker of another namespace.
const endpoint = "awaitop"

// Observe awaits an operation and tells how it ended. If it is canceled, it leaves the operation running.
func Observe(ctx workflow.Context, ref lro.Ref) (string, error) {
	in := workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{CancelPolicy: workflows.Abandon}}
	var outcome lro.Outcome
	err := workflow.NewNexusClient(endpoint, nexusservice.Name).ExecuteOperation(ctx, nexusservice.Await, in, workflow.NexusOperationOptions{
		ScheduleToCloseTimeout: time.Hour, // awaitop ends its wait before
		Summary:                "await " + ref.Name,
	}).Get(ctx, &outcome)
	if failure, ok := lro.AsFailure(err); ok {
		return failure.ErrorType() + ": " + failure.Message(), nil
	}
	return string(outcome.State()), err
}
