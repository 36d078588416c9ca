package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func TestTerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.backup("o")
	args := []string{"await", ref.String(), "-t", s.queue, "--initial-interval", "1s", "--maximum-interval", "1s"}
	first, keys := terminal(t, 140, args...)
	first.until(t, "ETA in ")
	first.until(t, "█░")                      // a bar that is partly filled
	if err := keys.Type("\x03"); err != nil { // Ctrl-C
		t.Fatal(err)
	}
	first.wait(t).wants(t, 130, "detached; the wait goes on")

	again, _ := terminal(t, 140, args...)
	again.until(t, "attached to")
	s.succeed(ref)
	again.wait(t).wants(t, 0, "succeeded after")

	spins := s.start("p", testsuite.Script{End: testsuite.RunForever(), Metadata: testsuite.NoMetadata()})
	spinner, _ := terminal(t, 140, "await", spins.String(), "-t", s.queue)
	spinner.until(t, "running")
	s.succeed(spins)
	spinner.wait(t).wants(t, 0, "succeeded after")
	if strings.Contains(spinner.out.String(), "%") {
		t.Errorf("a percentage without metadata:\n%q", spinner.out.String())
	}

	listing, _ := terminal(t, 140, "list", "--closed", "--all", "--query", "TaskQueue = '"+s.queue+"'") // others have other services
	listing.wait(t).wants(t, 0, "WAIT", "succeeded", "in //spanner.googleapis.com/")
	for line := range strings.Lines(listing.out.String()) {
		if ansi.StringWidth(strings.TrimRight(line, "\r\n")) > 140 {
			t.Errorf("a line does not fit the terminal: %q", line)
		}
	}
}

// Control characters of a service are shown escaped, not sent to the terminal.
func TestControlCharacters(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.serve("")
	const evil = "\x1b[31m\a\u009b2J\u202e\x7f"
	bad := s.start("bad", testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, evil)})
	good := s.start("good", testsuite.Script{RunsFor: time.Second, End: testsuite.Succeed(`{"name":"` + "\u009b2J\u202e" + `"}`)})
	api := []string{"--endpoint", s.endpoint, "--without-authentication"}
	for _, p := range []*process{
		awaitop(t, "await", bad.String(), "-t", s.queue),
		awaitop(t, "await", good.String(), "-t", s.queue),
		awaitop(t, "describe", bad.String()),
		awaitop(t, "describe", good.String(), "-o", "json"),
		awaitop(t, append([]string{"operations", "get", bad.String()}, api...)...),
		awaitop(t, append([]string{"operations", "get", good.String(), "-o", "json"}, api...)...),
		awaitop(t, "list", "--closed", "--query", "WorkflowId = 'await:"+bad.String()+"'"),
		awaitop(t, "cancel", evil),
	} {
		if text := p.out.String() + p.err.String(); strings.ContainsAny(text, evil[:1]+"\a\u009b\u202e\x7f") {
			t.Errorf("%q: %q", p.command.Args[1:], text)
		}
	}
}

// A line that is longer than the terminal is wide is drawn again in place all the same. It is cut, so that it does not wrap.
func TestTerminalNarrow(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	ref := s.start("o", testsuite.Script{RunsFor: time.Second})
	p, on := terminal(t, 50, "await", ref.String(), "-t", s.queue, "--without-worker")
	const shown = "no worker has taken it from task queue"
	eventually(t, func() error {
		if n := strings.Count(p.out.String(), shown); n < 10 {
			return fmt.Errorf("it was drawn %d times", n)
		}
		return nil
	})
	if screen := on.Screen(); strings.Count(screen, shown) != 1 {
		t.Errorf("it is there more than once, or not at all:\n%s", screen)
	}
	s.serve("")
	p.wait(t).wants(t, 0, "succeeded after")
	if screen := on.Screen(); strings.Contains(screen, shown) {
		t.Errorf("it is left behind:\n%s", screen)
	}
}
