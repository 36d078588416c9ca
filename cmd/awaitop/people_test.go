package main_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// What a poll now has read, describe and list show, although the poll that is held reads again
// in an hour, and whichever worker made the read.
func TestPollNowIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	s.serve("")
	ref := s.backup("o")
	id := s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: time.Hour, MaximumInterval: time.Hour}})
	before := s.polled(id)
	eventually(t, func() error { // 1% takes 3 s; polls now until then would be more updates than a run of the test's server takes
		if op, _ := s.service.Peek(ref); lro.ProgressOf(op.Metadata).Percent <= before.Progress.Percent {
			return fmt.Errorf("it is at %d%% yet", before.Progress.Percent)
		}
		return nil
	})
	printed := awaitop(t, "poll-now", ref.String(), "-o", "json")
	printed.wants(t, 0)
	answer := lines[workflows.WaitStatus](t, printed.out.String())[0]
	read := lro.ProgressOf(answer.Outcome.Operation.Metadata).Percent
	if read <= before.Progress.Percent {
		t.Fatalf("the poll now has read %d%%, and the poll before %d%%", read, before.Progress.Percent)
	}
	percent := fmt.Sprintf("%d%%", read)
	awaitop(t, "describe", ref.String()).wants(t, 0, percent)
	awaitop(t, "list", "--workflow", id).wants(t, 0, percent)
	for _, status := range lines[control.Status](t, awaitop(t, "list", "-o", "json", "--workflow", id).out.String()) {
		if w := status.Waits[0]; w.Progress.Percent != read || !w.LastPoll.After(before.LastPoll) {
			t.Errorf("list shows %+v, want %s of the poll now", w, percent)
		}
	}
}

// A wait for an operation that an earlier wait has canceled says so, and why. One that was canceled
// by another client names no wait.
func TestAwaitCanceledBefore(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Second)})
	s.polled(s.await(ref, workflows.AwaitOptions{}))
	awaitop(t, "cancel", ref.String(), "--reason", "the wrong region").wants(t, 0)
	first := awaitop(t, "await", ref.String(), "-t", s.queue)
	if first.status != 4 {
		t.Fatalf("the wait that canceled it ends with %d: %s", first.status, first.err.String())
	}
	eventually(t, func() error { // the list of the server lags behind
		again := awaitop(t, "await", ref.String(), "-t", s.queue, "-o", "json")
		again.wants(t, 4, `"event":"ended"`)
		if !strings.Contains(again.out.String(), `"canceledBy":{"runId":`) {
			return errors.New(again.out.String())
		}
		return nil
	})
	awaitop(t, "await", ref.String(), "-t", s.queue).wants(t, 4, "the operation was canceled by an earlier wait, run ", "for the reason: the wrong region")
	other := s.start("p", testsuite.Script{End: testsuite.Fail(lro.CodeCanceled, "by hand")})
	for range 2 {
		awaitop(t, "await", other.String(), "-t", s.queue).wants(t, 4, "this wait sent no cancel: CANCELLED: by hand")
	}
}

// set awaits operations as a set, all of them.
func set(ctx workflow.Context, refs []lro.Ref) error {
	_, err := workflows.AwaitAll(ctx, refs, workflows.AwaitAllOptions{OnFailure: workflows.AwaitRest})
	return err
}

// describe names the operations of a set, those that failed first, and the parent of a child.
func TestDescribeMembers(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	refs := []lro.Ref{
		s.backup("good"), s.start("bad", testsuite.Script{End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}),
	}
	id, above := s.queue+"-set", s.queue+"-parent"
	s.run(id, set, refs)
	s.run(above, parent, refs[0])
	eventually(t, func() error {
		status, err := control.Describe(t.Context(), s.client, id, control.Options{})
		if err == nil && (len(status.Waits) != 1 || len(status.Waits[0].Set.Members) != 2) {
			err = fmt.Errorf("%+v", status.Waits)
		}
		return err
	})
	described := awaitop(t, "describe", id)
	described.wants(t, 0, "1 of 2", "FAILED_PRECONDITION: duplicate key", "operations/bad", "operations/good", "running")
	if text := described.out.String(); strings.Index(text, "operations/bad") > strings.Index(text, "operations/good") {
		t.Errorf("the operation that failed does not come first:\n%s", text)
	}
	child := s.polled(above).WorkflowID
	awaitop(t, "describe", child).wants(t, 0, "parent", above)
	awaitop(t, "describe", child, "-o", "json").wants(t, 0, `"parent":{"workflowId":"`+above+`"`)
}
