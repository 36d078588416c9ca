package itselftest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Program makes a test binary stand in for a program: with the environment
// variable of that name it is run with the arguments in it, separated by spaces.
type Program string

// IsWanted reports whether this process shall be the program. If so, os.Args are
// its own, and its children are not asked to be it.
func (p Program) IsWanted() bool {
	args, wanted := os.LookupEnv(string(p))
	if wanted {
		_ = os.Unsetenv(string(p))
		os.Args = append(os.Args[:1], strings.Fields(args)...)
	}
	return wanted
}

// Run runs the program to its end.
func (p Program) Run(t testing.TB, args string) (stdout string, status int) {
	t.Helper()
	run := exec.Command(os.Args[0])
	run.Env = append(os.Environ(), string(p)+"="+args)
	run.Stderr = os.Stderr
	out, err := run.Output()
	if run.ProcessState == nil {
		t.Fatalf("run: %v", err)
	}
	return string(out), run.ProcessState.ExitCode()
}
