package workflows_test

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// What somebody else makes by the name once the step has failed is theirs.
func TestUndoLeavesALaterResource(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("CreateDatabase", testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeInternal, "no")})
	w.env.RegisterDelayedCallback(func() { w.service.Put(databaseName, nil) }, 10*time.Minute)
	err := w.run(func(ctx workflow.Context) (err error) {
		if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
			return err
		}
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			_, err = workflows.Run(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}))
			_ = workflow.Sleep(ctx, 20*time.Minute) // as siblings might take
			return err
		})
	})
	testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeInternal)
	if !w.service.Exists(databaseName) {
		t.Error("somebody else's database was dropped")
	}
}

// So is what takes the place of what the step made.
func TestUndoLeavesAnotherResource(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
				return err
			}
			w.service.Put(instanceName, nil)
			return errors.New("later")
		})
	})
	if err == nil || !w.service.Exists(instanceName) {
		t.Errorf("%v, and somebody else's instance exists: %t", err, w.service.Exists(instanceName))
	}
}

// Nor is a database dropped that took the place of the step's own. A database has no labels, so the
// operation's response tells it, whether or not the workflow has read that response.
func TestUndoLeavesAnotherDatabase(t *testing.T) {
	t.Parallel()
	alone := func(ctx workflow.Context, saga *workflows.Saga, step workflows.Step[spanner.Database]) error {
		_, err := workflows.Run(ctx, saga, step)
		return err
	}
	together := func(ctx workflow.Context, saga *workflows.Saga, step workflows.Step[spanner.Database]) error {
		return workflows.RunAll(ctx, saga, step)
	}
	read := func(ctx workflow.Context, saga *workflows.Saga, step workflows.Step[spanner.Database]) error {
		_, err := workflows.RunEach(ctx, saga, step)
		return err
	}
	beside := func(ctx workflow.Context, saga *workflows.Saga, step workflows.Step[spanner.Database]) error {
		options := workflows.RunAllOptions{OnFailure: workflows.AwaitRest}
		_ = workflows.RunAllWithOptions(ctx, saga, options, step, spanner.CreateDatabase(databaseName+"2", spanner.DatabaseOptions{}))
		return nil
	}
	noRecord := testsuite.NotFound().On(testsuite.MethodGet).During(10*time.Hour, 100*time.Hour)
	denied := testsuite.PermissionDenied().On(testsuite.MethodGet).During(10*time.Hour, 25*time.Hour)
	rows := map[string]struct {
		reason   string
		run      func(workflow.Context, *workflows.Saga, workflows.Step[spanner.Database]) error
		faults   []testsuite.Fault
		replaced bool
	}{
		"alone":                 {reason: "the workflow has the response", run: alone, replaced: true},
		"in a set":              {reason: "the undo reads the operation", run: together, replaced: true},
		"in a set, read":        {reason: "the workflow has the response", run: read, replaced: true},
		"in a set that failed":  {reason: "no result was read", run: beside, replaced: true},
		"read late":             {reason: "a permission is missing for an hour", run: together, faults: []testsuite.Fault{denied}, replaced: true},
		"own":                   {reason: "the step's own is dropped", run: together},
		"own, in a failed set":  {reason: "so it is", run: beside},
		"own, without a record": {reason: "nothing speaks against it", run: together, faults: []testsuite.Fault{noRecord}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, row.faults...)
			w.service.Put(instanceName, nil)
			w.plan("CreateDatabase", inAMinute)
			w.service.PlanFor("CreateDatabase", databaseName+"2", failing)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					if err := row.run(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{})); err != nil {
						return err
					}
					_ = workflow.Sleep(ctx, 24*time.Hour)
					if row.replaced {
						w.service.Put(databaseName, nil)
					}
					return errUndo
				})
			})
			if !is(errUndo)(err) || w.service.Exists(databaseName) != row.replaced {
				t.Errorf("%s: %v; the database exists: %t", row.reason, err, w.service.Exists(databaseName))
			}
		})
	}
}
