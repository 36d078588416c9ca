package workflows_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// An undo is tried for its window, whichever part of it is refused.
func TestUndoInsists(t *testing.T) {
	t.Parallel()
	lost := testsuite.LostReply().On("CreateInstance").Calls(1, 1)
	rows := map[string]struct {
		reason string
		faults []testsuite.Fault
	}{
		"cancel": {"the permission to cancel comes after 30 min", []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodCancel).During(0, 30*time.Minute)}},
		"look":   {"so does that to read, after a lost reply", []testsuite.Fault{lost, testsuite.PermissionDenied().On("GetInstance").Calls(2, 10)}},
		"poll":   {"and that to read the operation", []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).During(2*time.Minute, 80*time.Minute)}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, row.faults...)
			w.plan("CreateInstance", testsuite.Script{RunsFor: 24 * time.Hour})
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Minute)
			_ = w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					_, err = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
					return err
				})
			})
			w.service.AssertNoneRunning(t)
			w.none(instanceName)
		})
	}
}

// A poll failed that is of no step of the saga's: it is read again all the same.
func TestPollFailureOutsideTheSaga(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("UpdateDatabaseDdl", testsuite.Script{RunsFor: time.Hour, Faults: []testsuite.Fault{
		testsuite.PermissionDenied().On(testsuite.MethodGet).During(0, 100*time.Hour)}})
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			for _, step := range []workflows.Step[struct{}]{untyped(spanner.CreateInstance(instanceName, spanner.Instance{})), untyped(spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}))} {
				if _, err := workflows.Run(ctx, saga, step); err != nil {
					return err
				}
			}
			_, err = workflows.Run(ctx, nil, spanner.UpdateDatabaseDdl(databaseName, spanner.SchemaChange{Name: "s", Statements: []string{"CREATE INDEX"}}))
			return err
		})
	})
	f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	if !slices.Equal(f.Resources, []string{instanceName, databaseName}) || !w.service.Exists(databaseName) {
		t.Errorf("names %v; the database exists: %t", f.Resources, w.service.Exists(databaseName))
	}
}

// A schema change that no cancel stops does not hold up the undo that drops its
// database, and is not named once it went with it.
func TestUndoOfADdlThatIgnoresCancel(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("UpdateDatabaseDdl", testsuite.Script{RunsFor: 6 * time.Hour, OnCancel: testsuite.IgnoreCancel()})
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Minute)
	began := w.env.Now()
	if err := w.run(provision); !temporal.IsCanceledError(err) {
		t.Errorf("%v, want a cancel", err)
	}
	if took := w.env.Now().Sub(began); took > time.Hour {
		t.Errorf("the undo took %v", took)
	}
	// The scripted operation itself runs on, in no database any more.
	if w.service.Exists(databaseName) || w.service.Exists(instanceName) {
		t.Error("not all was deleted")
	}
}

// A compensation that fails does not keep the step's own delete from being made.
func TestCompensateFails(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	runs := 0
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			step := spanner.CreateInstance(instanceName, spanner.Instance{})
			step.Compensate = func(workflow.Context, lro.Outcome) error {
				runs++
				return errors.New("stuck")
			}
			if _, err := workflows.Run(ctx, saga, step); err != nil {
				return err
			}
			return errors.New("mine")
		})
	})
	f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	if runs != 1 || !slices.Equal(f.UndoErrors, []string{"stuck"}) {
		t.Errorf("ran %d times; %v", runs, f.UndoErrors)
	}
	w.none(instanceName)
}

// Two changes under one name, without a saga that would refuse it, are two.
func TestSameNameWithoutASaga(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	err := w.run(func(ctx workflow.Context) error {
		change := func(statement string) workflows.Step[struct{}] {
			return untyped(spanner.UpdateDatabaseDdl(databaseName, spanner.SchemaChange{Name: "s", Statements: []string{statement}}))
		}
		steps := []workflows.Step[struct{}]{
			untyped(spanner.CreateInstance(instanceName, spanner.Instance{})), untyped(spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{})),
			change("CREATE TABLE a"), change("CREATE TABLE b"), change("CREATE TABLE b"),
		}
		for _, step := range steps {
			var outcome workflows.StepOutcome
			step.Outcome = &outcome
			if _, err := workflows.Run(ctx, nil, step); err != nil || outcome.Adopted {
				return errors.Join(err, errors.New("not a step of its own"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.service.AssertCalls(t, "UpdateDatabaseDdl", 3)
}

// A step that failed may be run again under its name.
func TestStepAgain(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("CreateInstance", testsuite.Script{End: testsuite.Fail(lro.CodeUnavailable, "no capacity")}, testsuite.Script{})
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			for range 2 {
				if _, err = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err == nil {
					return nil
				}
			}
			return err
		})
	})
	if err != nil || !w.service.Exists(instanceName) {
		t.Errorf("%v; the instance exists: %t", err, w.service.Exists(instanceName))
	}
}

func TestInvalidSaga(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		options workflows.SagaOptions
		field   string
	}{
		"window":      {workflows.SagaOptions{UndoWindow: -1}, "saga.undoWindow"},
		"coefficient": {workflows.SagaOptions{RetryPolicy: &temporal.RetryPolicy{BackoffCoefficient: 0.5}}, "saga.retryPolicy.backoffCoefficient"},
		"interval":    {workflows.SagaOptions{RetryPolicy: &temporal.RetryPolicy{InitialInterval: -1}}, "saga.retryPolicy.initialInterval"},
		"inverted":    {workflows.SagaOptions{RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2, MaximumInterval: 1}}, "saga.retryPolicy.maximumInterval"},
		"attempts":    {workflows.SagaOptions{RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: -1}}, "saga.retryPolicy.maximumAttempts"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, row.options, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					_, err = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
					return err
				})
			})
			if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != row.field {
				t.Errorf("refused %q, want %q", f.Field, row.field)
			}
			if n := w.service.Count(); n > 0 {
				t.Errorf("%d calls were made", n)
			}
		})
	}
}

// Once its function has returned a saga takes no step and no compensation: nothing would
// undo it.
func TestClosedSaga(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	err := w.run(func(ctx workflow.Context) error {
		var leaked *workflows.Saga
		if err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(_ workflow.Context, saga *workflows.Saga) error {
			leaked = saga
			return nil
		}); err != nil {
			return err
		}
		testsuite.AssertFailure(t, leaked.Add("thing", undoes("")), lro.TypeInvalidInput, lro.CodeInvalidArgument)
		_, err := workflows.Run(ctx, leaked, spanner.CreateInstance(instanceName, spanner.Instance{}))
		return err
	})
	testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
	w.service.AssertCalls(t, "CreateInstance", 0)
}

// A step that the saga's function has left running in another coroutine is canceled before
// the undo if the function failed, and awaited if not.
func TestStepLeftRunning(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{"fails": errUndo, "succeeds": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			w.plan("CreateInstance", testsuite.Script{RunsFor: time.Hour})
			began := w.env.Now()
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					workflow.Go(ctx, func(ctx workflow.Context) {
						_, _ = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
					})
					_ = workflow.Sleep(ctx, time.Minute)
					return failure
				})
			})
			took := w.env.Now().Sub(began)
			if (err == nil) != (failure == nil) || w.service.Exists(instanceName) != (failure == nil) || (took < time.Hour) != (failure != nil) {
				t.Errorf("%v after %v; the instance exists: %t", err, took, w.service.Exists(instanceName))
			}
			w.service.AssertNoneRunning(t)
		})
	}
}

// TestUndoWindow: one undo takes one window, whatever it consists of and whatever of that
// is refused. Before it, the wait that was canceled takes its own cancel grace.
func TestUndoWindow(t *testing.T) {
	t.Parallel()
	const window, slack = workflows.DefaultUndoWindow, 5 * time.Minute
	refused := testsuite.PermissionDenied().On(testsuite.MethodCancel)
	rows := map[string]struct {
		reason string
		faults []testsuite.Fault
		script testsuite.Script
	}{
		"cancel and delete": {
			reason: "the operation runs on, and is left",
			faults: []testsuite.Fault{refused, testsuite.PermissionDenied().On("DeleteInstance")},
			script: testsuite.Script{RunsFor: 1000 * time.Hour},
		},
		"reads, then cancel": {
			reason: "what is read again counts",
			faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).During(2*time.Minute, 170*time.Minute), refused, testsuite.PermissionDenied().On("DeleteInstance")},
			script: testsuite.Script{RunsFor: 1000 * time.Hour},
		},
		"cancel, then delete": {
			reason: "the operation ends by itself, and what is left for the delete is not a window of its own",
			faults: []testsuite.Fault{refused, testsuite.PermissionDenied().On("DeleteInstance")},
			script: testsuite.Script{RunsFor: 100 * time.Minute},
		},
		"cancel delivered, and ignored": {
			reason: "the operation is awaited for what the cancel has left",
			faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodCancel).During(0, 90*time.Minute)},
			script: testsuite.Script{RunsFor: 1000 * time.Hour, OnCancel: testsuite.IgnoreCancel()},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, row.faults...)
			w.plan("CreateInstance", row.script)
			var began time.Time
			w.env.RegisterDelayedCallback(func() { began = w.env.Now(); w.env.CancelWorkflow() }, 5*time.Minute)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					_, err = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
					return err
				})
			})
			testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
			took := w.env.Now().Sub(began) - workflows.DefaultCancelGrace
			if took > window+slack || took < window-slack {
				t.Errorf("%s: the undo took %v, want %v", row.reason, took.Round(time.Minute), window)
			}
		})
	}
}

// TestUndoWindowAfterReading: to read an operation again, before it is undone, is a part of
// its undo's window.
func TestUndoWindowAfterReading(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t,
		testsuite.PermissionDenied().On(testsuite.MethodGet).During(2*time.Minute, 100*time.Minute),
		testsuite.PermissionDenied().On(testsuite.MethodCancel))
	w.plan("CreateInstance", testsuite.Script{RunsFor: 1000 * time.Hour})
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Hour)
	var began time.Time
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			step := spanner.CreateInstance(instanceName, spanner.Instance{})
			step.Await.AuthGrace = 10 * time.Minute
			_, err = workflows.Run(ctx, saga, step)
			began = workflow.Now(ctx)
			return err
		})
	})
	testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	if took := w.env.Now().Sub(began); took > workflows.DefaultUndoWindow+5*time.Minute || took < workflows.DefaultUndoWindow-5*time.Minute {
		t.Errorf("it took %v, want %v", took.Round(time.Minute), workflows.DefaultUndoWindow)
	}
}
