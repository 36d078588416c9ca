package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// describe and list show an AwaitOperation, inline waits, a set and a child.
func TestDescribeAndList(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{Identity: "the worker"})
	var refs []lro.Ref
	for i := range 4 {
		refs = append(refs, s.backup(fmt.Sprintf("o%d", i)))
	}
	id, child := s.queue+"-inline", s.queue+"-parent"
	s.run(id, inline, refs, true)
	s.run(child, parent, refs[0])
	own := s.await(refs[3], workflows.AwaitOptions{Timeout: time.Hour, SearchAttributes: true})
	for _, waiting := range []string{id, child, own} {
		s.polled(waiting)
	}
	awaitop(t, "describe", refs[3].String()).wants(t, 0, "awaitop.AwaitOperation", "running", "next poll", "deadline", "the worker")
	eventually(t, func() error { // the service leaves a percentage of 0 out, and 1% takes 3 s
		awaitop(t, "poll-now", refs[3].String()).wants(t, 0, "running")
		if described := awaitop(t, "describe", refs[3].String()).out.String(); !strings.Contains(described, "%") {
			return fmt.Errorf("no percentage in:\n%s", described)
		}
		return nil
	})
	eventually(t, func() error { // before its first report, a set does not tell its size
		if described := awaitop(t, "describe", id).out.String(); !strings.Contains(described, "0 of 3") || strings.Contains(described, "0 of 0") {
			return fmt.Errorf("no size of the set in:\n%s", described)
		}
		return nil
	})
	awaitop(t, "describe", id).wants(t, 0, "inline", refs[0].String(), "(set)", "0 of 3")
	awaitop(t, "describe", child).wants(t, 0, "parent", refs[0].String())

	// The list of the server lags behind.
	eventually(t, func() error {
		listed := awaitop(t, "list", "--all").out.String()
		for _, ref := range refs[:1] {
			if !strings.Contains(listed, ref.String()) {
				return fmt.Errorf("no %s in:\n%s", ref, listed)
			}
		}
		if !strings.Contains(listed, "a set of 3 operations") || !strings.Contains(listed, refs[3].String()) {
			return fmt.Errorf("no set, or not %s in:\n%s", refs[3], listed)
		}
		return nil
	})
	var statuses []control.Status
	for token, first := "", true; first || token != ""; first = false { // in pages of one
		args := []string{"list", "-o", "json", "--page-size", "1", "--query", "TaskQueue = '" + s.queue + "'"}
		if token != "" {
			args = append(args, "--page-token", token)
		}
		page := awaitop(t, args...)
		page.wants(t, 0)
		if t.Failed() {
			break // a page that is refused would be asked for without end
		}
		statuses = append(statuses, lines[control.Status](t, page.out.String())...)
		_, rest, _ := strings.Cut(page.err.String(), "--page-token ")
		token, _, _ = strings.Cut(rest, " ")
	}
	if len(statuses) != 3 { // own, inline, the child; its parent carries no attribute
		t.Errorf("%d workflows on the pages, want 3: %+v", len(statuses), statuses)
	}
	_, end, _ := strings.Cut(refs[3].Name, "projects/")
	awaitop(t, "describe", end).wants(t, 0, refs[3].String())
	awaitop(t, "cancel", end).wants(t, 1, "a running wait ends so: "+refs[3].String()) // and is not canceled
	awaitop(t, "describe", end+"x").wants(t, 1, "not found")
	awaitop(t, "list", "--workflow", child).wants(t, 0, refs[0].String())
	awaitop(t, "poll-now", id).wants(t, 1, "no AwaitOperation", "temporal workflow cancel")
	awaitop(t, "set-policy", id, "--maximum-interval", "5s").wants(t, 1, "no AwaitOperation")
}

func TestDescribeEnded(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	good := s.start("good", testsuite.Script{RunsFor: time.Second, End: testsuite.Succeed(`{"name":"x"}`)})
	bad := s.start("bad", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, "it broke")})
	awaitop(t, "await", good.String(), "-t", s.queue).wants(t, 0)
	awaitop(t, "await", bad.String(), "-t", s.queue).wants(t, 3)
	awaitop(t, "describe", good.String()).wants(t, 0, "completed", "succeeded", `{"name":"x"}`)
	awaitop(t, "describe", bad.String()).wants(t, 0, "failed", "INTERNAL: it broke")
	awaitop(t, "describe", "there-is-none").wants(t, 1, "not found", "awaitop list")
}

// describe shows the trouble of a wait.
func TestDescribeTrouble(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{testsuite.PermissionDenied().Calls(2, 0).On(testsuite.MethodGet, testsuite.MethodList)}})
	id := s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Second}, HeartbeatTimeout: 2 * time.Second})
	eventually(t, func() error {
		status, err := control.Describe(t.Context(), s.client, id, control.Options{})
		if err != nil {
			return err
		}
		if len(status.Waits) != 1 || status.Waits[0].LastError == nil || status.Waits[0].BlockedSince.IsZero() {
			return fmt.Errorf("%+v has no trouble", status.Waits)
		}
		return nil
	})
	awaitop(t, "describe", id).wants(t, 0, "PERMISSION_DENIED", "trouble")
}

// describe shows why a workflow failed: the failure of its inline wait, or an error of its own.
func TestDescribeFailed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	refs := []lro.Ref{
		s.start("o0", testsuite.Script{End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")}),
		s.start("o1", testsuite.Script{}),
	}
	failed, undecoded := s.queue+"-failed", s.queue+"-undecoded"
	s.run(failed, inline, refs, false)
	s.run(undecoded, "parent", "no ref") // by name: the SDK checks a function's types
	for _, id := range []string{failed, undecoded} {
		if err := s.client.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err == nil {
			t.Fatalf("%s has not failed", id)
		}
	}
	awaitop(t, "describe", failed).wants(t, 0, "inline", "failed", "FAILED_PRECONDITION: duplicate key", refs[0].String())
	awaitop(t, "describe", failed, "-o", "json").wants(t, 0, `"type":"OperationFailed`, `"code":"FAILED_PRECONDITION"`)
	awaitop(t, "describe", undecoded).wants(t, 0, "failed", "want //SERVICE/NAME")
}

// describe shows the operation that a terminated wait left.
func TestDescribeTerminated(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	id := s.await(ref, workflows.AwaitOptions{})
	s.polled(id)
	follower := start(t, "await", ref.String(), "-t", s.queue, "-o", "json")
	follower.until(t, "attached")
	if err := s.client.TerminateWorkflow(t.Context(), id, "", "by hand"); err != nil {
		t.Fatal(err)
	}
	follower.wait(t).wants(t, 1, `"failure":{"type":"Terminated","code":"UNKNOWN"`, `"ref":"`+ref.String())
	awaitop(t, "describe", id).wants(t, 0, "terminated: no cancel was sent", "awaiting, left", ref.String())
}
