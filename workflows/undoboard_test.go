package workflows_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/workflows"
)

// compensate runs a saga whose compensations take so long, and fails it.
func compensate(ctx workflow.Context, options workflows.SagaOptions, takes ...time.Duration) error {
	return workflows.WithSaga(ctx, options, func(_ workflow.Context, saga *workflows.Saga) error {
		for i, d := range takes {
			_ = saga.Add(fmt.Sprintf("r%d", i), func(ctx workflow.Context) error {
				if d > 0 {
					return workflow.Sleep(ctx, d)
				}
				return nil
			})
		}
		return errors.New("no orders")
	})
}

// What a saga undoes now stands in the workflow's memo, where a list sees it without a worker, and is gone once all is
// undone.
func TestUndoMemo(t *testing.T) {
	t.Parallel()
	hours := func(n int) []time.Duration {
		var all []time.Duration
		for i := range n {
			all = append(all, time.Duration(i+1)*time.Hour)
		}
		return all
	}
	parallel := workflows.SagaOptions{Parallel: true, UndoWindow: 100 * time.Hour}
	rows := map[string]struct {
		reason string
		run    func(workflow.Context) error
		want   []string
	}{
		"one": {"an event when it begins, and one when it has ended", func(ctx workflow.Context) error {
			return compensate(ctx, workflows.SagaOptions{}, time.Hour)
		}, []string{"r0", ""}},
		"one after the other": {"an event each", func(ctx workflow.Context) error {
			return compensate(ctx, workflows.SagaOptions{}, hours(2)...)
		}, []string{"r1", "r0", ""}},
		"at once": {"a list would not see it", func(ctx workflow.Context) error {
			return compensate(ctx, workflows.SagaOptions{}, 0, 0)
		}, nil},
		"at once, then one": {"what ends in the task in which it begins takes none", func(ctx workflow.Context) error {
			return compensate(ctx, workflows.SagaOptions{}, time.Hour, 0)
		}, []string{"r0", ""}},
		"side by side": {"five at most, so that many undos take few bytes", func(ctx workflow.Context) error {
			return compensate(ctx, parallel, hours(7)...)
		}, []string{"r6 r5 r4 r3 r2", "r6 r5 r4 r3", "r6 r5 r4", "r6 r5", "r6", ""}},
		"two sagas": {"they share the memo", func(ctx workflow.Context) error {
			saga := func(n int) func(workflow.Context) error {
				return func(ctx workflow.Context) error {
					_ = compensate(ctx, workflows.SagaOptions{}, time.Duration(n)*time.Hour)
					return nil
				}
			}
			return workflows.Parallel(ctx, saga(1), saga(2))
		}, []string{"r0 r0", "r0", ""}},
		"again": {"a later saga undoes as well", func(ctx workflow.Context) error {
			_ = compensate(ctx, workflows.SagaOptions{}, time.Hour)
			return compensate(ctx, workflows.SagaOptions{}, time.Hour)
		}, []string{"r0", "", "r0", ""}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, memos := newWorld(t), &memoRecorder{}
			w.env.SetWorkerOptions(worker.Options{
				DeadlockDetectionTimeout: 30 * time.Second, Interceptors: []interceptor.WorkerInterceptor{workflows.Interceptor(), memos},
			})
			_ = w.run(row.run)
			if diff := cmp.Diff(row.want, memos.undoing); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// resources are those of a memo's undos, "" for none.
func resources(memo any) string {
	undoing, _ := memo.(workflows.Undoing)
	var all []string
	for _, record := range undoing.Undos {
		all = append(all, record.Resource)
	}
	return strings.Join(all, " ")
}

// Each saga of a workflow keeps its own part of the details, also if one part begins as another does, or contains it.
func TestDetailsOfSagas(t *testing.T) {
	t.Parallel()
	stuck := errors.New("stuck")
	saga := func(ctx workflow.Context, err error) {
		_ = workflows.WithSaga(ctx, workflows.SagaOptions{}, func(_ workflow.Context, saga *workflows.Saga) error {
			_ = saga.Add("instance", func(ctx workflow.Context) error {
				_ = workflow.Sleep(ctx, time.Minute)
				return err
			})
			_ = saga.Add("database", func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Minute) })
			_ = saga.Add("bad\xff", func(ctx workflow.Context) error { return nil })
			return errors.New("no orders")
		})
	}
	const (
		database = "**undone:**\n\n- `bad\uFFFD`: undone\n- `database`: undone"
		undone   = database + "\n- `instance`: undone"
		left     = "**could not undo:**\n\n- `instance`: stuck\n\n" + database
	)
	rows := map[string]struct {
		reason string
		run    func(workflow.Context)
		want   string
	}{
		"in a row": {"the second begins as the first does", func(ctx workflow.Context) {
			saga(ctx, nil)
			saga(ctx, stuck)
		}, "mine\n\n" + undone + "\n\n" + left},
		"the first fails": {"the second's part is in the first's", func(ctx workflow.Context) {
			saga(ctx, stuck)
			saga(ctx, nil)
		}, "mine\n\n" + left + "\n\n" + undone},
		"side by side": {"both parts change", func(ctx workflow.Context) {
			_ = workflows.Parallel(ctx, func(ctx workflow.Context) error { saga(ctx, stuck); return nil }, func(ctx workflow.Context) error { saga(ctx, nil); return nil })
		}, "mine\n\n" + left + "\n\n" + undone},
		"own": {"the workflow's code has replaced the first's part", func(ctx workflow.Context) {
			saga(ctx, stuck)
			workflow.SetCurrentDetails(ctx, "again")
			saga(ctx, nil)
		}, "again\n\n" + undone},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, got := newWorld(t), ""
			_ = w.run(func(ctx workflow.Context) error {
				workflow.SetCurrentDetails(ctx, "mine")
				row.run(ctx)
				got = workflow.GetCurrentDetails(ctx)
				return nil
			})
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}
