package devserver

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel kill the process when the thread that starts it
// ends. See launch for what that asks of the thread.
func endWithParent(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
