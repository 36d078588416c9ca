package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// undoBeats are what the activities of undos have heartbeated, by the activity's type.
type undoBeats struct {
	mu   sync.Mutex
	seen map[string][]undos.Record
}

func listen(w *world) *undoBeats {
	b := &undoBeats{seen: map[string][]undos.Record{}}
	w.env.SetOnActivityHeartbeatListener(func(info *activity.Info, details converter.EncodedValues) {
		var beat undos.Heartbeat
		if details.Get(&beat) != nil || beat.Undo == nil {
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.seen[info.ActivityType.Name] = append(b.seen[info.ActivityType.Name], *beat.Undo)
	})
	return b
}

const detailsQuery = "details"

// detailsOf asks the workflow for its current details.
func (w *world) detailsOf() string {
	w.t.Helper()
	value, err := w.env.QueryWorkflow(detailsQuery)
	if err != nil {
		w.t.Fatal(err)
	}
	var details string
	if err := value.Get(&details); err != nil {
		w.t.Fatal(err)
	}
	return details
}

// provisionTold is provision, and answers detailsQuery.
func provisionTold(ctx workflow.Context) error {
	err := workflow.SetQueryHandler(ctx, detailsQuery, func() (string, error) { return workflow.GetCurrentDetails(ctx), nil })
	if err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, "order 42")
	return provision(ctx)
}

// TestUndoIsTold wants an undo that is refused to be told, while it is tried, by the heartbeats of its activities and
// the workflow's current details, and what it did afterwards.
func TestUndoIsTold(t *testing.T) {
	t.Parallel()
	const window = workflows.DefaultUndoWindow
	step := "CreateInstance " + instanceName
	w := newProvisioning(t, testsuite.PermissionDenied().On("DeleteInstance").During(time.Minute, 30*time.Minute))
	w.plan("UpdateDatabaseDdl", testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate")})
	beats, stuck := listen(w), ""
	w.env.RegisterDelayedCallback(func() { stuck = w.detailsOf() }, 10*time.Minute)
	testsuite.AssertFailure(t, w.run(provisionTold), lro.TypeOperationFailed, lro.CodeFailedPrecondition)

	if want := "order 42\n\n**undoing** " + step + ", until "; !strings.HasPrefix(stuck, want) ||
		!strings.HasSuffix(stuck, " UTC\n\n**undone:**\n\n- `"+databaseName+"`: deleted") {
		t.Errorf("while it is stuck the details are %q, want them to begin with %q", stuck, want)
	}
	want := "order 42\n\n**undone:**\n\n- `" + databaseName + "`: deleted\n- `" + instanceName + "`: deleted"
	if got := w.detailsOf(); got != want {
		t.Errorf("afterwards the details are %q, want %q", got, want)
	}
	removed := beats.seen[names.DeleteInstance]
	if len(removed) == 0 || removed[0].Step != step || removed[0].Resource != instanceName || removed[0].Deadline.Sub(removed[0].StartTime) != window {
		t.Errorf("the heartbeats are %+v", beats.seen)
	}
}

// TestUndoIsToldByEachActivity wants each activity by which a saga undoes a step to say what it undoes.
func TestUndoIsToldByEachActivity(t *testing.T) {
	t.Parallel()
	lost := testsuite.LostReply().On("CreateInstance").Calls(1, 1)
	rows := map[string]struct {
		reason string
		faults []testsuite.Fault
		want   []string
	}{
		"cancel": {"an operation in flight is stopped, and what it made is deleted", nil,
			[]string{activities.CancelOperationName, activities.PollOperationName, names.DeleteInstance}},
		"look": {"a start whose reply was lost is looked for", []testsuite.Fault{lost, testsuite.PermissionDenied().On("GetInstance").Calls(2, 10)},
			[]string{activities.CancelOperationName, activities.PollOperationName, names.CreateInstance, names.DeleteInstance}},
		"read": {"an operation that could not be read is read again", []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).During(2*time.Minute, 80*time.Minute)},
			[]string{activities.CancelOperationName, activities.GetOperationName, activities.PollOperationName, names.DeleteInstance}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, row.faults...)
			w.plan("CreateInstance", testsuite.Script{RunsFor: 3 * time.Hour, OnCancel: testsuite.IgnoreCancel()}, testsuite.Script{RunsFor: 3 * time.Hour})
			beats := listen(w)
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 70*time.Minute)
			_ = w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: 10 * time.Hour}, func(ctx workflow.Context, saga *workflows.Saga) error {
					step := spanner.CreateInstance(instanceName, spanner.Instance{})
					step.Name, step.Await.AuthGrace, step.Await.CancelPolicy = "orders", 10*time.Minute, workflows.Abandon
					_, err := workflows.Run(ctx, saga, step)
					return err
				})
			})
			var told []string
			for kind, records := range beats.seen {
				told = append(told, kind)
				if records[0].Step != "orders" || records[0].Resource != instanceName || records[0].Deadline.IsZero() {
					t.Errorf("%s tells %+v", kind, records[0])
				}
			}
			if slices.Sort(told); !slices.Equal(told, row.want) {
				t.Errorf("%s: %v have told what they undo, want %v", row.reason, told, row.want)
			}
		})
	}
}

// TestUndosTogetherAreTold wants sagas side by side to leave each other's part of the details alone, and many undos to
// take few lines.
func TestUndosTogetherAreTold(t *testing.T) {
	t.Parallel()
	const n = 50
	w := newWorld(t)
	var during, after string
	err := w.run(func(ctx workflow.Context) error {
		workflow.SetCurrentDetails(ctx, "mine")
		saga := func(name string, fails int) func(workflow.Context) error {
			return func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{Parallel: true}, func(_ workflow.Context, saga *workflows.Saga) error {
					for i := range n {
						_ = saga.Add(fmt.Sprintf("%s%d", name, i), func(ctx workflow.Context) error {
							_ = workflow.Sleep(ctx, time.Duration(i+1)*time.Minute)
							if i < fails {
								return errors.New("stuck")
							}
							return nil
						})
					}
					return errors.New("no")
				})
			}
		}
		workflow.Go(ctx, func(ctx workflow.Context) {
			_ = workflow.Sleep(ctx, 10*time.Minute+time.Second)
			during = workflow.GetCurrentDetails(ctx)
		})
		defer func() { after = workflow.GetCurrentDetails(ctx) }()
		return workflows.Parallel(ctx, saga("a", 0), saga("b", 1))
	})
	testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	for _, want := range []string{"mine\n\n**undoing** a", "**undoing** a49, until ", "**undoing** 20 more", "**could not undo:**\n\n- `b0`: stuck", "- `a8`: undone", "- `b9`: undone"} {
		if !strings.Contains(during, want) {
			t.Errorf("while they undo the details lack %q:\n%s", want, during)
		}
	}
	if strings.Contains(after, "undoing") || strings.Count(after, "undone:") != 2 || strings.Count(after, "could not undo") != 1 ||
		!strings.HasPrefix(after, "mine\n\n") || !strings.Contains(after, "- and 30 before") || !strings.Contains(after, "- `b49`: undone") {
		t.Errorf("afterwards the details are:\n%s", after)
	}
}
