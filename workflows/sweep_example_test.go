package workflows_test

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// A schedule cancels each hour what terminated workflows have left running.
func ExampleSweep() {
	_ = func(ctx context.Context, c client.Client) error {
		_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
			ID:   "awaitop-sweep",
			Spec: client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}},
			Action: &client.ScheduleWorkflowAction{
				ID: "awaitop-sweep", Workflow: workflows.SweepName, TaskQueue: "awaitop",
				Args: []any{workflows.SweepInput{
					Parents: []string{"//spanner.googleapis.com/projects/p"},
					Policy:  orphans.Policy{Action: orphans.Cancel, MinAge: lro.DurationOf(30 * time.Minute)},
				}},
			},
		})
		return err
	}

	_ = func(ctx context.Context, c client.Client) error { // or once, without a change
		run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: "awaitop"}, workflows.SweepName,
			workflows.SweepInput{Parents: []string{"//spanner.googleapis.com/projects/p"}})
		if err != nil {
			return err
		}
		var report workflows.SweepReport
		if err := run.Get(ctx, &report); err != nil {
			return err
		}
		for _, f := range report.Findings {
			fmt.Println(f.Class, f.Ref, f.Resource, f.WorkflowID, f.Why, f.Delete)
		}
		return nil
	}
}
