package main_test

import (
	"os"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// awaited is a line of `awaitop await -o json`.
type awaited struct {
	Event       string                 `json:"event"`
	Differences []workflows.Difference `json:"differences"`
	Outcome     *lro.Outcome           `json:"outcome"`
	Failure     string                 `json:"failure"`
}

// The exit status says how the operation ended.
func TestAwaitStatuses(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	rows := map[string]struct {
		reason string
		script testsuite.Script
		args   []string
		status int
		says   string
	}{
		"succeeded": {"its response is printed", testsuite.Script{RunsFor: time.Second, End: testsuite.Succeed(`{"name":"x"}`)}, nil, 0, `{"name":"x"}`},
		"failed":    {"its status is printed", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeFailedPrecondition, "no room")}, nil, 3, "FAILED_PRECONDITION: no room"},
		"canceled":  {"by another client", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeCanceled, "by hand")}, nil, 4, "the operation was canceled, and this wait sent no cancel: CANCELLED: by hand"},
		"timed out": {"and is left running", testsuite.Script{End: testsuite.RunForever()}, []string{"--timeout", "2s"}, 5, "left it running"},
		"deadline":  {"canceled by policy is a timeout", testsuite.Script{End: testsuite.RunForever()}, []string{"--timeout", "2s", "--deadline-policy", "cancel"}, 5, "by the deadline; it was canceled"},
		"refused":   {"the end is unknown", testsuite.Script{Faults: []testsuite.Fault{testsuite.PermissionDenied()}}, nil, 1, "PERMISSION_DENIED"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ref := s.start(name[:4], row.script)
			args := append([]string{"await", ref.String(), "--task-queue", s.queue}, row.args...)
			awaitop(t, args...).wants(t, row.status, row.says, "started await:"+ref.String())
		})
	}
}

func TestAwaitUsage(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		args   []string
		says   string
	}{
		"no name":      {"Spanner has no such operations", []string{"await", "projects/p/operations/o"}, "ref.name"},
		"no service":   {"the slashes begin one", []string{"await", "//projects/p/instances/i/operations/o"}, "ref.service"},
		"no argument":  {"of what?", []string{"await"}, "no argument, want REF; see"},
		"bad policy":   {"the field is named", []string{"await", "//spanner.googleapis.com/projects/p/instances/i/operations/o", "--coefficient", "0.5"}, "policy.coefficient"},
		"bad deadline": {"the field is named", []string{"await", "//spanner.googleapis.com/projects/p/instances/i/operations/o", "--deadline-policy", "explode"}, "deadlinePolicy"},
		"force alone":  {"forces nothing", []string{"await", "//spanner.googleapis.com/projects/p/instances/i/operations/o", "--force"}, "--cancel-on-interrupt"},
		"unknown flag": {"and where to look", []string{"await", "--frobnicate"}, "--help"},
		"unknown":      {"no such command", []string{"frobnicate"}, "unknown command"},
		"output":       {"of a format that there is not", []string{"list", "-o", "xml"}, "text or json"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			awaitop(t, row.args...).wants(t, 2, row.says)
		})
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	awaitop(t, "list", "--address", "127.0.0.1:1").wants(t, 1, "no Temporal server at 127.0.0.1:1", "TEMPORAL_ADDRESS")
	awaitop(t, "list", "--namespace", "nowhere").wants(t, 1, "nowhere", "--namespace")
	awaitop(t, "list", "--profile", "nowhere").wants(t, 1, "nowhere")
}

func TestAwaitJSON(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	first := start(t, "await", ref.String(), "-t", s.queue, "-o", "json")
	first.until(t, `"event":"progress"`)
	second := start(t, "await", ref.String(), "-t", s.queue, "-o", "json", "--timeout", "1h")
	second.until(t, `"event":"attached"`)
	s.succeed(ref)
	first.wait(t).wants(t, 0)
	second.wait(t).wants(t, 0)
	events := lines[awaited](t, first.out.String())
	if last := events[len(events)-1]; events[0].Event != "started" || last.Event != "ended" || string(last.Outcome.Operation.Response) != `{"name":"x"}` {
		t.Errorf("%+v", events)
	}
	events = lines[awaited](t, second.out.String())
	if events[0].Event != "attached" || len(events[0].Differences) != 1 || events[0].Differences[0].Field != "timeout" {
		t.Errorf("%+v, want an attach that differs in its timeout", events)
	}
}

// An interrupt detaches. The same command attaches again.
func TestAwaitInterrupted(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	p := start(t, "await", ref.String(), "-t", s.queue)
	p.until(t, "running")
	p.interrupt(t)
	p.wait(t).wants(t, 130, "detached; the wait goes on")
	again := start(t, "await", ref.String(), "-t", s.queue)
	again.until(t, "attached to")
	s.succeed(ref)
	again.wait(t).wants(t, 0, "succeeded after")
	if n := s.service.Count(testsuite.MethodCancel); n != 0 {
		t.Errorf("%d cancels were sent", n)
	}
}

func TestAwaitCancelOnInterrupt(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(time.Second)})
	first := start(t, "await", ref.String(), "-t", s.queue, "--cancel-on-interrupt")
	first.until(t, "running")
	attached := start(t, "await", ref.String(), "-t", s.queue, "--cancel-on-interrupt")
	attached.until(t, "attached to")
	attached.interrupt(t)
	attached.wait(t).wants(t, 130, "a cancel is everybody's", "--force")
	if n := s.service.Count(testsuite.MethodCancel); n != 0 {
		t.Fatalf("%d cancels were sent for one that had only attached", n)
	}
	forced := start(t, "await", ref.String(), "-t", s.queue, "--cancel-on-interrupt", "--force")
	forced.until(t, "attached to")
	forced.interrupt(t)
	forced.wait(t).wants(t, 4, "canceling;", "the operation was canceled")
	first.wait(t).wants(t, 4, "the operation was canceled")
	if n := s.service.Count(testsuite.MethodCancel); n != 1 {
		t.Errorf("%d cancels were sent, want 1", n)
	}
}

// interrupt sends the process a SIGINT.
func (p *process) interrupt(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

// The exit status differs between a canceled operation and one that still runs.
func TestAwaitLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	rows := map[string]struct {
		reason string
		cancel testsuite.Cancel
		by     string
		status int
		says   string
	}{
		"canceled":    {"it has ended", testsuite.HonorCancel(0), "cancel", 4, "the operation was canceled"},
		"ignored":     {"it runs, and bills", testsuite.IgnoreCancel(), "cancel", 6, "unconfirmed"},
		"refused":     {"it runs, and bills", testsuite.RefuseCancel(lro.CodePermissionDenied, "no"), "cancel", 6, "undelivered: PERMISSION_DENIED: no"},
		"unsupported": {"it runs, and bills", testsuite.RefuseCancel(lro.CodeUnimplemented, "no"), "cancel", 6, "unsupported"},
		"abandoned":   {"it runs, and bills", testsuite.HonorCancel(0), "abandon", 6, "left running"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ref := s.start(name, testsuite.Script{End: testsuite.RunForever(), OnCancel: row.cancel})
			s.polled(s.await(ref, workflows.AwaitOptions{CancelGrace: 2 * time.Second}))
			follower := start(t, "await", ref.String(), "-t", s.queue)
			follower.until(t, "attached")
			awaitop(t, row.by, ref.String()).wants(t, 0)
			follower.wait(t).wants(t, row.status, row.says)
		})
	}
}
