package workflows_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// undoes returns an undo that fails with the given text, or succeeds for "".
func undoes(text string) func(workflow.Context) error {
	return func(workflow.Context) error {
		if text == "" {
			return nil
		}
		return errors.New(text)
	}
}

// leaves returns a workflow whose saga cannot undo a resource of each name, and which
// ends with what does returns.
func leaves(does func(workflow.Context) error, names ...string) func(workflow.Context) error {
	return func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			for _, name := range names {
				if err := saga.Add(name, undoes(name+" is stuck")); err != nil {
					return err
				}
			}
			return does(ctx)
		})
	}
}

func failsAsChild(workflow.Context) error { return errors.New("child failed") }

// A saga names what the sagas inside it have left, wherever their failure comes from.
func TestNestedSagas(t *testing.T) {
	t.Parallel()
	child := leaves(failsAsChild, "child-a", "child-b")
	asChild := func(ctx workflow.Context) error { return workflow.ExecuteChildWorkflow(ctx, "child").Get(ctx, nil) }
	around := func(undo, does func(workflow.Context) error) func(workflow.Context) error {
		return func(ctx workflow.Context) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: time.Minute}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
				if err := saga.Add("parent", undo); err != nil {
					return err
				}
				return does(ctx)
			})
		}
	}
	inner := "could not undo: child-a, child-b, because: child-a is stuck; it began with: child failed"
	tests := map[string]struct {
		reason    string
		workflow  func(workflow.Context) error
		resources []string
		undos     []string // how each of UndoErrors begins
		cause     string
	}{
		"child": {"the cause is a child workflow's", leaves(asChild, "parent"),
			[]string{"parent", "child-a", "child-b"}, []string{"parent is stuck", "child-a is stuck", "child-b is stuck"}, "child failed"},
		"inline": {"the cause is of the same workflow", leaves(child, "parent"),
			[]string{"parent", "child-a", "child-b"}, []string{"parent is stuck", "child-a is stuck", "child-b is stuck"}, "child failed"},
		"in an undo": {"the undo left it", around(child, func(workflow.Context) error { return errors.New("failed") }),
			[]string{"parent", "child-a", "child-b"}, []string{inner, "child-a is stuck", "child-b is stuck"}, "failed"},
		"in both": {"each is named once", around(child, child),
			[]string{"parent", "child-a", "child-b"}, []string{inner, "child-a is stuck", "child-b is stuck"}, "child failed"},
		"in an undo whose time is up": {"what it left is named all the same", around(leaves(func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) }, "child-a"), failsAsChild),
			[]string{"parent", "child-a"}, []string{"could not undo: child-a", "no time is left"}, "child failed"},
		"undone outside": {"the child's are left", around(undoes(""), asChild),
			[]string{"child-a", "child-b"}, []string{"child-a is stuck", "child-b is stuck"}, "child failed"},
		"joined": {"another failure stands before it, and a cancel", around(undoes(""), func(ctx workflow.Context) error {
			return errors.Join(temporal.NewCanceledError(), activities.NewError(lro.Failure{Type: lro.TypeAwaitTimeout}), child(ctx))
		}), []string{"child-a", "child-b"}, []string{"child-a is stuck", "child-b is stuck"}, "operation had not ended by the deadline, and the wait left it running"},
		"side by side": {"both branches have left something, and the cancel of the second is none", around(undoes(""), func(ctx workflow.Context) error {
			return workflows.Parallel(ctx, child, leaves(func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) }, "sibling"))
		}), []string{"child-a", "child-b", "sibling"}, []string{"child-a is stuck", "child-b is stuck", "sibling is stuck"}, "child failed"},
		"a sibling's": {"the first branch has left nothing", func(ctx workflow.Context) error {
			return workflows.Parallel(ctx, failsAsChild, leaves(func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) }, "sibling"))
		}, []string{"sibling"}, []string{"sibling is stuck"}, "child failed"},
		"three deep": {"a name is passed on by each", leaves(leaves(asChild, "middle"), "parent"),
			[]string{"parent", "middle", "child-a", "child-b"}, []string{"parent is stuck", "middle is stuck", "child-a is stuck", "child-b is stuck"}, "child failed"},
		"the same": {"both reasons are told", around(undoes("another reason"), leaves(failsAsChild, "parent", "other")),
			[]string{"parent", "other"}, []string{"another reason; parent is stuck", "other is stuck"}, "child failed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.env.RegisterWorkflowWithOptions(child, workflow.RegisterOptions{Name: "child"})
			err := w.run(tt.workflow)
			f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
			if !slices.Equal(f.Resources, tt.resources) || !slices.EqualFunc(f.UndoErrors, tt.undos, strings.HasPrefix) {
				t.Errorf("%s: names %q for %q", tt.reason, f.Resources, f.UndoErrors)
			}
			if temporal.IsCanceledError(err) || f.Cause == nil || f.Cause.Message != tt.cause {
				t.Errorf("%s: %v with cause %+v", tt.reason, err, f.Cause)
			}
		})
	}
}

// What does not fit a payload beside the sagas inside is counted.
func TestNestedSagasOmit(t *testing.T) {
	t.Parallel()
	const each = 7000
	names := func(who string) (all []string) {
		for i := range each {
			all = append(all, fmt.Sprintf("projects/p/instances/%s/databases/%s%d", who, strings.Repeat("d", 90), i))
		}
		return all
	}
	w := newWorld(t)
	inner := func(who string, omitted int) error {
		return activities.NewError(lro.Failure{Type: lro.TypeCompensationFailed, Resources: names(who), ResourcesOmitted: omitted, UndoErrors: []string{"stuck"}})
	}
	both := func(workflow.Context) error { return errors.Join(inner("a", 5), inner("b", 7)) }
	f := testsuite.AssertFailure(t, w.run(leaves(both, "outer")), lro.TypeCompensationFailed, lro.CodeUnknown)
	if named := len(f.Resources); named < each || named+f.ResourcesOmitted != 1+2*each+12 {
		t.Errorf("names %d and omits %d", named, f.ResourcesOmitted)
	}
	if size := lro.EncodedSize(f); size > lro.MaxEncodedSize {
		t.Errorf("takes %d bytes", size)
	}
	w = newWorld(t)
	f = testsuite.AssertFailure(t, w.run(leaves(func(workflow.Context) error { return inner("a", 5) })), lro.TypeCompensationFailed, lro.CodeUnknown)
	if len(f.UndoErrors) != 1 || len(f.Resources)+f.ResourcesOmitted != each+5 {
		t.Errorf("names %d and omits %d, with %d reasons", len(f.Resources), f.ResourcesOmitted, len(f.UndoErrors))
	}
}
