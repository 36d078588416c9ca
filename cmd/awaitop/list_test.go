package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	sdk "go.temporal.io/sdk/worker"
	"golang.org/x/term"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/recorder"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// list finds AwaitOperations although the namespace has not the search attribute.
func TestListNothing(t *testing.T) {
	t.Parallel()
	awaitop(t, "list", "--query", "WorkflowId = 'there is none'").wants(t, 0, "no waits")
	awaitop(t, "list", "--query", "nonsense").wants(t, 2, `--query "nonsense": invalid query`, "StartTime >")
	awaitop(t, "list", "--type", "NoSuchType", "--query", "WorkflowId = 'there is none'").wants(t, 0, "no running workflow has the type NoSuchType", "no waits")
	awaitop(t, "list", "--page-token", "?").wants(t, 2, "--page-token")
	awaitop(t, "list", "--page-size", "-1").wants(t, 2, "pageSize")
}

// list finds a workflow that awaits inline, and sets no search attribute, by its type.
func TestListType(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	refs := []lro.Ref{s.backup("o0"), s.backup("o1")}
	id := s.queue + "-inline"
	s.run(id, inline, refs, false)
	s.polled(id)
	only := "WorkflowId = '" + id + "'"
	awaitop(t, "list", "--query", only).wants(t, 0, "no waits")
	eventually(t, func() error { // the server's list lags behind
		if listed := awaitop(t, "list", "--type", "it's none,inline", "--query", only).out.String(); !strings.Contains(listed, refs[0].String()) {
			return fmt.Errorf("no %s in:\n%s", refs[0], listed)
		}
		return nil
	})
	awaitop(t, "list", "--type", "", "--query", only).wants(t, 0, "no waits")
	awaitop(t, "list", "--type", "a,,b").wants(t, 2, "workflowTypes")
}

// list --trouble looks at all pages, and lists what a person has to see.
func TestListTrouble(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	denied := testsuite.PermissionDenied().Calls(2, 0).On(testsuite.MethodGet, testsuite.MethodList)
	bad := s.start("bad", testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{denied}})
	good := s.backup("good")
	quick := workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Second}, HeartbeatTimeout: 2 * time.Second}
	s.await(bad, quick)
	s.polled(s.await(good, quick))
	trouble := []string{"list", "--trouble", "--page-size", "1", "--query", "TaskQueue = '" + s.queue + "'"}
	eventually(t, func() error {
		listed := awaitop(t, trouble...)
		if text := listed.out.String(); !strings.Contains(text, bad.String()) || !strings.Contains(text, "blocked") || strings.Contains(text, good.String()) {
			return fmt.Errorf("want %s alone, in:\n%s%s", bad, text, listed.err.String())
		}
		return nil
	})
	if found := lines[control.Status](t, awaitop(t, append(trouble, "-o", "json")...).out.String()); len(found) != 1 || found[0].Waits[0].Ref != bad {
		t.Errorf("%+v, want %s", found, bad)
	}
	awaitop(t, "cancel", bad.String(), "--reason", "over").wants(t, 0)
	awaitop(t, "list", "--trouble", "--page-token", "x").wants(t, 2, "--page-token")
}

// Off a terminal list --watch prints a line for each change, until an interrupt.
func TestListWatchLines(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	query := "TaskQueue = '" + s.queue + "'"
	text := start(t, "list", "--watch", "--interval", "1s", "--query", query)
	encoded := start(t, "list", "--watch", "-o", "json", "--query", query)
	s.await(ref, workflows.AwaitOptions{Policy: lro.PollPolicy{MaximumInterval: time.Second}})
	text.until(t, ref.String()+"  running")
	s.succeed(ref)
	for end, p := range map[string]*process{"  succeeded": text, `"state":"Completed"`: encoded} {
		p.until(t, end)
		if err := p.command.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		p.wait(t).wants(t, 130, "interrupted")
	}
	text.wants(t, 130, ref.String()+"  running", ref.String()+"  succeeded")
	if n := strings.Count(text.out.String(), "\n"); n > 12 { // three states, and a percentage now and then
		t.Errorf("%d lines, want one for each change:\n%s", n, text.out.String())
	}
	statuses := lines[control.Status](t, encoded.out.String())
	if last := statuses[len(statuses)-1]; last.Outcome == nil || last.Outcome.State() != lro.StateSucceeded {
		t.Errorf("%+v, want the outcome", last)
	}
}

// On a terminal it draws a table, and leaves the terminal as it was however it ends.
func TestListWatchTerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.backup("o")
	s.polled(s.await(ref, workflows.AwaitOptions{}))
	before := newState(t) // that of the program's terminal is another as soon as the program has begun
	tests := map[string]struct {
		reason string
		end    func(*process, *recorder.Terminal) error
		status int
	}{
		"Ctrl-C": {"an interrupt by key", func(_ *process, keys *recorder.Terminal) error { return keys.Type("\x03") }, 130},
		"q":      {"a person has seen enough", func(_ *process, keys *recorder.Terminal) error { return keys.Type("q") }, 0},
		"signal": {"an interrupt from elsewhere", func(p *process, _ *recorder.Terminal) error { return p.command.Process.Signal(syscall.SIGTERM) }, 130},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, screen := terminal(t, 140, "list", "--watch", "--query", "TaskQueue = '"+s.queue+"'")
			p.until(t, "\x1b[?1049h") // another screen
			p.until(t, "backups/b/operations/o")
			if reflect.DeepEqual(before, stateOf(t, screen)) {
				t.Error("the keyboard is not raw")
			}
			if err := tt.end(p, screen); err != nil {
				t.Fatal(err)
			}
			p.wait(t).wants(t, tt.status)
			out := p.out.String()
			_, after, left := strings.Cut(out, "\x1b[?1049l")
			if !left || !strings.Contains(after, "\x1b[?25h") || !strings.Contains(after, "backups/b/operations/o") {
				t.Errorf("%s: want the usual screen with the cursor and the last table:\n%q", tt.reason, after)
			}
			if !reflect.DeepEqual(before, stateOf(t, screen)) {
				t.Errorf("%s: the keyboard stays raw", tt.reason)
			}
		})
	}
}

// A table that is watched fits the terminal, also after a person has changed its size.
func TestListWatchResize(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	for i := range 12 {
		s.await(s.backup(fmt.Sprintf("o%02d", i)), workflows.AwaitOptions{})
	}
	p, screen := terminal(t, 140, "list", "--watch", "--interval", "1s", "--query", "TaskQueue = '"+s.queue+"'")
	shows := func(reason string, columns, rows int, texts ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		shown, err := screen.Until(ctx, func(screen string) bool {
			lines := strings.Split(screen, "\n")
			return len(lines) == rows && strings.HasPrefix(lines[rows-1], "q quits") &&
				!slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
		})
		if err != nil {
			t.Fatalf("%s: %v, want %d lines with %q:\n%s", reason, err, rows, texts, shown)
		}
		for line := range strings.Lines(shown) {
			if ansi.StringWidth(strings.TrimRight(line, "\r\n")) > columns {
				t.Errorf("%s: a line does not fit the terminal: %q", reason, line)
			}
		}
	}
	shows("there is room", 140, 30, "instances/o00/", "instances/o11/", "NEXT", "12 running")
	if err := screen.Resize(60, 10); err != nil {
		t.Fatal(err)
	}
	shows("a smaller window", 60, 10, "operations/o11", "lines 1 to 5 of 12")
	if err := screen.Type("G"); err != nil {
		t.Fatal(err)
	}
	shows("the end of the list", 60, 10, "operations/o00", "lines 8 to 12 of 12")
	if err := screen.Resize(140, 30); err != nil {
		t.Fatal(err)
	}
	shows("as before", 140, 30, "instances/o00/", "instances/o11/", "NEXT")
	if err := screen.Type("q"); err != nil {
		t.Fatal(err)
	}
	p.wait(t).wants(t, 0)
}

// stateOf is the state of a terminal: whether it echoes, and the like.
func stateOf(t *testing.T, screen *recorder.Terminal) term.State {
	t.Helper()
	return stateIn(t, screen.File())
}

// newState is that of a terminal on which no program has run.
func newState(t *testing.T) term.State {
	t.Helper()
	file, keyboard, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = file.Close(), keyboard.Close() }()
	return stateIn(t, file)
}

func stateIn(t *testing.T, file *os.File) (state term.State) {
	t.Helper()
	raw, err := file.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		var found *term.State
		if found, failed = term.GetState(int(fd)); failed == nil {
			state = *found
		}
	})
	if err = errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return state
}

// The flags of list say what excludes what, before anything is sent.
func TestListFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		args   []string
		says   string
	}{
		"page":     {"a watch has no pages", []string{"--watch", "--page-size", "3"}, "--watch and --page-size exclude each other"},
		"closed":   {"a watch is of what runs", []string{"--watch", "--closed"}, "--watch and --closed exclude each other"},
		"named":    {"nothing is searched", []string{"--workflow", "w", "--query", "q"}, "--workflow and --query exclude each other"},
		"fast":     {"no news comes that soon", []string{"--watch", "--interval", "10ms"}, "--interval 10ms: want 1s or more"},
		"no watch": {"it has no meaning", []string{"--interval", "3s"}, "--interval 3s: want --watch with it"},
		"rate":     {"nothing would be sent", []string{"--requests-per-second", "0"}, "--requests-per-second 0: want more than 0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			startIn(t, []string{"TEMPORAL_ADDRESS=127.0.0.1:1"}, append([]string{"list"}, tt.args...)...).wait(t).wants(t, 2, tt.says)
		})
	}
	awaitop(t, "list", "--watch", "--query", "nonsense").wants(t, 2, "invalid query")
	awaitop(t, "list", "--watch", "--workflow", "there-is-none").wants(t, 1, "there-is-none", "not found")
}
