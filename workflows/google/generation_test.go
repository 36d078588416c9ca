package google_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// byHand is a workflow whose activities the test runs one by one, as a workflow and its retry would.
type byHand struct {
	ctx   workflow.Context
	class class
	since time.Time
	tries int // of a start
}

func newByHand(ctx workflow.Context, c class) byHand {
	return byHand{class: c, tries: 20, since: workflow.Now(ctx), ctx: workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second},
	})}
}

// start starts the class's operation for a key: in the first run of the workflow, or in its retry.
func (b byHand) start(key string, retried bool) (out starters.StartOutput, err error) {
	in := starters.StartInput{Target: b.class.target, Method: b.class.method, Key: key, Since: b.since, Retried: retried}
	for range b.tries {
		err = workflow.ExecuteActivity(b.ctx, names.Start, in).Get(b.ctx, &out)
		if err != nil || out.Found {
			return out, err
		}
		in.Known, out = out.Again.Known, starters.StartOutput{}
		_ = workflow.Sleep(b.ctx, 5*time.Second)
	}
	return out, errNotStarted
}

var errNotStarted = errors.New("it is not started")

// made starts the operation and awaits its end.
func (b byHand) made(key string) (starters.StartOutput, error) {
	out, err := b.start(key, false)
	_ = workflow.Sleep(b.ctx, 6*time.Minute)
	return out, err
}

// remove deletes what an operation has made.
func (b byHand) remove(key string, made starters.StartOutput) (out starters.RemoveOutput, err error) {
	in := starters.RemoveInput{Target: b.class.target, Method: b.class.method, Key: key, Operation: made.Ref.Name}
	err = workflow.ExecuteActivity(b.ctx, names.Delete, in).Get(b.ctx, &out)
	return out, err
}

// byRequestID are the classes whose methods take a requestId.
func byRequestID() map[string]class {
	found := map[string]class{}
	for name, c := range classes {
		if c.exact == catalog.ByRequestID {
			found[name] = c
		}
	}
	return found
}

// undone makes what the class's method makes, and deletes it again, as an undo does.
func (b byHand) undone(key string) (starters.StartOutput, error) {
	out, err := b.made(key)
	if err != nil {
		return out, err
	}
	_, err = b.remove(key, out)
	_ = workflow.Sleep(b.ctx, 5*time.Minute)
	return out, err
}

// generations are lives of a name after an undo: what the step's retry does, and what a stranger's resource of the
// name is taken for.
var generations = map[string]struct {
	reason    string
	remembers bool // of the methods that take a requestId alone
	faults    []testsuite.Fault
	plans     int // starts, all of the same script
	do        func(t *testing.T, env *testsuite.Env, b byHand) error
	refused   bool // as another caller's
	started   int  // by the method; strangers' that are put are not counted
	left      bool // a resource of the name
}{
	"the next reply is lost": {
		reason: "the next attempt adopts that generation's operation, and not the earlier one's old success", remembers: true,
		faults: []testsuite.Fault{testsuite.LostReply().Calls(3, 3)}, started: 2, left: true,
		do: func(t *testing.T, _ *testsuite.Env, b byHand) error {
			first, err := b.undone("mine")
			if err != nil {
				return err
			}
			second, err := b.start("mine", true)
			if err == nil && (second.Ref == first.Ref || second.Operation.Done) {
				t.Errorf("the retry has adopted %s (done %t), the undone one is %s", second.Ref, second.Operation.Done, first.Ref)
			}
			return err
		},
	},
	"a stranger is next": {
		reason: "it is the stranger's, although the service answers the requestId with the old success", remembers: true,
		refused: true, started: 1, left: true,
		do: func(t *testing.T, env *testsuite.Env, b byHand) error {
			if _, err := b.undone("mine"); err != nil {
				return err
			}
			env.Put(b.class.target, nil)
			second, err := b.start("mine", true)
			if err == nil {
				t.Errorf("%s is adopted: %+v", second.Ref, second)
			}
			return err
		},
	},
	"a stranger is next, then a second undo": {
		reason: "an undo leaves alone what another start has made in place of the step's own", started: 2, left: true,
		do: func(t *testing.T, _ *testsuite.Env, b byHand) error {
			first, err := b.undone("mine")
			if err != nil {
				return err
			}
			_ = workflow.Sleep(b.ctx, 5*time.Minute)
			if _, err := b.made("strangers"); err != nil {
				return err
			}
			out, err := b.remove("mine", first)
			if out.Result != starters.RemoveNotOurs {
				t.Errorf("it is %q, %v", out.Result, err)
			}
			return err
		},
	},
	"all generations are undone": {
		reason: "the service starts nothing until it forgets them, and none is taken for the step's own", remembers: true,
		plans: 17, started: 16,
		do: func(t *testing.T, _ *testsuite.Env, b byHand) error {
			for i := range 16 {
				out, err := b.start("mine", i > 0)
				if err != nil {
					return err
				}
				_ = workflow.Sleep(b.ctx, 10*time.Second)
				if _, err := b.remove("mine", out); err != nil {
					return err
				}
			}
			b.tries = 1
			if out, err := b.start("mine", true); !errors.Is(err, errNotStarted) {
				t.Errorf("it has %s, %v", out.Ref, err)
			}
			return nil
		},
	},
}

// After an undo the name is free: for the step's next generation, and for strangers.
func TestGenerations(t *testing.T) {
	t.Parallel()
	for name, row := range generations {
		of := classes
		if row.remembers {
			of = byRequestID()
		}
		for which, c := range of {
			t.Run(name+"/"+which, func(t *testing.T) {
				t.Parallel()
				method := testsuite.Method(c.method)
				env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
				for _, fault := range row.faults {
					env.AddFaults(fault.On(method))
				}
				if row.plans > 0 {
					env.Plan(method, make([]testsuite.Script, row.plans)...)
				}
				env.ExecuteWorkflow(func(ctx workflow.Context) error { return row.do(t, env, newByHand(ctx, c)) })
				if err := env.GetWorkflowError(); row.refused {
					testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
				} else if err != nil {
					t.Errorf("%s: %v", row.reason, err)
				}
				env.AssertStarted(t, method, c.target, row.started)
				if env.Exists(c.target) != row.left {
					t.Errorf("%s: it is left: %t", row.reason, !row.left)
				}
			})
		}
	}
}

// A stranger that makes the same between the look and the call keeps what it has made, and the step fails.
func TestStrangerBetweenLookAndCall(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			get := testsuite.Method(c.method[:strings.LastIndexByte(c.method, '.')+1] + "get")
			env := c.env(t, testsuite.Script{RunsFor: time.Minute}, testsuite.NotFound().On(get).For(c.target).Times(1))
			env.Put(c.target, map[string]any{"labels": map[string]any{"team": "other"}})
			env.ExecuteWorkflow(provision(c, true))
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeStartFailed, lro.CodeAlreadyExists)
			env.AssertStarted(t, testsuite.Method(c.method), c.target, 0)
			env.AssertReady(t, c.target)
		})
	}
}

// A newer operation of another method says nothing against the step's own: what that has made is deleted.
func TestUndoAfterChange(t *testing.T) {
	t.Parallel()
	c := classes["own id and metadata"]
	env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		b := newByHand(ctx, c)
		first, err := b.made("mine")
		if err != nil {
			return err
		}
		env.StartOn("bigtableadmin.projects.instances.clusters.update", c.target, testsuite.Script{Metadata: func(at testsuite.Snapshot) json.RawMessage {
			return fmt.Appendf(nil, `{"@type":"type.googleapis.com/google.bigtable.admin.v2.UpdateClusterMetadata","originalRequest":{"name":%q},"requestTime":%q}`,
				c.target, at.StartTime.Format(time.RFC3339))
		}})
		out, err := b.remove("mine", first)
		if out.Result != starters.RemoveDeleted {
			t.Errorf("it is %q, %v", out.Result, err)
		}
		return err
	})
	if err := env.GetWorkflowError(); err != nil {
		t.Error(err)
	}
}
