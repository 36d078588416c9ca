//go:build !unix && !windows

package devserver

import "os/exec"

// apart does nothing on a system without groups of processes.
func apart(*exec.Cmd) {}
