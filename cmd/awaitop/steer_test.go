package main_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A cancel right after the start of a wait is delivered, once.
func TestCancelAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	const waits = 20
	var all sync.WaitGroup
	for i := range waits {
		ref := s.start(fmt.Sprintf("o%d", i), testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
		all.Go(func() {
			run, err := workflows.Start(t.Context(), s.client, s.queue, ref, workflows.AwaitOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := control.Cancel(t.Context(), s.client, run.ID, ""); err != nil {
				t.Error(err)
			}
			if outcome, err := run.Get(t.Context()); !temporal.IsCanceledError(err) || outcome.Cancellation != lro.CancellationCanceled {
				t.Errorf("%v, %q", err, outcome.Cancellation)
			}
		})
	}
	all.Wait()
	if n := s.service.Count(testsuite.MethodCancel); n != waits {
		t.Errorf("%d cancels were sent for %d waits", n, waits)
	}
}

// A worker that starts late takes the updates before it. An interrupt ends a command that waits for a worker.
func TestWithoutWorker(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	awaitop(t, "await", ref.String(), "-t", s.queue, "--detach").wants(t, 1, "no worker polls the task queue "+s.queue+", so nothing was started", "-t ")
	awaitop(t, "await", ref.String(), "-t", s.queue, "--detach", "--without-worker").wants(t, 0, "started")
	eventually(t, func() error {
		p := awaitop(t, "describe", ref.String())
		if !strings.Contains(p.out.String(), "no worker has taken it from task queue "+s.queue) {
			return errors.New(p.out.String())
		}
		return nil
	})
	attached := start(t, "await", ref.String(), "-t", "another", "-o", "json")
	attached.until(t, `"differencesUnknown":"`)
	attached.until(t, "no worker has taken it")
	attached.interrupt(t)
	attached.wait(t).wants(t, 130, `"event":"detached"`)
	early := start(t, "await", ref.String(), "-t", s.queue)
	time.Sleep(time.Second) // it asks for the options of the wait, which takes until a worker comes
	early.interrupt(t)
	early.wait(t).wants(t, 130)
	abandon := start(t, "abandon", ref.String())
	abandon.until(t, "no answer yet")
	s.serve("")
	abandon.wait(t).wants(t, 0, "abandoned")
	awaitop(t, "describe", ref.String()).wants(t, 0, "abandoned")
	if n := s.service.Count(testsuite.MethodGet, testsuite.MethodCancel); n != 0 {
		t.Errorf("%d requests for a wait that was abandoned before it began", n)
	}
}

// A worker of a deployment polls too: the server counts it, current or not. On a busy machine the server registers the
// deployment some seconds after the worker serves.
func TestVersionedWorkerPolls(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("worker: {deployment: TestVersionedWorkerPolls, buildId: v1}\n")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	eventually(t, func() error {
		p := awaitop(t, "await", ref.String(), "-t", s.queue, "--detach")
		if all := p.out.String() + p.err.String(); p.status != 0 || !strings.Contains(all, "started") {
			return fmt.Errorf("exit status %d, want a wait that was started:\n%s", p.status, all)
		}
		return nil
	})
	if err := s.client.TerminateWorkflow(t.Context(), workflows.WorkflowID(ref), "", "the test is over"); err != nil {
		t.Fatal(err)
	}
}

// Workers of another program take the task of a wait, and fail it. A line says so once, with their reason.
func TestAnotherProgramsQueue(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := sdk.New(s.client, s.queue, sdk.Options{})
	w.RegisterWorkflow(inline)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	p := start(t, "await", ref.String(), "-t", s.queue)
	p.until(t, "unable to find workflow type: awaitop.AwaitOperation")
	eventually(t, func() error { // the time goes on, and the failures
		status, err := control.DescribeRef(t.Context(), s.client, ref, control.Options{WithoutQuery: true})
		if err == nil && status.TaskFailures < 3 {
			err = fmt.Errorf("%d failures so far", status.TaskFailures)
		}
		return err
	})
	p.interrupt(t)
	p.wait(t).wants(t, 130, "its workflow task fails or times out on task queue "+s.queue)
	if n := strings.Count(p.err.String(), "its workflow task fails"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, p.err.String())
	}
	if err := s.client.TerminateWorkflow(t.Context(), workflows.WorkflowID(ref), "", "the test is over"); err != nil {
		t.Fatal(err)
	}
}

// Cancel of a handle reaches a wait that has continued as new.
func TestCancelRenewed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
	run, err := workflows.Start(t.Context(), s.client, s.queue, ref, workflows.AwaitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.polled(run.ID)
	eventually(t, func() error { // the server suggests it soon
		_, _ = control.PollNow(t.Context(), s.client, run.ID) // one may meet the server's limit
		described, err := s.client.DescribeWorkflow(t.Context(), run.ID, "")
		if err == nil && described.WorkflowExecution.RunID == run.RunID {
			err = errors.New("it has not continued as new")
		}
		return err
	})
	if err := run.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	if outcome, err := run.Get(t.Context()); !temporal.IsCanceledError(err) || outcome.Cancellation != lro.CancellationCanceled {
		t.Errorf("%v, %q", err, outcome.Cancellation)
	}
	if err := run.Cancel(t.Context()); err != nil {
		t.Errorf("a cancel of a wait that has ended: %v", err)
	}
}

// Many simultaneous polls now of an operation with large metadata do not block the workflow.
func TestPollNowLarge(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.RawMetadata(
		`{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"` + strings.Repeat("x", 700<<10) + `"}`)})
	id := s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: 3 * time.Second}})
	s.polled(id)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := control.PollNow(t.Context(), s.client, id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.succeed(ref)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.client.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		t.Error(err)
	}
}

// twice awaits an operation twice, once for 3 s. It returns the end of the other wait.
func twice(ctx workflow.Context, ref lro.Ref) (took time.Duration, err error) {
	began := workflow.Now(ctx)
	err = workflows.Parallel(ctx,
		func(ctx workflow.Context) error {
			_, _ = workflows.Await(ctx, ref, workflows.AwaitOptions{Timeout: 3 * time.Second, DeadlinePolicy: workflows.CancelOnDeadline})
			return nil
		},
		func(ctx workflow.Context) error {
			_, _ = workflows.Await(ctx, ref, workflows.AwaitOptions{HeartbeatTimeout: time.Minute, Policy: lro.PollPolicy{MaximumInterval: time.Second}})
			took = workflow.Now(ctx).Sub(began)
			return nil
		})
	return took, err
}

// A wait whose poll is replaced does not end another wait's poll of the same operation.
func TestAwaitedTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(2 * time.Second)})
	run, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: s.queue, TaskQueue: s.queue}, twice, ref)
	if err != nil {
		t.Fatal(err)
	}
	var took time.Duration
	if err := run.Get(t.Context(), &took); err != nil || took > 30*time.Second {
		t.Errorf("%v, after %v: the operation ended after 5 s", err, took)
	}
}

// A poll that is replaced ends, so that only its successor reads the operation.
func TestReplacedPollEnds(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()})
	id := s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Second}})
	s.polled(id)
	if _, err := control.SetPolicy(t.Context(), s.client, id, lro.PollPolicy{MaximumInterval: 2 * time.Second}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	eventually(t, func() error {
		if _, page := w.page(t, "/metrics"); metric(page, "awaitop_waits_held", nil) != 1 {
			return errors.New("both are held")
		}
		return nil
	})
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it was held for %v more", took)
	}
}

// A cancel takes effect, but its replies are lost. An abandon of the wait then does not report it as undelivered.
func TestAbandonAfterLostReply(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0), Faults: []testsuite.Fault{testsuite.LostReply().On(testsuite.MethodCancel)}})
	id := s.await(ref, workflows.AwaitOptions{})
	s.polled(id)
	if err := s.client.CancelWorkflow(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if s.service.Count(testsuite.MethodCancel) == 0 {
			return errors.New("no cancel has been sent")
		}
		return nil
	})
	awaitop(t, "abandon", id).wants(t, 0)
	awaitop(t, "await", ref.String(), "-t", s.queue, "--detach") // one that has failed is begun anew
	err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil)
	if outcome, _ := lro.OutcomeOf(err); outcome.Cancellation == lro.CancellationUndelivered {
		t.Errorf("%v, %q", err, outcome.Cancellation)
	}
}

// While the API is down the wait repeats a cancel. The command says that the wait has taken the update, not that there is no
// worker.
func TestCancelWhileDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0), Faults: []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodCancel).During(0, 50*time.Second)}})
	s.polled(s.await(ref, workflows.AwaitOptions{}))
	awaitop(t, "cancel", ref.String()).wants(t, 1, "the wait has taken the update", "awaitop describe")
	awaitop(t, "describe", ref.String()).wants(t, 0, "canceling")
	follower := start(t, "await", ref.String(), "-t", s.queue)
	follower.wait(t).wants(t, 4, "the operation was canceled")
}
