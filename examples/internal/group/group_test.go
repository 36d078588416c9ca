//go:build unix

package group_test

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/internal/group"
)

// start starts a shell that prints a line and its child's, and then waits. It returns the rest of their output.
func start(t *testing.T, script string) (*group.Group, io.Reader) {
	t.Helper()
	command := exec.Command("sh", "-c", script)
	reader, writer := io.Pipe()
	command.Stdout = writer
	g, err := group.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-g.Ended()
		_ = writer.Close()
	}()
	t.Cleanup(func() { _ = g.Kill() })
	lines := bufio.NewReader(reader)
	for range 2 {
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatalf("no line: %v", err)
		}
	}
	return g, lines
}

// An interrupt reaches the command and what it started.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	g, rest := start(t, `trap "exit 7" INT; echo up; sh -c 'trap "echo child; exit" INT; echo up; while :; do sleep 0.05; done'`)
	if err := g.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if out, err := io.ReadAll(rest); err != nil || !strings.Contains(string(out), "child") {
		t.Errorf("output %q, %v, want the child's word", out, err)
	}
	if g.Status() != 7 {
		t.Errorf("status %d, want 7", g.Status())
	}
}

// A kill leaves no process, and its status is a shell's.
func TestKill(t *testing.T) {
	t.Parallel()
	g, rest := start(t, `trap "" INT; echo up; sh -c 'echo up; while :; do sleep 0.05; done'; exit 0`)
	for range 2 { // the second has nothing to do
		if err := g.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.ReadAll(rest); err != nil || g.Status() != 128+9 {
		t.Errorf("status %d, %v, want %d", g.Status(), err, 128+9)
	}
}
