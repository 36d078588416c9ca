package main

import (
	"os"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
)

// program is the example, which the test binary stands in for.
const program = itselftest.Program("AWAITOP_NEXUS_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestNexus(t *testing.T) {
	t.Parallel()
	stdout, status := program.Run(t, "")
	if status != command.ExitOK {
		t.Errorf("exit status %d, want %d", status, command.ExitOK)
	}
	for _, line := range []string{
		"//spanner.googleapis.com/projects/p/instances/orders/operations/create\n  succeeded\n",
		"/operations/index\n  OperationFailed.FAILED_PRECONDITION: ",
		"/projects/another/instances/i/operations/create\n  NotAllowed: ",
	} {
		if !strings.Contains(stdout, line) {
			t.Errorf("no %q in:\n%s", line, stdout)
		}
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	if stdout, status := program.Run(t, "nonsense"); status != command.ExitUsage || stdout != "" {
		t.Errorf("exit status %d, output %q, want %d and none", status, stdout, command.ExitUsage)
	}
}
