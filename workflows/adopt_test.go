package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// TestAdopt: an operation that the workflow's own activity has started is awaited, and
// canceled and undone as that of any other step.
func TestAdopt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason      string
		script      testsuite.Script
		cancel      time.Duration    // of the workflow, 0 for never
		change      func(*step)      // of the step
		fill        bool             // whether the history has no room for it
		fails       bool             // whether the workflow fails afterwards
		together    bool             // by RunAll
		want        func(error) bool // of the workflow's error
		compensated int
		removed     bool
	}{
		"succeeds":           {reason: "its result is the operation's", script: inAMinute, want: isNil},
		"together":           {reason: "beside another step", script: inAMinute, together: true, want: isNil},
		"a later failure":    {reason: "what it made is undone", script: inAMinute, fails: true, want: is(errUndo), compensated: 1, removed: true},
		"fails":              {reason: "there may be something to delete", script: failing, want: isFailure(lro.TypeOperationFailed), removed: true},
		"canceled":           {reason: "so is the operation", script: forever, cancel: time.Minute, want: temporal.IsCanceledError, removed: true},
		"canceled, together": {reason: "so it is beside another step", script: forever, cancel: time.Minute, together: true, want: temporal.IsCanceledError, removed: true},
		"canceled before":    {reason: "it runs, though nothing has awaited it", script: forever, cancel: 5 * time.Second, want: temporal.IsCanceledError, removed: true},
		"completes":          {reason: "in spite of the cancel: it is undone", script: completes, cancel: time.Minute, want: temporal.IsCanceledError, compensated: 1, removed: true},
		"refused":            {reason: "its operation runs", script: forever, change: func(s *step) { s.Await.Timeout = -1 }, want: isFailure(lro.TypeInvalidInput), removed: true},
		"refused, together":  {reason: "it runs beside a step that is not started", script: forever, change: func(s *step) { s.Name = " x " }, together: true, want: isFailure(lro.TypeInvalidInput), removed: true},
		"no room":            {reason: "the history has none", script: forever, fill: true, want: isFailure(lro.TypeInvalidInput), removed: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			ref := w.service.Start(operationName, tt.script)
			w.service.Put(instanceName, nil)
			var removed []starters.RemoveInput
			w.env.RegisterActivityWithOptions(func(_ context.Context, in starters.RemoveInput) (starters.RemoveOutput, error) {
				removed = append(removed, in)
				return starters.RemoveOutput{Result: starters.RemoveDeleted}, nil
			}, activity.RegisterOptions{Name: "test.Remove"})
			if tt.cancel > 0 {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, tt.cancel)
			}
			compensated := 0
			var outcome workflows.StepOutcome
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					_ = workflow.Sleep(ctx, 10*time.Second) // as its start takes
					adopted := workflows.Adopt[struct{}](ref, "projects/p/things/t")
					adopted.Undo, adopted.Outcome = "test.Remove", &outcome
					adopted.Compensate = func(workflow.Context, lro.Outcome) error { compensated++; return nil }
					if tt.change != nil {
						tt.change(&adopted)
					}
					if tt.fill {
						w.env.SetCurrentHistoryLength(44_999)
					}
					if err := runAdopted(ctx, saga, adopted, tt.together); err != nil {
						w.env.SetCurrentHistoryLength(0)
						return err
					}
					if tt.fails {
						return errUndo
					}
					return nil
				})
			})
			if !tt.want(err) || compensated != tt.compensated || len(removed) > 0 != tt.removed {
				t.Errorf("%s: %v; compensated %d times, removed %+v", tt.reason, err, compensated, removed)
			}
			if len(removed) > 0 && (removed[0].Key != "" || removed[0].Target != "projects/p/things/t") {
				t.Errorf("%s: removes %+v", tt.reason, removed[0])
			}
			if err == nil && (!outcome.Adopted || outcome.Ref != ref || outcome.State() != lro.StateSucceeded) {
				t.Errorf("%s: %+v", tt.reason, outcome)
			}
			w.service.AssertNoneRunning(t)
		})
	}
}

// step is a step without a result.
type step = workflows.Step[struct{}]

func runAdopted(ctx workflow.Context, saga *workflows.Saga, adopted step, together bool) error {
	if together {
		return workflows.RunAll(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}), adopted)
	}
	_, err := workflows.Run(ctx, saga, adopted)
	return err
}

func isNil(err error) bool { return err == nil }

func is(want error) func(error) bool {
	return func(err error) bool {
		return err != nil && errors.Unwrap(err) != nil && errors.Unwrap(err).Error() == want.Error()
	}
}

func isFailure(want lro.FailureType) func(error) bool {
	return func(err error) bool { f, ok := lro.AsFailure(err); return ok && f.Type == want }
}

// TestAdoptResult: the result is the response of the operation, of one given done without a
// read.
func TestAdoptResult(t *testing.T) {
	t.Parallel()
	type thing struct{ Name string }
	w := newWorld(t)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute, End: testsuite.Succeed(`{"name":"t"}`)})
	err := w.run(func(ctx workflow.Context) error {
		made, err := workflows.Run(ctx, nil, workflows.Adopt[thing](ref, "projects/p/things/t"))
		if err != nil || made.Name != "t" {
			t.Errorf("%+v, %v", made, err)
		}
		polls := w.service.Count(testsuite.MethodGet)
		given := workflows.Adopt[thing](lro.Ref{}, "projects/p/things/t")
		given.Await.Operation = &lro.Operation{Done: true, Response: []byte(`{"name":"given"}`)}
		if made, err = workflows.Run(ctx, nil, given); err != nil || made.Name != "given" || w.service.Count(testsuite.MethodGet) != polls {
			t.Errorf("%+v, %v", made, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestInvalidAdopted(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	tests := map[string]struct {
		reason string
		step   step
		field  string
	}{
		"no ref":   {"nothing to await", workflows.Adopt[struct{}](lro.Ref{}, instanceName), "step.activity"},
		"resource": {"no operation", workflows.Adopt[struct{}](lro.Ref{Service: lro.SpannerService, Name: instanceName}, instanceName), "ref"},
		"target":   {"nothing to name", workflows.Adopt[struct{}](ref, ""), "step.target"},
		"request":  {"nothing to send", step{Ref: ref, Target: instanceName, Request: 1}, "step.request"},
		"both":     {"started twice", step{Ref: ref, Target: instanceName, Activity: "test.Start"}, "step.ref"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			err := w.run(func(ctx workflow.Context) error {
				_, err := workflows.Run(ctx, nil, tt.step)
				return err
			})
			if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != tt.field || w.service.Count() > 0 {
				t.Errorf("%s: refuses %q, want %q", tt.reason, f.Field, tt.field)
			}
		})
	}
}
