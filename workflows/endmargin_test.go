package workflows_test

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// A saga under an execution or run timeout of an hour ends before it. All is undone, or the
// failure names what is left.
func TestSagaEndsBeforeItsWorkflow(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	late := func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
				return err
			}
			_ = workflow.Sleep(ctx, 55*time.Minute) // own work
			_, err = workflows.Run(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}))
			return err
		})
	}
	together := func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{EndMargin: 20 * time.Minute}, func(ctx workflow.Context, saga *workflows.Saga) error {
			return workflows.RunAll(ctx, saga,
				spanner.CreateInstance(instanceName, spanner.Instance{}), spanner.CreateInstance(instanceName+"-2", spanner.Instance{}))
		})
	}
	tests := map[string]struct {
		reason   string
		workflow any
		plan     map[testsuite.Method]testsuite.Script
		faults   []testsuite.Fault
		failure  lro.FailureType
		left     []string
		after    time.Duration // when it ends at the earliest, and at the latest
		before   time.Duration
	}{
		"awaiting": {"its operation is canceled, the rest undone", provision, map[testsuite.Method]testsuite.Script{"CreateDatabase": forever},
			nil, lro.TypeAwaitTimeout, nil, 53 * time.Minute, 55 * time.Minute},
		"starting": {"a start that does not succeed is given up", provision, map[testsuite.Method]testsuite.Script{"CreateInstance": {RunsFor: 50 * time.Minute}},
			[]testsuite.Fault{testsuite.Unavailable().On("CreateDatabase")}, lro.TypeStartFailed, nil, 53 * time.Minute, 57 * time.Minute},
		"its reply lost": {"what was started is found", provision, map[testsuite.Method]testsuite.Script{"CreateInstance": {RunsFor: 50 * time.Minute}, "CreateDatabase": forever},
			[]testsuite.Fault{testsuite.LostReply().On("CreateDatabase"), testsuite.Unavailable().On("GetDatabase").Calls(2, 8)}, lro.TypeAwaitTimeout, nil, 53 * time.Minute, 57 * time.Minute},
		"too late to start": {"nothing starts within the margin", late, nil,
			nil, lro.TypeAwaitTimeout, nil, 55 * time.Minute, 56 * time.Minute},
		"side by side": {"the saga's margin is the steps'", together, map[testsuite.Method]testsuite.Script{"CreateInstance": forever},
			nil, lro.TypeAwaitTimeout, nil, 39 * time.Minute, 41 * time.Minute},
		"undo refused": {"what is left is named", provision, map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": forever},
			[]testsuite.Fault{testsuite.PermissionDenied().On("DropDatabase"), testsuite.PermissionDenied().On("DeleteInstance")}, lro.TypeCompensationFailed, []string{databaseName, instanceName}, 54 * time.Minute, time.Hour - 10*time.Second},
		"cancel ignored": {"it may make the resource later", provision, map[testsuite.Method]testsuite.Script{"CreateInstance": {End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()}},
			nil, lro.TypeCompensationFailed, []string{instanceName}, 54 * time.Minute, time.Hour - 10*time.Second},
	}
	kinds := map[string]client.StartWorkflowOptions{"execution": {WorkflowExecutionTimeout: time.Hour}, "run": {WorkflowRunTimeout: time.Hour}}
	for name, tt := range tests {
		for kind, timeouts := range kinds {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				w := newProvisioning(t, tt.faults...)
				for method, script := range tt.plan {
					w.plan(method, script)
				}
				timeouts.ID = "w"
				w.env.SetStartWorkflowOptions(timeouts)
				began := w.env.Now()
				err := w.run(tt.workflow)
				f, ok := lro.AsFailure(err)
				if !ok || f.Type != tt.failure {
					t.Errorf("%s: %v, want %s", tt.reason, err, tt.failure)
				}
				if took := w.env.Now().Sub(began); took < tt.after || took > tt.before {
					t.Errorf("%s: it ended after %v, want %v to %v", tt.reason, took, tt.after, tt.before)
				}
				slices.Sort(f.Resources)
				if left := slices.Sorted(slices.Values(tt.left)); tt.failure == lro.TypeCompensationFailed && !slices.Equal(f.Resources, left) {
					t.Errorf("%s: %v are named as left, want %v", tt.reason, f.Resources, left)
				}
				if len(tt.left) == 0 {
					w.none(instanceName, instanceName+"-2", databaseName)
				}
			})
		}
	}
}

// A wait under a timeout of the workflow ends as at a deadline.
func TestWaitEndsBeforeItsWorkflow(t *testing.T) {
	t.Parallel()
	canceling := workflows.AwaitOptions{DeadlinePolicy: workflows.CancelOnDeadline}
	tests := map[string]struct {
		reason       string
		options      workflows.AwaitOptions
		onCancel     testsuite.Cancel
		cancelAt     time.Duration // of the workflow, 0 for none
		failure      lro.FailureType
		cancellation lro.Cancellation
		before       time.Duration // it ends
	}{
		"left running":    {"by policy", workflows.AwaitOptions{}, testsuite.HonorCancel(0), 0, lro.TypeAwaitTimeout, "", 55 * time.Minute},
		"canceled":        {"by policy", canceling, testsuite.HonorCancel(0), 0, lro.TypeAwaitTimeout, lro.CancellationCanceled, 55 * time.Minute},
		"cancel ignored":  {"the grace is cut to what is left", canceling, testsuite.IgnoreCancel(), 0, lro.TypeAwaitTimeout, lro.CancellationUnconfirmed, time.Hour - 10*time.Second},
		"workflow's":      {"a cancel of the workflow has as long", canceling, testsuite.IgnoreCancel(), 53 * time.Minute, "", lro.CancellationUnconfirmed, time.Hour - 10*time.Second},
		"its own is less": {"the earlier counts", workflows.AwaitOptions{Timeout: 10 * time.Minute}, testsuite.HonorCancel(0), 0, lro.TypeAwaitTimeout, "", 10 * time.Minute},
		"margin":          {"the caller's", workflows.AwaitOptions{EndMargin: 30 * time.Minute}, testsuite.HonorCancel(0), 0, lro.TypeAwaitTimeout, "", 31 * time.Minute},
	}
	for name, tt := range tests {
		for _, set := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", a set"}[set], func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever(), OnCancel: tt.onCancel})
				w.env.SetWorkflowRunTimeout(time.Hour)
				if tt.cancelAt > 0 {
					w.env.RegisterDelayedCallback(w.env.CancelWorkflow, tt.cancelAt)
				}
				began := w.env.Now()
				var cancellation lro.Cancellation
				w.env.ExecuteWorkflow(func(ctx workflow.Context) error {
					if set {
						all, err := workflows.AwaitAll(ctx, []lro.Ref{ref}, workflows.AwaitAllOptions{AwaitOptions: tt.options})
						cancellation = all.Operations[0].Cancellation
						return err
					}
					outcome, err := workflows.Await(ctx, ref, tt.options)
					cancellation = outcome.Cancellation
					return err
				})
				if f, _ := lro.AsFailure(w.env.GetWorkflowError()); f.Type != tt.failure || cancellation != tt.cancellation {
					t.Errorf("%s: %v, cancellation %q, want %s and %q", tt.reason, w.env.GetWorkflowError(), cancellation, tt.failure, tt.cancellation)
				}
				if took := w.env.Now().Sub(began); took > tt.before {
					t.Errorf("%s: it ended after %v, want %v", tt.reason, took, tt.before)
				}
			})
		}
	}
}
