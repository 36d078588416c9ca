//go:build unix

package group

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

// ErrUnsupported says that the system has no process groups. A Unix has them.
var ErrUnsupported = errors.New("this system has no process groups")

// outputWithin is how long the output is still copied once the command has ended.
const outputWithin = 2 * time.Second

// Group is a command and all the processes it started, in a process group of their own. Its methods are safe for
// concurrent use.
type Group struct {
	command *exec.Cmd
	// guard kills the group when this program ends, however it does.
	guard    *exec.Cmd
	lifeline io.Closer
	// ended is closed once the command is gone and reaped.
	ended chan struct{}
	once  sync.Once
	err   error
}

// Start starts a command as the leader of a new group, and its guard. On an error no process is left. Call Kill at
// the end, also of a command that has ended by itself: what it started may run on.
func Start(command *exec.Cmd) (*Group, error) {
	g := &Group{command: command, ended: make(chan struct{})}
	command.WaitDelay = outputWithin
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Path, err)
	}
	go func() {
		// Its error is of no interest: Status has the status.
		_ = command.Wait()
		close(g.ended)
	}()
	if err := g.watch(); err != nil {
		return nil, errors.Join(err, g.Kill())
	}
	return g, nil
}

// Ended is closed once the command itself has ended.
func (g *Group) Ended() <-chan struct{} { return g.ended }

// Status is the exit status of the command once it has ended, as a shell has it: 128 and the signal's number if a signal
// ended it.
func (g *Group) Status() int {
	<-g.ended
	if status, ok := g.command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return g.command.ProcessState.ExitCode()
}

// Interrupt sends every process of the group what a terminal sends on Ctrl-C.
func (g *Group) Interrupt() error { return g.signal(syscall.SIGINT) }

// watch starts the guard: a shell that reads from a pipe to which nothing is
// ever written, and which the system closes when this program is gone. It is in
// a group of its own so that an interrupt from the terminal does not end it
// first.
func (g *Group) watch() error {
	guard := exec.Command("sh", "-c", `read -r _; kill -s KILL -- "-$1"`, "sh", strconv.Itoa(g.command.Process.Pid))
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	lifeline, err := guard.StdinPipe()
	if err != nil {
		return err
	}
	if err := guard.Start(); err != nil {
		return fmt.Errorf("start the guard of %s: %w", g.command.Path, err)
	}
	g.guard, g.lifeline = guard, lifeline
	return nil
}

// Kill ends every process of the group and the guard, and reaps the two that this process started. A second Kill does
// nothing.
func (g *Group) Kill() error {
	g.once.Do(func() {
		g.err = g.signal(syscall.SIGKILL)
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

// signal signals every process of the group. A group without processes is no error.
func (g *Group) signal(signal syscall.Signal) error {
	pid := g.command.Process.Pid
	if err := syscall.Kill(-pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("send %s to %s, process group %d: %w", signal, g.command.Path, pid, err)
	}
	return nil
}
