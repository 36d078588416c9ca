package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/emulator"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
)

// program is the example, which the test binary stands in for.
const program = itselftest.Program("AWAITOP_QUICKSTART_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestQuickstart(t *testing.T) {
	t.Parallel()
	stdout, status := program.Run(t, "")
	if status != command.ExitOK {
		t.Errorf("exit status %d, want %d", status, command.ExitOK)
	}
	for _, line := range []string{
		"/databases/orders is READY\n",
		"  UpdateDatabaseDdl orders schema ... failed: INVALID_ARGUMENT: Index byw specifies key column w ",
		"  undo CreateDatabase orders ... dropped\n",
		"failed:    OperationFailed: INVALID_ARGUMENT: Index byw specifies key column w ",
		"           statements[1]: table t has the columns id and v\n",
		"           1 of 2 statements were committed before\n",
		"  the workflow is canceled\n",
		"  CreateDatabase orders ... canceled\n",
		"canceled:  nothing is left\n",
		" events, however long its operations take\n",
		"WorkflowExecutionCompleted\n",
	} {
		if !strings.Contains(stdout, line) {
			t.Errorf("no %q in:\n%s", line, stdout)
		}
	}
}

// On the emulator the schema is refused at once, and the third run ends before its cancel.
func TestQuickstartOnEmulator(t *testing.T) {
	t.Parallel()
	spanner, err := emulator.Start(t.Context(), os.Stderr)
	if errors.Is(err, emulator.ErrNotFound) {
		t.Skip("this machine has no Spanner emulator: ", err)
	}
	if err != nil {
		t.Fatalf("emulator: %v", err)
	}
	t.Cleanup(func() { _ = spanner.Stop() })
	stdout, status := program.Run(t, "-endpoint "+spanner.Endpoint())
	if status != command.ExitOK || !strings.Contains(stdout, "failed:    StartFailed: INVALID_ARGUMENT: ") ||
		!strings.Contains(stdout, "it had ended before the cancel\n") || strings.Contains(stdout, "yourself") {
		t.Errorf("exit status %d, want %d, all three runs, and nothing left:\n%s", status, command.ExitOK, stdout)
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args   string
		reason string
	}{
		"unknown":   {"-nonsense", "no such flag"},
		"argument":  {"nonsense", "it takes no arguments"},
		"no URL":    {"-endpoint 127.0.0.1:9020", "a scheme is missing"},
		"exclusive": {"-endpoint http://127.0.0.1:1 -project p", "they name two Spanners"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if stdout, status := program.Run(t, tt.args); status != command.ExitUsage || stdout != "" {
				t.Errorf("%s: exit status %d, output %q, want %d and none", tt.reason, status, stdout, command.ExitUsage)
			}
		})
	}
}
