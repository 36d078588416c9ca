package nexusservice_test

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/workflows"
)

// The saga of docs/nexus.md, word for word. TestPage holds the page to it, and runs it.

func Provision(ctx workflow.Context, steps []workflows.RunInput) error {
	awaitop := workflow.NewNexusClient("awaitop", nexusservice.Name)
	options := workflow.NexusOperationOptions{}
	window := workflows.SagaOptions{UndoWindow: 3 * time.Hour} // more than an undo has, 2 h
	return workflows.WithSaga(ctx, window, func(ctx workflow.Context, saga *workflows.Saga) error {
		for _, step := range steps {
			step.Key = workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + step.Target
			var outcome workflows.RunOutcome
			run := awaitop.ExecuteOperation(ctx, nexusservice.Run, step, options)
			if err := run.Get(ctx, &outcome); err != nil {
				return err // the run has undone its own
			}
			undo := workflows.UndoInput{RunInput: step, Outcome: &outcome}
			err := saga.Add(step.Target, func(ctx workflow.Context) error {
				return awaitop.ExecuteOperation(ctx, nexusservice.Undo, undo, options).Get(ctx, nil)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
