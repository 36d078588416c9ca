package e2e

import (
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// endInput says what a workflow under a timeout does.
type endInput struct {
	Margin        time.Duration
	Together      bool          // RunAll rather than Run
	ContinueAfter time.Duration // continue as new first, once
}

const endInstance = "projects/p/instances/end"

// untilTheEnd runs a saga whose second step does not end.
func untilTheEnd(ctx workflow.Context, in endInput) error {
	if in.ContinueAfter > 0 {
		after := in.ContinueAfter
		in.ContinueAfter = 0
		_ = workflow.Sleep(ctx, after)
		return workflow.NewContinueAsNewError(ctx, untilTheEnd, in)
	}
	options := workflows.SagaOptions{EndMargin: in.Margin, Steps: workflows.StepOptions{Await: workflows.AwaitOptions{Policy: brisk}}}
	return workflows.WithSaga(ctx, options, func(ctx workflow.Context, saga *workflows.Saga) error {
		first, second := spanner.CreateInstance(endInstance, spanner.Instance{}), spanner.CreateDatabase(endInstance+"/databases/db", spanner.DatabaseOptions{})
		if _, err := workflows.Run(ctx, saga, first); err != nil {
			return err
		}
		if in.Together {
			return workflows.RunAll(ctx, saga, second)
		}
		_, err := workflows.Run(ctx, saga, second)
		return err
	})
}

// Sagas under execution and run timeouts leave nothing, or name it: the timeout itself
// never comes. Not parallel with the sweeps: Temporal ends these workflows by the clock, and a server that does not get
// to its work for half a margin ends them before their undo is through.
func TestSagaEndsBeforeItsWorkflow(t *testing.T) {
	const timeout = 30 * time.Second
	execution, run := client.StartWorkflowOptions{WorkflowExecutionTimeout: timeout}, client.StartWorkflowOptions{WorkflowRunTimeout: timeout}
	delayed, cron := run, run
	delayed.StartDelay = timeout
	cron.CronSchedule = "@every 10s"
	refused := []testsuite.Fault{testsuite.PermissionDenied().On("DeleteInstance")}
	half := endInput{Margin: timeout / 2}
	tests := map[string]struct {
		reason  string
		options client.StartWorkflowOptions
		input   endInput
		faults  []testsuite.Fault
		failure lro.FailureType
		left    []string
	}{
		"execution":                  {"what was made is undone", execution, half, nil, lro.TypeAwaitTimeout, nil},
		"run":                        {"what was made is undone", run, half, nil, lro.TypeAwaitTimeout, nil},
		"execution, continued":       {"it counts from the first run", execution, endInput{Margin: timeout / 2, ContinueAfter: 8 * time.Second}, nil, lro.TypeAwaitTimeout, nil},
		"execution, undo refused":    {"what is left is named", execution, half, refused, lro.TypeCompensationFailed, []string{endInstance}},
		"run, undo refused":          {"what is left is named", run, half, refused, lro.TypeCompensationFailed, []string{endInstance}},
		"execution, a set":           {"the same for sets", execution, endInput{Margin: timeout / 2, Together: true}, nil, lro.TypeAwaitTimeout, nil},
		"run, delayed by as much":    {"the timeout counts from the first task", delayed, half, nil, lro.TypeAwaitTimeout, nil},
		"run, by a cron's schedule":  {"the timeout counts from the first task", cron, half, nil, lro.TypeAwaitTimeout, nil},
		"run, a tenth by default":    {"3 s, 1.5 s of them for the undo", run, endInput{}, nil, lro.TypeAwaitTimeout, nil},
		"run, a set, default margin": {"the same for sets", run, endInput{Together: true}, nil, lro.TypeAwaitTimeout, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{faults: tt.faults})
			b.service.Plan("CreateDatabase", testsuite.Script{End: testsuite.RunForever()})
			tt.options.TaskQueue, tt.options.ID = b.queue, b.queue
			started, err := b.client.ExecuteWorkflow(b.ctx, tt.options, untilTheEnd, tt.input)
			if err != nil {
				t.Fatal(err)
			}
			if tt.options.CronSchedule != "" { // its next run would begin over
				defer func() { _ = b.client.TerminateWorkflow(b.ctx, b.queue, "", "test") }()
			}
			err = b.endOfRun(started.GetID(), started.GetRunID())
			f, ok := lro.AsFailure(err)
			if !ok || f.Type != tt.failure || tt.left != nil && !slices.Equal(f.Resources, tt.left) {
				t.Errorf("%s: %v, want %s of %v", tt.reason, err, tt.failure, tt.left)
			}
			for _, name := range []string{endInstance, endInstance + "/databases/db"} {
				if b.service.Exists(name) && !slices.Contains(f.Resources, name) {
					t.Errorf("%s: %s is left, and not named", tt.reason, name)
				}
			}
			b.service.AssertNoneRunning(t)
		})
	}
}

// endOfRun waits for the end of a run, or of what it continued as, and returns its error:
// a cron's next run is not waited for.
func (b *bench) endOfRun(id, runID string) error {
	b.t.Helper()
	for {
		history := b.client.GetWorkflowHistory(b.ctx, id, runID, true, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
		event, err := history.Next()
		if err != nil {
			b.t.Fatal(err)
		}
		if next := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); next != nil {
			if failure := next.GetFailure(); failure != nil { //nolint:staticcheck // deprecated, and the only place that says so; a cron's run that failed
				return temporal.GetDefaultFailureConverter().FailureToError(failure)
			}
			runID = next.GetNewExecutionRunId()
			continue
		}
		return b.client.GetWorkflow(b.ctx, id, runID).GetWithOptions(b.ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true})
	}
}
