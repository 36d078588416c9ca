package google_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/starters"
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
func byRequestID(t *testing.T) map[string]class {
	t.Helper()
	found := map[string]class{}
	for name, c := range classes {
		if exactnessOf(t, c.method).String() == exactnessOf(t, "alloydb.projects.locations.clusters.create").String() {
			found[name] = c
		}
	}
	return found
}

// After an undo, a retry within the hour starts the next generation. If that reply is lost, the next
// attempt adopts the operation of that generation, and not the earlier one's old success.
func TestLostReplyOfTheNextGeneration(t *testing.T) {
	t.Parallel()
	for name, c := range byRequestID(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := testsuite.Method(c.method)
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute}, testsuite.LostReply().On(method).Calls(3, 3))
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				b := newByHand(ctx, c)
				first, err := b.made("mine")
				if err != nil {
					return err
				}
				if _, err := b.remove("mine", first); err != nil {
					return err
				}
				_ = workflow.Sleep(ctx, 5*time.Minute)
				second, err := b.start("mine", true)
				if err == nil && (second.Ref == first.Ref || second.Operation.Done) {
					t.Errorf("the retry has adopted %s (done %t), the undone one is %s", second.Ref, second.Operation.Done, first.Ref)
				}
				return err
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			env.AssertStarted(t, method, c.target, 2)
		})
	}
}

// What a stranger has made in place of what was undone is the stranger's, although the service answers the
// requestId with the old success.
func TestStrangerAfterUndo(t *testing.T) {
	t.Parallel()
	for name, c := range byRequestID(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				b := newByHand(ctx, c)
				first, err := b.made("mine")
				if err != nil {
					return err
				}
				if _, err := b.remove("mine", first); err != nil {
					return err
				}
				_ = workflow.Sleep(ctx, 5*time.Minute)
				env.Put(c.target, nil)
				second, err := b.start("mine", true)
				if err == nil {
					t.Errorf("%s is adopted: %+v", second.Ref, second)
				}
				return err
			})
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeStartFailed, lro.CodeAlreadyExists)
			env.AssertReady(t, c.target)
		})
	}
}

// An undo leaves alone what another start has made in place of the step's own.
func TestUndoAfterStranger(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				b := newByHand(ctx, c)
				first, err := b.made("mine")
				if err != nil {
					return err
				}
				if _, err := b.remove("mine", first); err != nil {
					return err
				}
				_ = workflow.Sleep(ctx, 10*time.Minute)
				if _, err := b.made("strangers"); err != nil {
					return err
				}
				out, err := b.remove("mine", first)
				if out.Result != starters.RemoveNotOurs {
					t.Errorf("it is %q, %v", out.Result, err)
				}
				return err
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Error(err)
			}
			if !env.Exists(c.target) {
				t.Error("the stranger's is gone")
			}
		})
	}
}

// A service that remembers as many undone tries as there are generations starts nothing until it forgets
// them. None of their operations is taken for the step's own.
func TestAllGenerationsTried(t *testing.T) {
	t.Parallel()
	const tries = 16
	for name, c := range byRequestID(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{})
			env.Plan(testsuite.Method(c.method), make([]testsuite.Script, tries+1)...)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				b := newByHand(ctx, c)
				for i := range tries {
					out, err := b.start("mine", i > 0)
					if err != nil {
						return err
					}
					_ = workflow.Sleep(ctx, 10*time.Second)
					if _, err := b.remove("mine", out); err != nil {
						return err
					}
				}
				b.tries = 1
				if out, err := b.start("mine", true); !errors.Is(err, errNotStarted) {
					t.Errorf("it has %s, %v", out.Ref, err)
				}
				return nil
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Error(err)
			}
			env.AssertStarted(t, testsuite.Method(c.method), c.target, tries)
		})
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
