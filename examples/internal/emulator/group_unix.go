//go:build unix

package emulator

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// outputWithin is how long the output is still copied once gcloud has ended.
const outputWithin = 2 * time.Second

// group is a command and all the processes it started, in a process group of
// their own: gcloud ends neither of the emulator's two when it is killed.
type group struct {
	command *exec.Cmd
	// guard kills the group when this program ends, however it does.
	guard    *exec.Cmd
	lifeline io.Closer
	// ended is closed once the command is gone and reaped.
	ended chan struct{}
	once  sync.Once
	err   error
}

// launch starts a command as the leader of a new group, and its guard.
func launch(log io.Writer, name string, arguments ...string) (*group, error) {
	g := &group{command: exec.Command(name, arguments...), ended: make(chan struct{})}
	g.command.Stdout, g.command.Stderr = log, log
	g.command.WaitDelay = outputWithin
	g.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := g.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		// Its error is of no interest: nearly always our signal ended it.
		_ = g.command.Wait()
		close(g.ended)
	}()
	if err := g.watch(); err != nil {
		return nil, errors.Join(err, g.kill())
	}
	return g, nil
}

// watch starts the guard: a shell that reads from a pipe to which nothing is
// ever written, and which the system closes when this program is gone. It is in
// a group of its own so that an interrupt from the terminal does not end it
// first.
func (g *group) watch() error {
	guard := exec.Command("sh", "-c", `read -r _; kill -s KILL -- "-$1"`, "sh", strconv.Itoa(g.command.Process.Pid))
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	lifeline, err := guard.StdinPipe()
	if err != nil {
		return err
	}
	if err := guard.Start(); err != nil {
		return fmt.Errorf("start the emulator's guard: %w", err)
	}
	g.guard, g.lifeline = guard, lifeline
	return nil
}

// kill ends every process of the group and the guard, and reaps the two that this process started.
func (g *group) kill() error {
	g.once.Do(func() {
		if err := syscall.Kill(-g.command.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			g.err = fmt.Errorf("kill the emulator, process group %d: %w", g.command.Process.Pid, err)
		}
		if g.guard != nil {
			// Before the lifeline closes: by then the group's number may be another's.
			_ = g.guard.Process.Kill()
			_ = g.lifeline.Close()
			_ = g.guard.Wait()
		}
		if g.err == nil {
			<-g.ended
		}
	})
	return g.err
}
