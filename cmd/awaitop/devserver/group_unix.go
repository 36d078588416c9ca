//go:build unix

package devserver

import (
	"os/exec"
	"syscall"
)

// apart gives the process a group of its own. A terminal sends its interrupts to the program's group.
func apart(command *exec.Cmd) { attributes(command).Setpgid = true }

// attributes are the system's attributes of the process.
func attributes(command *exec.Cmd) *syscall.SysProcAttr {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	return command.SysProcAttr
}
