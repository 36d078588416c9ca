package itself

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Child is a process of this program. Its standard input closes with this process, and so tells it
// to end.
type Child struct {
	*exec.Cmd
	In  io.WriteCloser
	Out io.Reader
}

// Start starts a child with the given environment and standard error.
func Start(env []string, stderr io.Writer) (*Child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &Child{Cmd: exec.Command(self)}
	c.Env, c.Stderr = env, stderr
	if c.In, err = c.StdinPipe(); err != nil {
		return nil, err
	}
	if c.Out, err = c.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("start a child process: %w", err)
	}
	return c, nil
}
