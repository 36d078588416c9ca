//go:build !unix

package group

import (
	"errors"
	"os/exec"
)

// ErrUnsupported says that the system has no process groups.
var ErrUnsupported = errors.New("this system has no process groups")

// Group stands for processes that a system without process groups cannot have.
type Group struct{}

// Start returns ErrUnsupported.
func Start(*exec.Cmd) (*Group, error) { return nil, ErrUnsupported }

// Ended is never closed.
func (*Group) Ended() <-chan struct{} { return nil }

// Status is never known.
func (*Group) Status() int { return -1 }

// Interrupt does nothing.
func (*Group) Interrupt() error { return nil }

// Kill does nothing.
func (*Group) Kill() error { return nil }
