package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
	"github.com/awaitop/awaitop/lro"
)

// program is the example, which the test binary stands in for.
const program = itselftest.Program("AWAITOP_QUICKSTART_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	if os.Getenv(envWorkerQueue) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestQuickstart(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]string{"plain": "-json", "worker killed": "-json -kill-worker"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, status := program.Run(t, args)
			var got report
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != command.ExitOK {
				t.Fatalf("exit status %d, %v, output %q", status, err, stdout)
			}
			want := report{OK: true, Waits: []waitReport{
				{Name: "create", State: lro.StateSucceeded, Code: "OK"},
				{Name: "fail", State: lro.StateFailed, Code: "FAILED_PRECONDITION"},
				{Name: "cancel", State: lro.StateCanceled, Code: "CANCELLED", Cancellation: lro.CancellationCanceled},
			}}
			measured := cmpopts.IgnoreFields(waitReport{}, "Polls", "HistoryEvents", "Seconds", "ok")
			if diff := cmp.Diff(want, got, measured); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			for _, w := range got.Waits {
				if w.Polls < 1 || w.HistoryEvents < 11 || w.HistoryEvents > 30 || w.Seconds > 60 {
					t.Errorf("%s: %d polls, %d events, %v s", w.Name, w.Polls, w.HistoryEvents, w.Seconds)
				}
			}
		})
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args   string
		reason string
	}{
		"unknown":    {"-nonsense", "no such flag"},
		"argument":   {"nonsense", "it takes no arguments"},
		"no URL":     {"-endpoint 127.0.0.1:9020", "a scheme is missing"},
		"exclusive":  {"-endpoint http://127.0.0.1:1 -project p", "which of them?"},
		"wrong type": {"-keep=perhaps", "not a boolean"},
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
