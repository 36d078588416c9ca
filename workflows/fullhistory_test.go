package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// TestFullHistory: what the history has no room for is refused before anything is sent,
// and what was done before is undone.
func TestFullHistory(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason  string
		options workflows.SagaOptions
		events  int // of the history, before the step
		bytes   int
		step    func(ctx workflow.Context, saga *workflows.Saga) error
		created int // databases
	}{
		"a step": {reason: "two to undo", events: 44977, step: oneDatabase},
		"a step that fits": {reason: "two to undo", events: 44976, step: func(ctx workflow.Context, saga *workflows.Saga) error {
			if err := oneDatabase(ctx, saga); err != nil {
				return err
			}
			return activities.NewError(lro.Invalid(lro.Ref{}, &lro.InvalidError{Field: "saga"})) // so that all is undone
		}, created: 1},
		"many steps": {reason: "none of them is started, as all were refused", events: 44941, step: func(ctx workflow.Context, saga *workflows.Saga) error {
			return workflows.RunAll(ctx, saga, all(databases(4)...)...)
		}},
		"a size":    {reason: "bytes end a history, too", bytes: 44 << 20, step: oneDatabase},
		"an option": {reason: "a server may have another bound", options: workflows.SagaOptions{MaxHistoryLength: 100}, events: 77, step: oneDatabase},
		"a compensation": {reason: "one of the caller's own counts as well, and is run: the thing may be there", events: 44977, step: func(_ workflow.Context, saga *workflows.Saga) error {
			return saga.Add("thing", func(workflow.Context) error { return nil })
		}},
		"after compensations": {reason: "they take room from steps", events: 44965, step: func(ctx workflow.Context, saga *workflows.Saga) error {
			if err := saga.Add("thing", func(workflow.Context) error { return nil }); err != nil {
				return err
			}
			return oneDatabase(ctx, saga)
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, row.options, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
						return err
					}
					w.env.SetCurrentHistoryLength(row.events)
					w.env.SetCurrentHistorySize(row.bytes)
					return row.step(ctx, saga)
				})
			})
			f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if n := row.options.MaxHistoryLength; n != 0 && !strings.Contains(f.Reason, fmt.Sprintf("because saga.maxHistoryLength is %d", n)) {
				t.Errorf("%s: %s", row.reason, f.Reason)
			}
			if f.Field != "saga" {
				t.Errorf("%s: refuses %q: %s", row.reason, f.Field, f.Reason)
			}
			w.service.AssertCalls(t, "CreateDatabase", row.created)
			w.none(instanceName, databaseName)
		})
	}
}

func oneDatabase(ctx workflow.Context, saga *workflows.Saga) error {
	_, err := workflows.Run(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}))
	return err
}

// TestReportsEnd: progress reports of an inline wait, of six events each, leave the history
// room for undos.
func TestReportsEnd(t *testing.T) {
	t.Parallel()
	for events, polls := range map[int]int{29_999: 6, 30_000: 1} {
		w := newWorld(t)
		w.env.SetCurrentHistoryLength(events)
		ref := w.service.Start(operationName, testsuite.Script{RunsFor: 59 * time.Minute})
		started := map[string]bool{} // by activity, whatever its attempts
		w.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
			started[info.ActivityID] = true
		})
		err := w.run(func(ctx workflow.Context) error {
			_, err := workflows.Await(ctx, ref, workflows.AwaitOptions{ProgressInterval: 10 * time.Minute})
			return err
		})
		if err != nil || len(started) != polls {
			t.Errorf("%d events: %d polls, want %d; %v", events, len(started), polls, err)
		}
	}
}

// TestHistoryFillsUp: a start is tried no more, and an undo not begun, once the history
// has no room for it: the server would terminate the workflow, and nothing be named.
func TestHistoryFillsUp(t *testing.T) {
	t.Parallel()
	t.Run("while a start is retried", func(t *testing.T) {
		t.Parallel()
		w := newProvisioning(t, testsuite.Unavailable().On("CreateDatabase"))
		w.env.RegisterDelayedCallback(func() { w.env.SetCurrentHistoryLength(49990) }, 2*time.Minute)
		began := w.env.Now()
		err := w.run(func(ctx workflow.Context) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
				if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
					return err
				}
				err = oneDatabase(ctx, saga)
				w.env.SetCurrentHistoryLength(0)
				return err
			})
		})
		f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
		if took := w.env.Now().Sub(began); took > 5*time.Minute || !strings.Contains(f.Reason, "50000 events") {
			t.Errorf("took %v: %s", took, f.Reason)
		}
		w.none(instanceName, databaseName)
	})
	t.Run("before the undo", func(t *testing.T) {
		t.Parallel()
		w := newProvisioning(t)
		err := w.run(func(ctx workflow.Context) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
				for _, step := range []workflows.Step[struct{}]{untyped(spanner.CreateInstance(instanceName, spanner.Instance{})), untyped(spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}))} {
					if _, err := workflows.Run(ctx, saga, step); err != nil {
						return err
					}
				}
				_ = saga.Add("last", func(workflow.Context) error { w.env.SetCurrentHistoryLength(49989); return nil })
				return errUndo
			})
		})
		f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
		if !slices.Equal(f.Resources, []string{instanceName, databaseName}) || !strings.Contains(f.UndoErrors[0], "50000 events") {
			t.Errorf("names %v for %v", f.Resources, f.UndoErrors)
		}
	})
}
