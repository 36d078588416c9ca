package google_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// unmarked are the classes whose resources and operations bear no key.
var unmarked = map[string]bool{
	"own id and metadata": true, "own id and metadata, a pool": true, "own id and age": true, "own id, and age of operation": true,
}

// ended is how a child has ended, as the tests compare it.
type ended struct {
	Type      lro.FailureType // "" for a success
	Field     string
	Message   string
	Resources []string
	Adopted   bool
	Removal   starters.RemoveResult
	Ref       lro.Ref
}

// child runs a RunOperation or an UndoOperation to its end.
func child(ctx workflow.Context, name string, in map[string]any) (out ended, raw map[string]any) {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
	err := workflow.ExecuteChildWorkflow(ctx, name, in).Get(ctx, &raw)
	if f, ok := lro.AsFailure(err); ok {
		return ended{Type: f.Type, Field: f.Field, Message: err.Error(), Resources: f.Resources}, raw
	}
	out.Adopted, _ = raw["adopted"].(bool)
	removal, _ := raw["removal"].(string)
	out.Removal = starters.RemoveResult(removal)
	if text, ok := raw["ref"].(string); ok {
		out.Ref, err = lro.ParseRef(text)
	}
	if err != nil {
		out.Message = err.Error()
	}
	return out, raw
}

// asCaller is the class's input in the name of a workflow that began at since.
func (c class) asCaller(id string, since time.Time) map[string]any {
	run := uuid.NewSHA1(uuid.Nil, []byte(id)).String()
	return c.input(map[string]any{"workflowId": id, "firstRunId": run, "runId": run, "step": "it", "since": since})
}

// The saga of the documents: another caller has made the target, or is about to. The run is refused, and the undo
// without an outcome leaves the target and its operation alone.
func TestUndoOfRefused(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		for _, running := range []bool{false, true} {
			if running && c.unlisted {
				continue // nothing tells that one runs
			}
			t.Run(name+map[bool]string{true: ", running", false: ", made"}[running], func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{RunsFor: 2 * time.Hour})
				env.ExecuteWorkflow(func(ctx workflow.Context) ([]ended, error) {
					since := workflow.Now(ctx)
					ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{})
					others := workflow.ExecuteChildWorkflow(ctx, workflows.RunOperationName, c.asCaller("other", since))
					if running {
						_ = workflow.Sleep(ctx, time.Minute)
					} else if err := others.Get(ctx, nil); err != nil {
						return nil, err
					}
					mine := c.asCaller("mine", since)
					run, _ := child(ctx, workflows.RunOperationName, mine)
					mine["undoWindow"] = "600s"
					undo, _ := child(ctx, workflows.UndoOperationName, mine)
					return []ended{run, undo}, others.Get(ctx, nil)
				})
				var got []ended
				if err := env.GetWorkflowResult(&got); err != nil {
					t.Fatalf("the other's run: %v", err)
				}
				run, undo := got[0], got[1]
				if run.Type != lro.TypeStartFailed || !strings.Contains(run.Message, "ALREADY_EXISTS") {
					t.Errorf("the run ended with %+v, want that it is refused", run)
				}
				if unmarked[name] && (undo.Type != lro.TypeCompensationFailed || len(undo.Resources) != 1 || undo.Resources[0] != c.target || !strings.Contains(undo.Message, "outcome")) {
					t.Errorf("the undo ended with %+v, want that it says it cannot tell", undo)
				}
				if undo.Removal == starters.RemoveDeleted {
					t.Errorf("the undo ended with %+v", undo)
				}
				env.AssertStarted(t, testsuite.Method(c.method), c.target, 1)
				if !env.Exists(c.target) {
					t.Errorf("the other's %s is gone", c.target)
				}
			})
		}
	}
}

// A key alone adopts what bears it. What nothing marks it adopts only with since.
func TestRunAgainByKey(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		if c.unlisted {
			continue // an API key says when it was made, but its service's fake lists nothing
		}
		for _, tells := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", since", false: ", key alone"}[tells], func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
				env.ExecuteWorkflow(func(ctx workflow.Context) ([]ended, error) {
					in := c.input(map[string]any{"key": "order 7"})
					if tells {
						in["since"] = workflow.Now(ctx)
					}
					first, _ := child(ctx, workflows.RunOperationName, in)
					second, _ := child(ctx, workflows.RunOperationName, in)
					return []ended{first, second}, nil
				})
				var got []ended
				if err := env.GetWorkflowResult(&got); err != nil || got[0].Type != "" {
					t.Fatalf("%+v, %v", got, err)
				}
				refused := unmarked[name] && !tells
				switch second := got[1]; {
				case refused && (second.Type != lro.TypeStartFailed || !strings.Contains(second.Message, "ALREADY_EXISTS") || !strings.Contains(second.Message, "since")):
					t.Errorf("the second run ended with %+v, want a refusal that names since", second)
				case !refused && second.Type != "":
					t.Errorf("the second run ended with %+v, want that it adopts", second)
				}
				env.AssertStarted(t, testsuite.Method(c.method), c.target, 1)
			})
		}
	}
}

// A resource that the service keeps although its operation has failed is no success of a second run, listed or not.
func TestRunAgainOfFailed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"label", "label, GKE", "label, Cloud SQL"} {
		for _, listed := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", listed", false: ", unlisted"}[listed], func(t *testing.T) {
				t.Parallel()
				c := classes[name]
				method := testsuite.Method(c.method)
				env := testsuite.NewEnv(t, testsuite.Options{Service: c.host(t), KeepsFailed: true, Plans: map[testsuite.Method][]testsuite.Script{
					method: {{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeInternal, "no")}},
				}})
				if !listed {
					env.AddFaults(testsuite.NotFound().On(testsuite.MethodList))
				}
				env.ExecuteWorkflow(func(ctx workflow.Context) ([]ended, error) {
					in := c.input(map[string]any{"key": "order 7", "withoutUndo": true})
					first, _ := child(ctx, workflows.RunOperationName, in)
					second, _ := child(ctx, workflows.RunOperationName, in)
					return []ended{first, second}, nil
				})
				var got []ended
				if err := env.GetWorkflowResult(&got); err != nil || got[0].Type != lro.TypeOperationFailed {
					t.Fatalf("%+v, %v", got, err)
				}
				if got[1].Type != lro.TypeOperationFailed {
					t.Errorf("the second run ended with %+v, want that it fails, too", got[1])
				}
				env.AssertStarted(t, method, c.target, 1)
			})
		}
	}
}

// An undo by the key alone, an hour later, deletes what bears the key, says of the rest that it cannot tell, and is
// done where nothing is.
func TestUndoByKey(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		for _, made := range []bool{true, false} {
			t.Run(name+map[bool]string{true: ", made", false: ", not there"}[made], func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
				env.ExecuteWorkflow(func(ctx workflow.Context) (ended, error) {
					in := c.input(map[string]any{"key": "order 7", "undoWindow": "600s"})
					if made {
						if run, _ := child(ctx, workflows.RunOperationName, in); run.Type != "" {
							return run, nil
						}
						_ = workflow.Sleep(ctx, time.Hour)
					}
					undo, _ := child(ctx, workflows.UndoOperationName, in)
					return undo, nil
				})
				var undo ended
				if err := env.GetWorkflowResult(&undo); err != nil {
					t.Fatal(err)
				}
				switch leaves := made && unmarked[name]; {
				case leaves && (undo.Type != lro.TypeCompensationFailed || !env.Exists(c.target)):
					t.Errorf("%+v, exists %t, want that it cannot tell", undo, env.Exists(c.target))
				case !leaves && (undo.Type != "" || env.Exists(c.target)):
					t.Errorf("%+v, exists %t, want that it is undone", undo, env.Exists(c.target))
				}
			})
		}
	}
}

// An outcome proves only what is of the method and the target. Another's operation is refused, and not canceled.
func TestUndoByAnothersOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
			other := c
			other.target = c.target + "x"
			env.ExecuteWorkflow(func(ctx workflow.Context) (ended, error) {
				run, outcome := child(ctx, workflows.RunOperationName, other.input(map[string]any{"key": "other"}))
				if run.Type != "" {
					return run, nil
				}
				if run, _ = child(ctx, workflows.RunOperationName, c.input(map[string]any{"key": "mine"})); run.Type != "" {
					return run, nil
				}
				undo, _ := child(ctx, workflows.UndoOperationName, c.input(map[string]any{"key": "mine", "outcome": outcome, "undoWindow": "600s"}))
				return undo, nil
			})
			var undo ended
			if err := env.GetWorkflowResult(&undo); err != nil || undo.Type != lro.TypeInvalidInput || undo.Field != "outcome.ref" {
				t.Errorf("%+v, %v, want that outcome.ref is refused", undo, err)
			}
			if !env.Exists(c.target) || !env.Exists(other.target) {
				t.Errorf("exists: %t, the other: %t", env.Exists(c.target), env.Exists(other.target))
			}
		})
	}
}
