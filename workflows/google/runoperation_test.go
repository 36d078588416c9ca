package google_test

import (
	"strings"
	"testing"
	"time"

	sdk "go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// firstRun is the id of a first run, which tells no time.
const firstRun = "5b1c6f2e-7d1a-4a0e-9f43-3f1c1f0f6a01"

// input is the step of the class as a caller in another language gives it, with more fields.
func (c class) input(more map[string]any) map[string]any {
	in := map[string]any{"method": c.method, "target": c.target, "request": map[string]any{"body": map[string]any{"description": "d"}}}
	for field, value := range more {
		in[field] = value
	}
	return in
}

// What a step does as a workflow of its own, by class and fault.
func TestRunOperation(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		method := testsuite.Method(c.method)
		rows := map[string]struct {
			reason string
			script testsuite.Script
			faults []testsuite.Fault
			cancel bool
			want   lro.FailureType // "" for a success
		}{
			"succeeds":   {reason: "the resource is its result", script: testsuite.Script{RunsFor: 5 * time.Minute}},
			"reply lost": {reason: "one operation is started", script: testsuite.Script{RunsFor: 5 * time.Minute}, faults: []testsuite.Fault{testsuite.LostReply().On(method).Times(1)}},
			"fails":      {reason: "what it did is undone", script: testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeInternal, "no")}, want: lro.TypeOperationFailed},
			"canceled":   {reason: "what it did is undone", script: testsuite.Script{RunsFor: 5 * time.Minute, OnCancel: testsuite.IgnoreCancel()}, cancel: true, want: lro.TypeOperationCanceled},
		}
		for row, tt := range rows {
			t.Run(name+"/"+row, func(t *testing.T) {
				t.Parallel()
				env := c.env(t, tt.script, tt.faults...)
				if tt.cancel {
					env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)
				}
				env.ExecuteWorkflow(workflows.RunOperationName, c.input(map[string]any{"failWhenCanceled": true}))
				env.AssertStarted(t, method, c.target, 1)
				if tt.want != "" {
					if f, _ := lro.AsFailure(env.GetWorkflowError()); f.Type != tt.want {
						t.Errorf("%s: %v, want %s", tt.reason, env.GetWorkflowError(), tt.want)
					}
					env.AssertNothingLeft(t, c.target)
					return
				}
				var out workflows.RunOutcome
				if err := env.GetWorkflowResult(&out); err != nil || out.State() != lro.StateSucceeded {
					t.Fatalf("%s: %s, %v", tt.reason, out.State(), err)
				}
				if made, err := lro.Decode[resource](out.Operation.Response); err != nil || made.Name == "" {
					t.Errorf("%s: the result is %s, %v", tt.reason, out.Operation.Response, err)
				}
			})
		}
	}
}

// A saga in another language: what a run has made, a second workflow undoes, with and without its outcome.
func TestUndoOperation(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		for _, known := range []bool{true, false} {
			if !known && unmarked[name] {
				continue // nothing proves whose it is: TestUndoByKey
			}
			t.Run(name+map[bool]string{true: ", known", false: ", unknown"}[known], func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
				env.ExecuteWorkflow(runAndUndo(c, known))
				var out workflows.UndoOutcome
				if err := env.GetWorkflowResult(&out); err != nil || out.Removal != workflows.RemovalDeleted || out.Target != c.target {
					t.Errorf("%+v, %v, want that %s is deleted", out, err, c.target)
				}
				env.AssertStarted(t, testsuite.Method(c.method), c.target, 1)
				env.AssertNothingLeft(t, c.target)
			})
		}
	}
}

// runAndUndo runs a step and undoes it, in two children.
func runAndUndo(c class, known bool) func(ctx workflow.Context) (out workflows.UndoOutcome, err error) {
	return func(ctx workflow.Context) (out workflows.UndoOutcome, err error) {
		info := workflow.GetInfo(ctx)
		in := c.input(map[string]any{"workflowId": info.WorkflowExecution.ID, "firstRunId": firstRun, "step": "it", "since": workflow.Now(ctx)})
		ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{})
		var ran map[string]any
		if err = workflow.ExecuteChildWorkflow(ctx, workflows.RunOperationName, in).Get(ctx, &ran); err != nil {
			return out, err
		}
		if known {
			in["outcome"] = ran
		}
		_ = workflow.Sleep(ctx, 5*time.Minute)
		err = workflow.ExecuteChildWorkflow(ctx, workflows.UndoOperationName, in).Get(ctx, &out)
		return out, err
	}
}

// Two runs of a caller's step are one operation: the second adopts that of the first.
func TestRunOperationAgain(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		if c.unlisted {
			continue // nothing tells that one was started
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
			env.ExecuteWorkflow(func(ctx workflow.Context) (same bool, err error) {
				ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{})
				in := c.input(map[string]any{"workflowId": "orders-1", "firstRunId": firstRun, "runId": firstRun, "step": "it", "since": workflow.Now(ctx)})
				var first, second workflows.RunOutcome
				if err = workflow.ExecuteChildWorkflow(ctx, workflows.RunOperationName, in).Get(ctx, &first); err != nil {
					return false, err
				}
				in["runId"] = "5b1c6f2e-7d1a-4a0e-9f43-3f1c1f0f6a02"
				err = workflow.ExecuteChildWorkflow(ctx, workflows.RunOperationName, in).Get(ctx, &second)
				return second.Ref == first.Ref, err
			})
			var same bool
			if err := env.GetWorkflowResult(&same); err != nil || !same {
				t.Errorf("the operation of the first: %t, %v", same, err)
			}
			env.AssertStarted(t, testsuite.Method(c.method), c.target, 1)
		})
	}
}

// The update undoes a run under way, and one that holds; it is refused after the end.
func TestUndoUpdate(t *testing.T) {
	t.Parallel()
	c := classes["requestId and label"]
	rows := map[string]struct {
		reason           string
		after            time.Duration
		state            lro.State
		removal, message string
	}{
		"under way": {"its operation is canceled", time.Minute, lro.StateCanceled, "absent", "was undone: it was canceled; its target is not there"},
		"holding":   {"its resource is deleted", 10 * time.Minute, lro.StateSucceeded, "deleted", "was undone: what it made was deleted"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
			var undone workflows.UndoOutcome
			var second error
			env.RegisterDelayedCallback(func() {
				env.UpdateWorkflow(workflows.UndoUpdate, "", &sdk.TestUpdateCallback{
					OnAccept: func() {}, OnReject: func(err error) { t.Errorf("refused: %v", err) },
					OnComplete: func(out any, err error) {
						if err != nil {
							t.Errorf("undo: %v", err)
							return
						}
						undone = out.(workflows.UndoOutcome)
					},
				}, map[string]any{"reason": "order 7 was withdrawn"})
				env.UpdateWorkflow(workflows.UndoUpdate, "", &sdk.TestUpdateCallback{
					OnAccept: func() { t.Error("a second undo is taken") }, OnReject: func(err error) { second = err }, OnComplete: func(any, error) {},
				})
			}, row.after)
			env.ExecuteWorkflow(workflows.RunOperationName, c.input(map[string]any{"holdFor": "1h", "failWhenCanceled": true}))
			failure := testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationCanceled, lro.CodeCanceled)
			if failure.CancelReason != "order 7 was withdrawn" || failure.Removal != row.removal || !strings.HasSuffix(failure.Message(), row.message) || failure.State() != row.state || undone.Outcome.State() != row.state || second == nil {
				t.Errorf("%s: %s because of %q; the update says %+v, and the second one %v", row.reason, failure.State(), failure.CancelReason, undone, second)
			}
			env.AssertNothingLeft(t)
		})
	}
}

// What cannot be run is refused, by the field in JSON's words, before anything is sent.
func TestRunOperationInvalid(t *testing.T) {
	t.Parallel()
	c := classes["label"]
	rows := map[string]struct {
		reason, field string
		more          map[string]any
	}{
		"no method":        {"nothing to start", "method", map[string]any{"method": ""}},
		"no target":        {"nothing to make", "target", map[string]any{"target": ""}},
		"not in catalog":   {"the starter knows", "method", map[string]any{"key": "k", "method": "redis.nonsense"}},
		"unknown field":    {"misspelled", "withoutundo", map[string]any{"withoutundo": true}},
		"unknown in depth": {"misspelled", "request.mask", map[string]any{"request": map[string]any{"mask": "a"}}},
		"operation":        {"the step starts its own", "operation", map[string]any{"operation": map[string]any{"name": "o"}}},
		"no run's id":      {"a key of it is another tomorrow", "firstRunId", map[string]any{"workflowId": "w", "firstRunId": "zzz"}},
		"two owners":       {"which is it?", "workflowId", map[string]any{"key": "k", "workflowId": "w"}},
		"half an owner":    {"a key of it is another tomorrow", "firstRunId", map[string]any{"workflowId": "w"}},
		"a run alone":      {"whose?", "runId", map[string]any{"runId": "r"}},
		"since alone":      {"of what?", "since", map[string]any{"since": "2026-01-02T03:04:05Z"}},
		"negative":         {"no time", "holdFor", map[string]any{"holdFor": "-1s"}},
		"policy":           {"of the wait", "policy.coefficient", map[string]any{"policy": map[string]any{"coefficient": 0.5}}},
		"body":             {"the starter's label", "request.body.labels.awaitop_key", map[string]any{"key": "k", "request": map[string]any{"body": map[string]any{"labels": map[string]any{"awaitop_key": "a"}}}}},
		"a step's spaces":  {"two names look alike", "step", map[string]any{"step": " it"}},
		"control letters":  {"no terminal shows it", "key", map[string]any{"key": "a\nb"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{workflows.RunOperationName, workflows.UndoOperationName} {
				env := c.env(t, testsuite.Script{})
				env.ExecuteWorkflow(name, c.input(row.more))
				if f, _ := lro.AsFailure(env.GetWorkflowError()); f.Type != lro.TypeInvalidInput || f.Field != row.field {
					t.Errorf("%s, %s: %v of %q, want that %s is refused", name, row.reason, env.GetWorkflowError(), f.Field, row.field)
				}
			}
		})
	}
}
