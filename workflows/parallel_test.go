package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// gauge counts what runs at the same time.
type gauge struct {
	mutex           sync.Mutex
	now, most, runs int
}

func (g *gauge) add(n int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.now += n
	g.most, g.runs = max(g.most, g.now), g.runs+max(n, 0)
}

// sleep is a function of a workflow that is counted while it blocks.
func (g *gauge) sleep(ctx workflow.Context) error {
	g.add(1)
	defer g.add(-1)
	return workflow.Sleep(ctx, time.Minute)
}

// many is more than one window.
const many = workflows.DefaultWindow + 5

// TestWindow: what runs side by side is bounded, and all of it runs in the end.
func TestWindow(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		options  workflows.SagaOptions
		parallel bool
		window   int
		most     int
	}{
		"undo":             {options: workflows.SagaOptions{Parallel: true}, most: workflows.DefaultWindow},
		"undo, option":     {options: workflows.SagaOptions{Parallel: true, Window: 7}, most: 7},
		"undo in order":    {options: workflows.SagaOptions{Window: 7}, most: 1},
		"Parallel":         {parallel: true, most: workflows.DefaultWindow},
		"Parallel, option": {parallel: true, window: 7, most: 7},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var g gauge
			err := newWorld(t).run(func(ctx workflow.Context) (err error) {
				if row.parallel {
					functions := slices.Repeat([]func(workflow.Context) error{g.sleep}, many)
					return workflows.ParallelWithOptions(ctx, workflows.ParallelOptions{Window: row.window}, functions...)
				}
				return workflows.WithSaga(ctx, row.options, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					for range many {
						saga.Add("x", g.sleep)
					}
					return errUndo
				})
			})
			if row.parallel != (err == nil) || g.most != row.most || g.runs != many {
				t.Errorf("%d ran, %d at the same time; want %d, %d; %v", g.runs, g.most, many, row.most, err)
			}
		})
	}
}

var errUndo = errors.New("undo it all")

// TestRunAllWindow: steps beyond the window wait for their start, and the results are in
// the order of the steps.
func TestRunAllWindow(t *testing.T) {
	t.Parallel()
	for window, most := range map[int]int{0: workflows.DefaultWindow, 7: 7} {
		w := newProvisioning(t)
		var g gauge
		w.env.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) { g.add(1) })
		w.env.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { g.add(-1) })
		err := w.run(func(ctx workflow.Context) error {
			if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
				return err
			}
			return workflows.WithSaga(ctx, workflows.SagaOptions{Window: window}, func(ctx workflow.Context, saga *workflows.Saga) error {
				steps := databases(many)
				results, err := workflows.RunEach(ctx, saga, steps...)
				for i, result := range results {
					if result.Name != steps[i].Target {
						return fmt.Errorf("result %d is %q: %w", i, result.Name, err)
					}
				}
				return err
			})
		})
		if err != nil || g.most > most {
			t.Errorf("window %d: %d at the same time, want %d at most; %v", window, g.most, most, err)
		}
		w.service.AssertCalls(t, "CreateDatabase", many)
	}
}

// databases are n steps that make a database each.
func databases(n int) []workflows.Step[spanner.Database] {
	steps := make([]workflows.Step[spanner.Database], n)
	for i := range steps {
		steps[i] = spanner.CreateDatabase(fmt.Sprintf("%s%d", databaseName, i), spanner.DatabaseOptions{})
	}
	return steps
}

// all are steps for RunAll, whose results are not read.
func all[T any](steps ...workflows.Step[T]) []workflows.AnyStep {
	each := make([]workflows.AnyStep, len(steps))
	for i, step := range steps {
		each[i] = step
	}
	return each
}

// TestWindowEnds: what waits for a place when the others are to stop does not begin.
func TestWindowEnds(t *testing.T) {
	t.Parallel()
	refused := errors.New("no")
	rows := map[string]struct {
		reason   string
		fails    int // the function that does, -1 for none
		canceled bool
		begun    int
	}{
		"all return":               {reason: "nil says that all have run", fails: -1, begun: 6},
		"one fails":                {reason: "its error stops the rest", fails: 2, begun: 4},
		"the workflow is canceled": {reason: "nil would say that all have run", fails: -1, canceled: true, begun: 2},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if row.canceled {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 30*time.Second)
			}
			begun := 0
			err := w.run(func(ctx workflow.Context) error {
				functions := make([]func(workflow.Context) error, 6)
				for i := range functions {
					functions[i] = func(ctx workflow.Context) error {
						begun++
						_ = workflow.Sleep(ctx, time.Minute)
						if i == row.fails {
							return refused
						}
						return nil
					}
				}
				return workflows.ParallelWithOptions(ctx, workflows.ParallelOptions{Window: 2}, functions...)
			})
			if begun != row.begun || temporal.IsCanceledError(err) != row.canceled || (err == nil) != (row.fails < 0 && !row.canceled) {
				t.Errorf("%s: %d begun, want %d; %v", row.reason, begun, row.begun, err)
			}
		})
	}
}

// TestRunAllStopsStarting: a step that waits for its start when a sibling fails, or the
// workflow is canceled, is not started, and nothing is left of the others.
func TestRunAllStopsStarting(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		onFailure workflows.FailurePolicy
		cancel    bool
		started   int
	}{
		"fails":              {onFailure: workflows.CancelRest, started: 3},
		"leaves the rest":    {onFailure: workflows.LeaveRest, started: 3},
		"awaits the rest":    {onFailure: workflows.AwaitRest, started: 9},
		"canceled":           {onFailure: workflows.CancelRest, cancel: true, started: 3},
		"canceled, awaiting": {onFailure: workflows.AwaitRest, cancel: true, started: 3},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			var scripts []testsuite.Script
			for range 2 {
				scripts = append(scripts, testsuite.Script{RunsFor: time.Hour})
			}
			if !row.cancel { // the third is done when its start replies
				scripts = append(scripts, testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")})
			}
			w.plan("CreateDatabase", append(scripts, testsuite.Script{RunsFor: time.Hour})...)
			if row.cancel {
				w.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
					if w.service.Count("CreateDatabase") == 2 {
						w.env.CancelWorkflow()
					}
				})
			}
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
						return err
					}
					return workflows.RunAllWithOptions(ctx, saga, workflows.RunAllOptions{OnFailure: row.onFailure, Window: 1}, all(databases(9)...)...)
				})
			})
			if temporal.IsCanceledError(err) != row.cancel || err == nil {
				t.Errorf("ended with %v", err)
			}
			w.service.AssertCalls(t, "CreateDatabase", row.started)
			w.none(instanceName)
		})
	}
}

func TestInvalidWindow(t *testing.T) {
	t.Parallel()
	step := spanner.CreateInstance(instanceName, spanner.Instance{})
	rows := []struct {
		reason, field string
		run           func(ctx workflow.Context, window int) error
	}{
		{"Parallel", "window", func(ctx workflow.Context, window int) error {
			called := func(workflow.Context) error { panic("called") }
			return workflows.ParallelWithOptions(ctx, workflows.ParallelOptions{Window: window}, called)
		}},
		{"the undo", "saga.window", func(ctx workflow.Context, window int) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{Window: window}, func(workflow.Context, *workflows.Saga) error { panic("called") })
		}},
		{"RunAll", "window", func(ctx workflow.Context, window int) error {
			return workflows.RunAllWithOptions(ctx, nil, workflows.RunAllOptions{Window: window}, step)
		}},
	}
	for _, row := range rows {
		for _, window := range []int{-1, workflows.MaxWindow + 1} {
			w := newProvisioning(t)
			err := w.run(func(ctx workflow.Context) error { return row.run(ctx, window) })
			f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if f.Field != row.field || w.service.Count() > 0 {
				t.Errorf("%s, %d: names %q, want %q; %d calls", row.reason, window, f.Field, row.field, w.service.Count())
			}
		}
	}
}
