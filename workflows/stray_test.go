package workflows_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// completedByHand is a registry that replaces the first results of one activity by a text,
// as if the activity had been completed by hand.
type completedByHand struct {
	activities.Registry
	name, result string
	times        int

	mu   sync.Mutex
	made int
}

func (c *completedByHand) RegisterActivityWithOptions(run any, options activity.RegisterOptions) {
	if options.Name == c.name {
		inner := reflect.ValueOf(run)
		run = func(ctx context.Context, raw json.RawMessage) (json.RawMessage, error) {
			if c.next() {
				return json.RawMessage(c.result), nil
			}
			in := reflect.New(inner.Type().In(1))
			if err := json.Unmarshal(raw, in.Interface()); err != nil {
				return nil, err
			}
			out := inner.Call([]reflect.Value{reflect.ValueOf(ctx), in.Elem()})
			if err, _ := out[1].Interface().(error); err != nil {
				return nil, err
			}
			return json.Marshal(out[0].Interface())
		}
	}
	c.Registry.RegisterActivityWithOptions(run, options)
}

func (c *completedByHand) next() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	return c.made <= c.times
}

func (w *world) completedByHand(name, result string, times int) *completedByHand {
	c := &completedByHand{Registry: w.env, name: name, result: result, times: times}
	w.register(c)
	return c
}

// strays are results that no activity of awaitop returns.
var strays = map[string]string{
	"text": `"x"`, "list": `[1]`, "empty": `{}`, "null": `null`, "number": `17`, "mistyped": `{"operation":17,"states":7,"result":{},"found":"x"}`,
	"another": `{"operation":{"name":"projects/p/instances/i/operations/other","done":true}}`, "expired": `{"expired":true}`,
	"polls": `{"operation":{"done":true},"polls":-5}`,
}

// A poll that was completed by hand with a stray result is made again. The wait ends with
// the service's answer.
func TestPollCompletedByHand(t *testing.T) {
	t.Parallel()
	for name, result := range strays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newEmptyWorld(t)
			c := w.completedByHand(activities.PollOperationName, result, 3)
			ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute, End: testsuite.Succeed(`{"name":"x"}`)})
			outcome, err := w.await(ref, workflows.AwaitOptions{})
			if err != nil || string(outcome.Operation.Response) != `{"name":"x"}` || c.made < 4 {
				t.Errorf("%v, response %s after %d polls", err, outcome.Operation.Response, c.made)
			}
		})
	}
}

// If a poll's result is a stray each time, the wait fails and says why.
func TestPollCompletedByHandForEver(t *testing.T) {
	t.Parallel()
	w := newEmptyWorld(t)
	c := w.completedByHand(activities.PollOperationName, `{}`, 1000)
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Minute})
	_, err := w.await(ref, workflows.AwaitOptions{})
	f, _ := lro.AsFailure(err)
	if f.Type != lro.TypePollFailed || !strings.Contains(f.Message(), "completed by hand with a result that it does not return") || c.made != 10 {
		t.Errorf("%v after %d polls", err, c.made)
	}
}

// A poll may be completed by hand with the end of its operation: that ends the wait.
func TestPollCompletedByHandDone(t *testing.T) {
	t.Parallel()
	w := newEmptyWorld(t)
	w.completedByHand(activities.PollOperationName, `{"operation":{"name":"`+operationName+`","done":true,"error":{"code":9,"message":"by hand"}}}`, 1)
	ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
	_, err := w.await(ref, workflows.AwaitOptions{})
	testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeFailedPrecondition)
}

// A response that was written by hand and does not fit a payload is no success without a
// response.
func TestPollCompletedByHandTooLarge(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ reason, response string }{
		"large": {"it takes 6 MiB of JSON", `"` + strings.Repeat("<", 1<<20) + `"`},
		"deep":  {"other programs do not decode it", strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000)},
	}
	for name, tt := range tests {
		for _, activity := range []string{activities.PollOperationName, activities.GetOperationName} {
			t.Run(name+" "+activity, func(t *testing.T) {
				t.Parallel()
				w := newEmptyWorld(t)
				operation := `{"done":true,"response":` + tt.response + `}`
				if activity == activities.PollOperationName {
					w.completedByHand(activity, `{"operation":`+operation+`}`, 1)
				} else {
					w.completedByHand(activity, operation, 1)
					w.update(time.Minute, workflows.PollNowUpdate)
				}
				ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
				_, err := w.await(ref, workflows.AwaitOptions{Policy: slow})
				f := testsuite.AssertFailure(t, err, lro.TypeResultTooLarge, lro.CodeUnknown)
				if !f.Operation.Truncated || f.Operation.Response != nil || lro.EncodedSize(f) > lro.MaxEncodedSize {
					t.Errorf("%s: %d bytes, truncated %t", tt.reason, lro.EncodedSize(f), f.Operation.Truncated)
				}
			})
		}
	}
}

// A poll now that was completed by hand with a stray result fails the update, not the wait.
func TestPollNowCompletedByHand(t *testing.T) {
	t.Parallel()
	for name, result := range strays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newEmptyWorld(t)
			w.completedByHand(activities.GetOperationName, result, 1)
			ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Hour})
			polled := w.update(time.Minute, workflows.PollNowUpdate)
			if _, err := w.await(ref, workflows.AwaitOptions{Policy: slow}); err != nil {
				t.Fatal(err)
			}
			if f, _ := lro.AsFailure(polled.err); f.Type != lro.TypePollFailed || f.Ref != ref {
				t.Errorf("%+v", polled)
			}
		})
	}
}

// A cancel that was completed by hand with a stray result is sent all the same.
func TestCancelCompletedByHand(t *testing.T) {
	t.Parallel()
	for name, result := range strays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newEmptyWorld(t)
			w.completedByHand(activities.CancelOperationName, result, 2)
			ref := w.service.Start(operationName, testsuite.Script{End: testsuite.RunForever()})
			w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Minute)
			outcome, err := w.await(ref, workflows.AwaitOptions{})
			if outcome.Cancellation != lro.CancellationCanceled {
				t.Errorf("cancellation %q, %v", outcome.Cancellation, err)
			}
			w.service.AssertCalls(t, testsuite.MethodCancel, 1)
		})
	}
}

// Stray results neither end nor wedge a set.
func TestSetCompletedByHand(t *testing.T) {
	t.Parallel()
	for _, name := range []string{activities.PollOperationsName, activities.CancelOperationsName} {
		for kind, result := range strays {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				w := newEmptyWorld(t)
				c := w.completedByHand(name, result, 2)
				all, err := w.awaitAll(workflows.AwaitAllOptions{},
					testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeInternal, "no")}, testsuite.Script{End: testsuite.RunForever()})
				testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeInternal)
				if got := ends(all); got[0] != "failed OperationFailed" || got[1] != "canceled canceled" || c.made < 3 {
					t.Errorf("%q after %d activities", got, c.made)
				}
			})
		}
	}
}

// A start that was completed by hand may have been made: what it started is found, and
// not started again. An undo that was is done.
func TestStepCompletedByHand(t *testing.T) {
	t.Parallel()
	for kind, result := range strays {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newEmptyWorld(t)
			ref := w.service.Start(operationName, testsuite.Script{RunsFor: time.Second})
			c := w.completedByHand(activities.PollOperationName, `{}`, 0)
			var looked []starters.StartInput
			c.name, c.result, c.times = "test.Start", result, 1
			c.RegisterActivityWithOptions(func(_ context.Context, in starters.StartInput) (starters.StartOutput, error) {
				looked = append(looked, in)
				return starters.StartOutput{Found: true, Ref: ref, Operation: lro.Operation{Name: ref.Name}, Adopted: in.Retried}, nil
			}, activity.RegisterOptions{Name: "test.Start"})
			undo := &completedByHand{Registry: w.env, name: "test.Undo", result: result, times: 2}
			removed := 0
			undo.RegisterActivityWithOptions(func(context.Context, starters.RemoveInput) (starters.RemoveOutput, error) {
				removed++
				return starters.RemoveOutput{Result: starters.RemoveDeleted}, nil
			}, activity.RegisterOptions{Name: "test.Undo"})
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					var made workflows.StepOutcome
					_, err = workflows.Run(ctx, saga, workflows.Step[struct{}]{Activity: "test.Start", Undo: "test.Undo", Target: instanceName, Outcome: &made})
					if err == nil && !made.Adopted {
						t.Error("the start was made anew")
					}
					return activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: made.Outcome})
				})
			})
			if f, _ := lro.AsFailure(err); f.Type != lro.TypeOperationFailed {
				t.Errorf("%v, want what it was undone for", err)
			}
			if len(looked) != 1 || !looked[0].Retried || removed != 1 {
				t.Errorf("%d starts after the first, %+v; %d removals", len(looked), looked, removed)
			}
		})
	}
}
