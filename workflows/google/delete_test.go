package google_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// deleted are the classes whose undo is an operation, with the method of it.
func deleted(t *testing.T) map[testsuite.Method]class {
	t.Helper()
	found := map[testsuite.Method]class{}
	for _, c := range classes {
		m, err := catalog.Find(c.method)
		if err != nil {
			t.Fatal(err)
		}
		if m.Delete == catalog.DeleteByOperation {
			found[testsuite.Method(c.method[:strings.LastIndexByte(c.method, '.')+1]+"delete")] = c
		}
	}
	if len(found) < 5 {
		t.Fatalf("%d of the classes are deleted by an operation", len(found))
	}
	return found
}

// An undo whose delete runs for many attempts has deleted the resource, and says so.
func TestLongDelete(t *testing.T) {
	t.Parallel()
	for method, c := range deleted(t) {
		t.Run(string(method), func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{})
			env.Plan(method, testsuite.Script{RunsFor: 20 * time.Minute})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				b := newByHand(ctx, c)
				made, err := b.made("mine")
				if err != nil {
					return err
				}
				out, err := b.remove("mine", made)
				if out.Result != starters.RemoveDeleted {
					t.Errorf("it is %q, %v", out.Result, err)
				}
				return err
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Error(err)
			}
			env.AssertStarted(t, method, c.target, 1)
			if env.Exists(c.target) {
				t.Error("it is left")
			}
		})
	}
}

// A delete whose operation fails is not taken for one that has deleted: it is made again, and the last
// failure is the undo's.
func TestFailedDelete(t *testing.T) {
	t.Parallel()
	stuck := testsuite.Fail(lro.CodeInternal, "the disk is stuck")
	rows := map[string]struct {
		plan    []testsuite.Script
		started int // at least
		says    string
	}{
		"once":           {[]testsuite.Script{{RunsFor: time.Minute, End: stuck}, {RunsFor: time.Minute}}, 2, ""},
		"in its reply":   {[]testsuite.Script{{End: stuck}, {RunsFor: time.Minute}}, 2, ""},
		"always at once": {[]testsuite.Script{{End: stuck}}, 2, "the disk is stuck"},
	}
	for method, c := range deleted(t) {
		for name, row := range rows {
			t.Run(string(method)+" "+name, func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{})
				env.Plan(method, row.plan...)
				env.ExecuteWorkflow(func(ctx workflow.Context) (out starters.RemoveOutput, err error) {
					b := newByHand(ctx, c)
					made, err := b.made("mine")
					if err != nil {
						return out, err
					}
					in := starters.RemoveInput{
						Target: c.target, Method: c.method, Key: "mine", Operation: made.Ref.Name, Deadline: workflow.Now(ctx).Add(5 * time.Minute),
					}
					err = workflow.ExecuteActivity(b.ctx, names.Delete, in).Get(b.ctx, &out)
					return out, err
				})
				err := env.GetWorkflowError()
				if (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
					t.Errorf("it ends with %v", err)
				}
				if got := len(env.Started(method, c.target)); got < row.started {
					t.Errorf("%d deletes are started", got)
				}
				if env.Exists(c.target) != (row.says != "") {
					t.Errorf("the resource is there: %t", env.Exists(c.target))
				}
			})
		}
	}
}
