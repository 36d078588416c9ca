package devserver

import (
	"os/exec"
	"syscall"
)

// apart gives the process a group of its own. A console sends its interrupts to the program's group.
func apart(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
