package devserver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// stopWithin bounds the shutdown of a server.
	stopWithin = 10 * time.Second
	// outputWithin bounds the copying of its output after its end.
	outputWithin = 2 * time.Second
)

// process is one run of the CLI.
type process struct {
	handle *os.Process
	pid    int
	log    *processLog
	// ended closes once the process is gone and reaped.
	ended chan struct{}
}

// processLog takes the log of a process until the process is asked to end. A server that stops logs as errors what it gives up.
type processLog struct {
	to     io.Writer
	ending atomic.Bool
}

func (l *processLog) Write(p []byte) (int, error) {
	if l.ending.Load() {
		return len(p), nil
	}
	return l.to.Write(p)
}

// launch starts the binary. Its log goes to log, its banner nowhere. alone keeps a terminal's interrupts from it.
func launch(binary string, arguments []string, log io.Writer, alone bool) (*process, error) {
	command := exec.Command(binary, arguments...)
	taken := &processLog{to: log}
	command.Stderr = taken
	command.WaitDelay = outputWithin
	endWithParent(command)
	if alone {
		apart(command)
	}

	p := &process{log: taken, ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		// Linux sends the parent-death signal when the thread that started the process ends, not when the program
		// ends. So this goroutine keeps the thread while the process runs.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		// Wait's error is of no interest: a signal of this package ends nearly every process.
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

// stop interrupts the process, and kills it if it does not end within stopWithin.
func (p *process) stop() error {
	p.log.ending.Store(true)
	// On Windows a process cannot be interrupted.
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
