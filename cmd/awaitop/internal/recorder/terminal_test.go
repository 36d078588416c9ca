package recorder_test

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/recorder"
)

// shell runs a script of the shell on a terminal of 40 columns.
func shell(t *testing.T, script string, raw io.Writer) *recorder.Terminal {
	t.Helper()
	command := exec.Command("sh", "-c", script)
	terminal, err := recorder.Start(command, 40, 5, raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed, or has ended
		_ = terminal.Close()
	})
	return terminal
}

// shows waits until the whole screen is as wanted.
func shows(t *testing.T, terminal *recorder.Terminal, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	screen, err := terminal.Until(ctx, func(screen string) bool { return screen == want })
	if err != nil {
		t.Fatalf("%v; the screen:\n%s\nwant:\n%s", err, screen, want)
	}
}

// The screen has what a person sees: a line that was drawn twice is there once.
func TestScreen(t *testing.T) {
	t.Parallel()
	var raw bytes.Buffer
	terminal := shell(t, `printf 'begun\n'; printf '10%% ██░░'; printf '\r\033[2K'; printf '20%% ████\n'; printf 'done'`, &raw)
	shows(t, terminal, "begun\n20% ████\ndone")
	<-terminal.Drained()
	if !strings.Contains(raw.String(), "10% ██░░") {
		t.Errorf("the raw output is %q", raw.String())
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	terminal := shell(t, `stty -echo; echo ready; read line; echo "got $line"; read line`, nil)
	shows(t, terminal, "ready")
	if err := terminal.Type("hello\r"); err != nil {
		t.Fatal(err)
	}
	shows(t, terminal, "ready\ngot hello")
}

// A program learns the new size by SIGWINCH.
func TestResize(t *testing.T) {
	t.Parallel()
	terminal := shell(t, `trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done`, nil)
	shows(t, terminal, "ready")
	if err := terminal.Resize(60, 10); err != nil {
		t.Fatal(err)
	}
	shows(t, terminal, "ready\n10 60")
}

// A terminal answers a program's query, here where the cursor is.
func TestReplies(t *testing.T) {
	t.Parallel()
	terminal := shell(t, `stty raw -echo; printf '\033[6n'; dd bs=1 count=6 2>/dev/null | tr '\033' '^'; sleep 60`, nil)
	shows(t, terminal, "^[1;1R")
}

// A program that ends without the screen that is waited for is an error with its last screen.
func TestEnded(t *testing.T) {
	t.Parallel()
	terminal := shell(t, `echo gone`, nil)
	screen, err := terminal.Until(t.Context(), func(screen string) bool { return screen == "here" })
	if err == nil || screen != "gone" {
		t.Errorf("%q, %v; want the last screen and an error", screen, err)
	}
}
