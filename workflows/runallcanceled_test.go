package workflows_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// hangingRead registers activities whose first ReadOperations does not end.
type hangingRead struct {
	activities.Registry
	reads int
}

func (h *hangingRead) RegisterActivityWithOptions(run any, options activity.RegisterOptions) {
	if read, is := run.(func(context.Context, sets.ReadInput) (sets.ReadOutput, error)); is {
		run = func(ctx context.Context, in sets.ReadInput) (sets.ReadOutput, error) {
			if h.reads++; h.reads == 1 {
				return sets.ReadOutput{}, activity.ErrResultPending
			}
			return read(ctx, in)
		}
	}
	h.Registry.RegisterActivityWithOptions(run, options)
}

// Steps that succeed in spite of a cancel have their results, as one that is run by itself.
func TestRunAllResultsInSpiteOfCancel(t *testing.T) {
	t.Parallel()
	isCanceled := temporal.IsCanceledError
	rows := map[string]struct {
		reason string
		script testsuite.Script
		hangs  bool // the first read of results
		denied bool // reads, once the operations have ended
		old    bool // the workflow began with a release that did not read them
		want   func(error) bool
		within time.Duration // of the cancel
	}{
		"while awaited":  {reason: "the cancel came too late", script: completes, want: isNil, within: time.Minute},
		"while read":     {reason: "they had succeeded before", script: testsuite.Script{RunsFor: 30 * time.Second}, hangs: true, want: isNil, within: time.Minute},
		"unreadable":     {reason: "they are tried for the cancel grace", script: completes, denied: true, want: isFailure(lro.TypePollFailed), within: 6 * time.Minute},
		"0.1.0, awaited": {reason: "as the history has it", script: completes, old: true, want: isCanceled, within: time.Minute},
		"0.1.0, read":    {reason: "as the history has it", script: testsuite.Script{RunsFor: 30 * time.Second}, hangs: true, old: true, want: isCanceled, within: time.Minute},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newReading(t, row.hangs)
			w.plan("CreateDatabase", row.script)
			if row.old {
				w.env.OnGetVersion(workflows.ResultsChange, workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
			}
			w.env.SetOnActivityCompletedListener(func(info *activity.Info, _ converter.EncodedValue, _ error) {
				if row.denied && info.ActivityType.Name == activities.PollOperationsName && len(w.service.Running()) == 0 {
					w.service.AddFaults(testsuite.PermissionDenied().On(testsuite.MethodGet, testsuite.MethodList))
				}
			})
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Hour)
			began := w.env.Now()
			err := w.run(func(ctx workflow.Context) error {
				steps := databases(2)
				for i := range steps {
					steps[i].Await.CancelGrace = 5 * time.Minute
				}
				made, err := workflows.RunEach(ctx, nil, steps...)
				for i, database := range made {
					if (database.Name == steps[i].Target) != (err == nil) {
						t.Errorf("%s: result %d is %+v", row.reason, i, database)
					}
				}
				return err
			})
			if took := w.env.Now().Sub(began); !row.want(err) || took < time.Hour || took > time.Hour+row.within {
				t.Errorf("%s: %v after %v", row.reason, err, took)
			}
		})
	}
}

// newReading returns a world with an instance, in which the first read of results hangs if hangs is set.
func newReading(t *testing.T, hangs bool) *world {
	t.Helper()
	w := newEmptyWorld(t)
	if hangs {
		w.register(&hangingRead{Registry: w.env})
	} else {
		w.register(w.env)
	}
	w.registerStarters()
	w.service.Put(instanceName, nil)
	return w
}
