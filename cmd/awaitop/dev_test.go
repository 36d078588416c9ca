package main_test

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/recorder"
	"github.com/awaitop/awaitop/internal/freeport"
	"github.com/awaitop/awaitop/internal/readiness"
)

// startDev starts `awaitop dev`, on a terminal, and waits until it serves.
func startDev(t *testing.T, args ...string) (*process, *recorder.Terminal) {
	t.Helper()
	p, keys := terminal(t, 140, append([]string{"dev", "--listen", "127.0.0.1:0"}, args...)...)
	p.until(t, "msg=serving taskQueue")
	return p, keys
}

// stop presses Ctrl-C and wants an end without a warning, and nothing left behind.
func (p *process) stop(t *testing.T, keys *recorder.Terminal) {
	t.Helper()
	if err := keys.Type("\x03"); err != nil {
		t.Fatal(err)
	}
	p.wait(t).wants(t, 0, "msg=stopped")
	for line := range strings.Lines(p.out.String()) {
		if strings.Contains(line, "WARN") || strings.Contains(line, "ERROR") || strings.Contains(line, "awaitop: ") {
			t.Errorf("at its end: %s", line)
		}
	}
}

// hints are the commands that `awaitop dev` shows.
func (p *process) hints() []string {
	var commands []string
	_, rest, _ := strings.Cut(p.out.String(), "Try, in another terminal")
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "  ") {
			commands = append(commands, strings.TrimSpace(line))
		}
	}
	return commands
}

// inShell runs a command as a shell does that has none of Temporal's settings.
func inShell(t *testing.T, command string, variables ...string) (output string, status int) {
	t.Helper()
	shell := exec.Command("sh", "-c", command)
	shell.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, variables...)
	out, err := shell.CombinedOutput()
	if shell.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), shell.ProcessState.ExitCode()
}

// The command's own server is at the ports that the flags name. The environment of the shell is about another server. The
// commands that it shows work, and an interrupt ends it without a warning and without a server left.
func TestDev(t *testing.T) {
	t.Parallel()
	ports, err := freeport.Take(3)
	if err != nil {
		t.Fatal(err)
	}
	p, keys := startDev(t, "--operations", "2", "--runs-for", "2m",
		"--port", fmt.Sprint(ports[0]), "--ui-port", fmt.Sprint(ports[1]), "--spanner-port", fmt.Sprint(ports[2]))
	address := fmt.Sprintf("127.0.0.1:%d", ports[0])
	p.wantsText(t, "Temporal  "+address, fmt.Sprintf("Web UI    http://127.0.0.1:%d", ports[1]), fmt.Sprintf("Spanner   http://127.0.0.1:%d", ports[2]))
	if err := readiness.Page(t.Context(), fmt.Sprintf("http://127.0.0.1:%d", ports[1])); err != nil {
		t.Error(err)
	}
	hints := p.hints()
	if len(hints) != 4 {
		t.Fatalf("%q, want four commands", hints)
	}
	for i, want := range []struct {
		says   string
		status int
	}{{"started await:", 0}, {"OPERATION", 0}, {"the wait goes on", 0}, {"projects/dev/instances/i/backups/b1", 0}} {
		command := hints[i]
		if i == 0 {
			command += " --detach"
		}
		if i == 1 {
			eventuallySays(t, command, want.says) // the server's list lags behind
			continue
		}
		if out, status := inShell(t, command); status != want.status || !strings.Contains(out, want.says) {
			t.Errorf("%s: status %d, want %d and %q:\n%s", command, status, want.status, want.says, out)
		}
	}
	p.stop(t, keys)
	if !readiness.Refuses(t.Context(), address) {
		t.Errorf("the server at %s is still there", address)
	}
}

func eventuallySays(t *testing.T, command, want string) {
	t.Helper()
	eventually(t, func() error {
		if out, status := inShell(t, command); status != 0 || !strings.Contains(out, want) {
			return fmt.Errorf("%s: status %d, want %q:\n%s", command, status, want, out)
		}
		return nil
	})
}

// wantsText wants texts in the output so far.
func (p *process) wantsText(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.out.String(), text) {
			t.Errorf("no %q in:\n%s", text, p.out.String())
		}
	}
}

// With --address the command starts no server, and leaves the one that is there.
func TestDevAddress(t *testing.T) {
	t.Parallel()
	queue := "dev-" + rand.Text()
	p, keys := startDev(t, "--address", dev.Address(), "--task-queue", queue, "--runs-for", "3s", "--spanner-port", "0")
	if text := p.out.String(); strings.Contains(text, "starting a Temporal server") || strings.Contains(text, "Web UI") || strings.Contains(text, "other workers") {
		t.Errorf("a server of its own, or another worker:\n%s", text)
	}
	command := p.hints()[0]
	if !strings.Contains(command, " await --address "+dev.Address()+" --task-queue "+queue+" ") {
		t.Errorf("%s: want the server and the queue", command)
	}
	if out, status := inShell(t, command); status != 0 || !strings.Contains(out, "succeeded after") {
		t.Errorf("%s: status %d:\n%s", command, status, out)
	}
	second, more := startDev(t, "--address", dev.Address(), "--task-queue", queue, "--spanner-port", "0", "--operations", "0")
	second.wantsText(t, "task queue "+queue+" has other workers: ")
	second.stop(t, more)
	p.stop(t, keys)
	conn, err := net.Dial("tcp", dev.Address())
	if err != nil {
		t.Fatalf("the server that was there is gone: %v", err)
	}
	_ = conn.Close()
	start(t, "dev", "--address", "127.0.0.1:1").wait(t).wants(t, 1, "no Temporal server at 127.0.0.1:1")
}

// A port that the command line names is not replaced by another.
func TestDevPortTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	port := fmt.Sprint(taken.Addr().(*net.TCPAddr).Port)
	for _, flag := range []string{"--port", "--ui-port", "--spanner-port"} {
		p := start(t, "dev", flag, port)
		p.wait(t).wants(t, 1, flag+" "+port, "address already in use")
	}
}

// If the terminal closes, of which the system tells the command, the server ends.
func TestDevHangup(t *testing.T) {
	t.Parallel()
	p, _ := startDev(t, "--operations", "0", "--port", "0", "--ui-port", "0", "--spanner-port", "0")
	found := regexp.MustCompile(`Temporal  (\S+)`).FindStringSubmatch(p.out.String())
	if found == nil {
		t.Fatal(p.out.String())
	}
	if err := p.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.wait(t)
	if !readiness.Refuses(t.Context(), found[1]) {
		t.Errorf("the server at %s is still there", found[1])
	}
}
