package devserver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

const (
	// stopWithin is how long a server may take over its own shutdown.
	stopWithin = 10 * time.Second
	// outputWithin is how long its output is still copied once it has ended.
	outputWithin = 2 * time.Second
)

// process is one run of the CLI.
type process struct {
	handle *os.Process
	pid    int
	// ended is closed once the process is gone and reaped.
	ended chan struct{}
}

// launch starts the binary with what it logs in log; its banner is dropped.
func launch(binary string, arguments []string, log io.Writer) (*process, error) {
	command := exec.Command(binary, arguments...)
	command.Stderr = log
	command.WaitDelay = outputWithin
	endWithParent(command)

	p := &process{ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		// Linux sends the parent-death signal when the thread that started the
		// process ends, not when the program does. So this thread is kept for
		// as long as the process runs.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		// How it ended is of no interest: nearly always by our signal.
		_ = command.Wait()
		close(p.ended)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	p.handle, p.pid = command.Process, command.Process.Pid
	return p, nil
}

// kill ends the process with SIGKILL and waits until it is gone.
func (p *process) kill() error {
	if err := p.handle.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill the Temporal dev server, process %d: %w", p.pid, err)
	}
	<-p.ended
	return nil
}

// stop asks the process to end, and kills it where asking does not help.
func (p *process) stop() error {
	// Windows has no interrupt to send to a process.
	if err := p.handle.Signal(os.Interrupt); err != nil {
		return p.kill()
	}
	timer := time.NewTimer(stopWithin)
	defer timer.Stop()
	select {
	case <-p.ended:
		return nil
	case <-timer.C:
		return p.kill()
	}
}
