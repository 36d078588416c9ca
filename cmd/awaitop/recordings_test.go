package main_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/recorder"
)

var record = flag.Bool("record", false, "write the recordings in docs/recordings")

// film records what a person sees of commands on a terminal.
type film struct {
	t         *testing.T
	file      string
	columns   int
	recording *recorder.Recording
	on        *recorder.Terminal
	process   *process
	// environment has variables for the commands, beside those of each test.
	environment []string
}

// newFilm begins the recording docs/recordings/NAME.txt on terminals of so many columns. At the end of the test it is
// written with the flag -record. Otherwise the committed one must show the same.
func newFilm(t *testing.T, name, title string, columns int) *film {
	t.Helper()
	f := &film{
		t: t, columns: columns, recording: &recorder.Recording{Title: title},
		file: filepath.Join("..", "..", "docs", "recordings", name+".txt"),
	}
	t.Cleanup(f.end)
	return f
}

// run runs awaitop on a new terminal.
func (f *film) run(args ...string) {
	f.t.Helper()
	f.recording.Command("awaitop " + strings.Join(args, " "))
	f.process, f.on = terminalIn(f.t, f.environment, f.columns, args...)
}

// frame waits until the screen has a text, and records it.
func (f *film) frame(caption, text string) {
	f.t.Helper()
	f.frameWhen(caption, fmt.Sprintf("with %q", text), func(screen string) bool { return strings.Contains(screen, text) })
}

// frameWhen waits for a screen that satisfies a condition, and records it.
func (f *film) frameWhen(caption, want string, holds func(screen string) bool) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 2*time.Minute)
	defer cancel()
	screen, err := f.on.Until(ctx, holds)
	if err != nil {
		f.t.Fatalf("%s: %v; want a screen %s, not:\n%s", caption, err, want, screen)
	}
	f.recording.Frame(f.on.Age(), caption, screen)
}

// end checks the recording, or writes it.
func (f *film) end() {
	switch {
	case f.t.Failed():
	case *record:
		if err := f.recording.Write(f.file); err != nil {
			f.t.Error(err)
		}
	default:
		committed, err := os.ReadFile(f.file)
		if err != nil {
			f.t.Fatal(err)
		}
		if diff := cmp.Diff(recorder.Outline(string(committed)), recorder.Outline(f.recording.String())); diff != "" {
			f.t.Errorf("%s shows something else; renew it with `make recordings` (-committed +now):\n%s", f.file, diff)
		}
	}
}

// terminal starts the binary on a pseudo-terminal.
func terminal(t *testing.T, columns int, args ...string) (*process, *recorder.Terminal) {
	t.Helper()
	return terminalIn(t, nil, columns, args...)
}

// terminalIn is terminal with variables beside the test's environment.
func terminalIn(t *testing.T, environment []string, columns int, args ...string) (*process, *recorder.Terminal) {
	t.Helper()
	p := &process{command: exec.Command(binary, args...), ended: make(chan struct{})}
	p.command.Env = append(append(cleanEnvironment(), "TEMPORAL_ADDRESS="+dev.Address(), "TERM=xterm-256color"), environment...)
	on, err := recorder.Start(p.command, columns, 30, &p.out)
	if err != nil {
		t.Fatal(err)
	}
	p.drained = on.Drained()
	p.watch(t)
	t.Cleanup(func() { _ = on.Close() })
	return p, on
}
