package workflows_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// adoptDone returns the step of an operation that is done already, with a compensation that
// counts.
func adoptDone(ref lro.Ref, target string, op lro.Operation, compensated *int) step {
	adopted := workflows.Adopt[struct{}](ref, target)
	op.Name, op.Done = ref.Name, true
	adopted.Await.Operation = &op
	adopted.Compensate = func(workflow.Context, lro.Outcome) error { *compensated++; return nil }
	return adopted
}

// TestAdoptDone: an operation that was done before the step has ended, whatever becomes of the
// step. No call is made for it.
func TestAdoptDone(t *testing.T) {
	t.Parallel()
	const target = "projects/p/things/done"
	named := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/gone"} // no record is left
	succeeded := lro.Operation{Response: json.RawMessage(`{"name":"x"}`)}
	failed := lro.Operation{Error: &lro.Status{Code: lro.CodeInternal, Message: "no"}}
	invalid := workflows.RunAllOptions{OnFailure: "cancelrest"}
	tests := map[string]struct {
		reason      string
		ref         lro.Ref
		op          lro.Operation
		change      func(*step)
		together    bool // beside an operation that runs, by RunAll
		options     workflows.RunAllOptions
		cancel      bool             // of the workflow, before the step
		want        func(error) bool // of the workflow's error
		compensated int
	}{
		"canceled":                   {reason: "it had succeeded", op: succeeded, cancel: true, want: temporal.IsCanceledError, compensated: 1},
		"canceled, together":         {reason: "as by itself", op: succeeded, together: true, cancel: true, want: temporal.IsCanceledError, compensated: 1},
		"canceled, with a name":      {reason: "its record is not needed", ref: named, op: succeeded, together: true, cancel: true, want: temporal.IsCanceledError, compensated: 1},
		"canceled, without response": {reason: "an empty one", ref: named, together: true, cancel: true, want: temporal.IsCanceledError, compensated: 1},
		"failed, together":           {reason: "its sibling is canceled", op: failed, together: true, want: isFailure(lro.TypeOperationFailed)},
		"failed and canceled":        {reason: "a failure outranks the cancel", op: failed, together: true, cancel: true, want: isFailure(lro.TypeOperationFailed)},
		"refused":                    {reason: "it had succeeded", op: succeeded, change: func(s *step) { s.Name = " x" }, want: isFailure(lro.TypeInvalidInput), compensated: 1},
		"refused for a request":      {reason: "it is none of the operation", ref: named, op: succeeded, change: func(s *step) { s.Request = 1 }, want: isFailure(lro.TypeInvalidInput), compensated: 1},
		"refused options":            {reason: "of the set", op: succeeded, together: true, options: invalid, want: isFailure(lro.TypeInvalidInput), compensated: 1},
		"refused, failed":            {reason: "there is nothing to take back", op: failed, change: func(s *step) { s.Name = " x" }, want: isFailure(lro.TypeInvalidInput)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			running := w.service.Start(operationName, forever)
			if tt.cancel {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Second)
			}
			compensated := 0
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					_ = workflow.Sleep(ctx, time.Minute)
					done := adoptDone(tt.ref, target, tt.op, &compensated)
					if tt.change != nil {
						tt.change(&done)
					}
					if tt.together {
						return workflows.RunAllWithOptions(ctx, saga, tt.options, done, workflows.Adopt[struct{}](running, "projects/p/things/running"))
					}
					_, err := workflows.Run(ctx, saga, done)
					return err
				})
			})
			if !tt.want(err) || compensated != tt.compensated {
				t.Errorf("%s: %v; compensated %d times", tt.reason, err, compensated)
			}
			if tt.together {
				w.service.AssertNoneRunning(t)
			} else if w.service.Count() > 0 {
				t.Errorf("%s: %d calls", tt.reason, w.service.Count())
			}
		})
	}
}

// TestAdoptDoneAlone: without a saga, too, the operation beside one that was done is canceled with
// the workflow; and nothing but a cancel of something that runs makes a set canceled.
func TestAdoptDoneAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	running := w.service.Start(operationName, forever)
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Second)
	compensated := 0
	err := w.run(func(ctx workflow.Context) error {
		_ = workflow.Sleep(ctx, time.Minute)
		done := adoptDone(lro.Ref{}, "projects/p/things/done", lro.Operation{}, &compensated)
		if err := workflows.RunAll(ctx, nil, done); err != nil {
			t.Errorf("all had succeeded before: %v", err)
		}
		return workflows.RunAll(ctx, nil, done, workflows.Adopt[struct{}](running, "projects/p/things/running"))
	})
	if !temporal.IsCanceledError(err) {
		t.Errorf("got %v, want the cancel", err)
	}
	w.service.AssertNoneRunning(t)
}

// TestAdoptDoneNames: operations without a name are steps of their targets. Of two with one target
// the second is refused, and taken back all the same.
func TestAdoptDoneNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	compensated := 0
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			for _, target := range []string{"projects/p/things/one", "projects/p/things/two", "projects/p/things/two"} {
				if err != nil {
					t.Errorf("before %s: %v", target, err)
				}
				_, err = workflows.Run(ctx, saga, adoptDone(lro.Ref{}, target, lro.Operation{}, &compensated))
			}
			return err
		})
	})
	if !isFailure(lro.TypeInvalidInput)(err) || compensated != 3 {
		t.Errorf("%v; compensated %d times, want 3", err, compensated)
	}
}

// TestEmptyResponse: an operation that was done before, and whose response is empty, is not read
// again for its result.
func TestEmptyResponse(t *testing.T) {
	t.Parallel()
	type thing struct{ Name string }
	w := newWorld(t)
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName} // no record is left
	adopted := workflows.Adopt[thing](ref, "projects/p/things/done")
	adopted.Await.Operation = &lro.Operation{Name: ref.Name, Done: true}
	err := w.run(func(ctx workflow.Context) error {
		if _, err := workflows.Run(ctx, nil, adopted); err != nil {
			return err
		}
		_, err := workflows.RunEach(ctx, nil, adopted)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if w.service.Count() > 0 {
		t.Errorf("%d calls", w.service.Count())
	}
}

// TestAdoptRefusedOptions: the undo of a step that was refused has the step's own options, unless
// these are invalid themselves.
func TestAdoptRefusedOptions(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason  string
		change  func(*step)
		attempt time.Duration
	}{
		"valid":   {reason: "the name is refused", change: func(s *step) { s.Name = " x" }, attempt: 7 * time.Second},
		"invalid": {reason: "they are the default", change: func(s *step) { s.Await.Timeout = -1 }, attempt: workflows.DefaultAttemptTimeout},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var attempt time.Duration
			w.env.RegisterActivityWithOptions(func(ctx context.Context, _ starters.RemoveInput) (starters.RemoveOutput, error) {
				attempt = activity.GetInfo(ctx).StartToCloseTimeout
				return starters.RemoveOutput{Result: starters.RemoveDeleted}, nil
			}, activity.RegisterOptions{Name: "test.Remove"})
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					done := adoptDone(lro.Ref{}, "projects/p/things/done", lro.Operation{}, new(int))
					done.Undo, done.AttemptTimeout = "test.Remove", 7*time.Second
					row.change(&done)
					_, err := workflows.Run(ctx, saga, done)
					return err
				})
			})
			if !isFailure(lro.TypeInvalidInput)(err) || attempt != row.attempt {
				t.Errorf("%s: %v; an attempt to undo has %v, want %v", row.reason, err, attempt, row.attempt)
			}
		})
	}
}

// TestAdoptFailedSince: the undo of a failed operation that the caller has started deletes only what was made since the
// operation began, if that is known. A stranger may have made the target before.
func TestAdoptFailedSince(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC)
	rows := map[string]struct {
		reason   string
		metadata string
		together bool
		want     time.Time // zero for the workflow's start
	}{
		"told":     {reason: "by its metadata", metadata: `{"startTime":"2026-11-28T07:00:00Z"}`, want: began},
		"together": {reason: "by what the start returned: a set's outcomes have no metadata", metadata: `{"startTime":"2026-11-28T07:00:00Z"}`, together: true, want: began},
		"untold":   {reason: "the caller started it within the workflow", metadata: `{}`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			w.service.Put(instanceName, nil)
			var removed []starters.RemoveInput
			w.env.RegisterActivityWithOptions(func(_ context.Context, in starters.RemoveInput) (starters.RemoveOutput, error) {
				removed = append(removed, in)
				return starters.RemoveOutput{Result: starters.RemoveDeleted}, nil
			}, activity.RegisterOptions{Name: "test.Remove"})
			var start time.Time
			err := w.run(func(ctx workflow.Context) error {
				start = workflow.GetInfo(ctx).WorkflowStartTime
				_ = workflow.Sleep(ctx, time.Hour)
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					failed := workflows.Adopt[struct{}](lro.Ref{}, "projects/p/things/t")
					failed.Undo = "test.Remove"
					failed.Await.Operation = &lro.Operation{
						Name: operationName, Done: true, Error: &lro.Status{Code: lro.CodeAlreadyExists}, Metadata: json.RawMessage(row.metadata),
					}
					return runAdopted(ctx, saga, failed, row.together)
				})
			})
			want := row.want
			if want.IsZero() {
				want = start
			}
			if !isFailure(lro.TypeOperationFailed)(err) || len(removed) != 1 || !removed[0].Since.Equal(want) {
				t.Errorf("%s: %v; removes %+v, want since %v", row.reason, err, removed, want)
			}
		})
	}
}
