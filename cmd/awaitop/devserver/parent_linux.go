package devserver

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel kill the process when the thread that starts it ends. So launch keeps that thread.
func endWithParent(command *exec.Cmd) { attributes(command).Pdeathsig = syscall.SIGKILL }
