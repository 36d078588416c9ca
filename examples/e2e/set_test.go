package e2e

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// setInput is the input of allAwait.
type setInput struct {
	Refs    []lro.Ref
	Options workflows.AwaitAllOptions
}

// setSummary is its result: how they ended, whatever AwaitAll returned.
type setSummary struct {
	workflows.AllSummary
	Type lro.FailureType
}

// allAwait is a user's workflow that does nothing but AwaitAll.
func allAwait(ctx workflow.Context, in setInput) (setSummary, error) {
	outcome, err := workflows.AwaitAll(ctx, in.Refs, in.Options)
	if failure, ok := lro.AsFailure(err); ok {
		return setSummary{outcome.Summary(), failure.Type}, nil
	}
	return setSummary{AllSummary: outcome.Summary()}, err
}

// set starts n operations, of several databases of an instance.
func (b *bench) set(n int, script func(i int) testsuite.Script) []lro.Ref {
	var refs []lro.Ref
	for i := range n {
		refs = append(refs, b.service.Start(fmt.Sprintf("projects/p/instances/i/databases/d%d/operations/o", i), script(i)))
	}
	return refs
}

func (b *bench) awaitAll(refs []lro.Ref, options workflows.AwaitAllOptions) client.WorkflowRun {
	b.t.Helper()
	options.Policy = brisk
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, allAwait, setInput{refs, options})
	if err != nil {
		b.t.Fatalf("start: %v", err)
	}
	return run
}

// ended is how many operations have been seen to end.
func (b *bench) ended(refs []lro.Ref) int {
	n := 0
	for _, ref := range refs {
		if _, _, told := b.service.EndTimes(ref); told {
			n++
		}
	}
	return n
}

// A worker killed in mid-set loses nothing: another goes on with those that had
// not ended, and the history has an activity's events only.
func TestSetWorkerKilled(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	first := b.workerProcess()
	const n = 300
	refs := b.set(n, func(i int) testsuite.Script {
		if i >= n/3 {
			return testsuite.Script{End: testsuite.RunForever()}
		}
		return testsuite.Script{RunsFor: 2*time.Second + time.Duration(i)*30*time.Millisecond}
	})
	run := b.awaitAll(refs, workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{HeartbeatTimeout: 2 * time.Second}})
	b.waitFor("some to end", func() bool { return b.ended(refs) > n/4 })
	if err := first.Process.Kill(); err != nil {
		t.Fatalf("kill: %v", err)
	}
	_ = first.Wait()
	for _, ref := range refs[n/3:] {
		b.finish(ref)
	}
	b.workerProcess()
	var got setSummary
	if err := run.Get(b.ctx, &got); err != nil || got.Succeeded != n {
		t.Fatalf("%+v, %v, want %d successes", got, err, n)
	}
	if events := b.events(run.GetID(), run.GetRunID()); len(events) > emptyWorkflowEvents+6 {
		t.Errorf("%d events: %v", len(events), events)
	}
	if calls := b.service.Count(); calls > n {
		t.Errorf("%d calls for %d operations: %v", calls, n, b.service.Calls())
	}
}

// What the first failure does to the others.
func TestSetFailure(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	rows := map[string]struct {
		reason  string
		others  testsuite.Script
		policy  workflows.FailurePolicy
		want    workflows.AllSummary
		cancels int
	}{
		"cancel": {"they are canceled, and awaited", forever, workflows.CancelRest, workflows.AllSummary{Failed: 1, Canceled: 4}, 4},
		"await":  {"they are awaited", testsuite.Script{RunsFor: 6 * time.Second}, workflows.AwaitRest, workflows.AllSummary{Failed: 1, Succeeded: 4}, 0},
		"leave":  {"they run on", forever, workflows.LeaveRest, workflows.AllSummary{Failed: 1, Running: 4}, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{})
			refs := b.set(5, func(i int) testsuite.Script {
				if i == 2 {
					return testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeFailedPrecondition, "no")}
				}
				return row.others
			})
			var got setSummary
			if err := b.awaitAll(refs, workflows.AwaitAllOptions{OnFailure: row.policy}).Get(b.ctx, &got); err != nil {
				t.Fatal(err)
			}
			left := len(got.Left)
			got.Left = nil
			if got.Type != lro.TypeOperationFailed || fmt.Sprint(got.AllSummary) != fmt.Sprint(row.want) || left != row.want.Running {
				t.Errorf("%s: %+v, %d left, want %+v", row.reason, got, left, row.want)
			}
			if cancels := b.service.Count(testsuite.MethodCancel); cancels != row.cancels {
				t.Errorf("%s: %d cancels, want %d", row.reason, cancels, row.cancels)
			}
		})
	}
}

// A workflow's cancel is the set's, and says what became of it.
func TestSetCanceled(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{})
	refs := b.set(20, func(i int) testsuite.Script {
		if i < 5 {
			return testsuite.Script{}
		}
		return testsuite.Script{End: testsuite.RunForever()}
	})
	run := b.awaitAll(refs, workflows.AwaitAllOptions{})
	b.waitFor("some to end", func() bool { return b.ended(refs) == 5 })
	if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
		t.Fatal(err)
	}
	err := run.Get(b.ctx, nil)
	var canceled *temporal.CanceledError
	if !errors.As(err, &canceled) {
		t.Fatalf("%v, want a CanceledError", err)
	}
	var got workflows.AllSummary
	if err := canceled.Details(&got); err != nil || got.Succeeded != 5 || got.Canceled != 15 || got.Running != 0 {
		t.Errorf("%+v, %v, want 5 successes and 15 canceled", got, err)
	}
}

// A worker is killed when the API has taken 19 of a set's 20 cancels, and none has been
// reported. All 20 are told as canceled, and nothing as a failure.
func TestSetCancelWorkerKilled(t *testing.T) {
	t.Parallel()
	for name, polling := range map[string]activities.Options{"recorded each": {}, "recorded ahead": {MaxAsync: -1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 20
			b := newBench(t, benchOptions{noWorker: true})
			first := b.workerProcessWith(polling)
			refs := b.set(n, func(i int) testsuite.Script {
				script := testsuite.Script{End: testsuite.RunForever()}
				if i == n-1 {
					script.Faults = []testsuite.Fault{testsuite.Slow(time.Hour).On(testsuite.MethodCancel).Calls(1, 1)}
				}
				return script
			})
			run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue, WorkflowTaskTimeout: 2 * time.Second}, tellSet,
				setInput{refs, workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Policy: brisk, HeartbeatTimeout: 2 * time.Second}}})
			if err != nil {
				t.Fatal(err)
			}
			b.waitFor("a read", func() bool { return b.service.Count() > 0 })
			if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
				t.Fatal(err)
			}
			b.waitFor("19 to be canceled", func() bool { return len(b.service.Running()) == 1 && b.service.Count(testsuite.MethodCancel) == n })
			_ = first.Process.Kill()
			_ = first.Wait()
			b.workerProcessWith(polling)
			var tales []told
			if err := run.Get(b.ctx, &tales); err != nil || len(tales) != n {
				t.Fatalf("%d told, %v", len(tales), err)
			}
			for _, tale := range tales {
				if tale.State != lro.StateCanceled || tale.Cancellation != lro.CancellationCanceled || tale.Failure != "" {
					t.Errorf("%s is told as %s", tale.Ref, tale)
				}
			}
		})
	}
}
