package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/emulator"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
	"github.com/awaitop/awaitop/examples/internal/trials"
	"github.com/awaitop/awaitop/testsuite"
)

// program is the example, which the test binary stands in for.
const program = itselftest.Program("AWAITOP_PROVISIONING_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	flag.Parse()
	// The trials wait, they do not compute.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// trial is a run of the example with flags, and how it must end.
type trial struct {
	reason string
	args   string
	result trials.Result
	code   string
	exists int // how many resources at the end
}

func (r trial) check(t *testing.T, args string) {
	t.Helper()
	stdout, status := program.Run(t, "-json "+args)
	var got report
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != command.ExitOK {
		t.Fatalf("%s: exit status %d, %v, output %q", r.reason, status, err, stdout)
	}
	if !got.OK || got.Result != r.result || got.Code != r.code || len(got.Exists) != r.exists {
		t.Errorf("%s: %+v, want %s %s with %d resources", r.reason, got, r.result, r.code, r.exists)
	}
}

func TestProvisioning(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]trial{
		"plain":         {"all goes well", "", trials.Succeeded, "", 5},
		"lost replies":  {"no start hears its reply: each is adopted", "-lose-replies", trials.Succeeded, "", 5},
		"instance":      {"there is nothing to undo", "-fail-at instance", trials.Failed, "RESOURCE_EXHAUSTED", 0},
		"database":      {"its siblings are canceled", "-fail-at database", trials.Failed, "INTERNAL", 0},
		"schema":        {"so are they here", "-fail-at schema", trials.Failed, "INVALID_ARGUMENT", 0},
		"index":         {"all databases are dropped", "-fail-at index", trials.Failed, "FAILED_PRECONDITION", 0},
		"backup":        {"the last step takes all with it", "-fail-at backup", trials.Failed, "INTERNAL", 0},
		"cancel early":  {"the instance is being made", "-cancel-after 2s", trials.Canceled, "", 0},
		"cancel":        {"the databases are being made", "-cancel-after 8s", trials.Canceled, "", 0},
		"cancel, blind": {"and replies are lost", "-cancel-after 9s -lose-replies", trials.Canceled, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.check(t, r.args)
		})
	}
}

// Each step and each undo is printed when it ends.
func TestStepsArePrinted(t *testing.T) {
	t.Parallel()
	stdout, status := program.Run(t, "-fail-at database")
	if status != command.ExitOK {
		t.Errorf("exit status %d, want %d", status, command.ExitOK)
	}
	for _, line := range []string{
		` CreateInstance provisioning-\w+ \.\.\. done in [0-9.]+ s`,
		` CreateDatabase customers \.\.\. failed: INTERNAL: internal error`,
		` CreateDatabase orders \.\.\. canceled`,
		` undo CreateDatabase orders \.\.\. nothing is there`,
		` undo CreateInstance provisioning-\w+ \.\.\. deleted`,
	} {
		if !regexp.MustCompile("(?m)^ " + line + "$").MatchString(stdout) {
			t.Errorf("no line %q in:\n%s", line, stdout)
		}
	}
}

// On the emulator the index fails for real, over rows that are there.
func TestProvisioningOnEmulator(t *testing.T) {
	t.Parallel()
	spanner, err := emulator.Start(context.Background(), os.Stderr)
	if errors.Is(err, emulator.ErrNotFound) {
		t.Skip("this machine has no Spanner emulator: ", err)
	}
	if err != nil {
		t.Fatalf("emulator: %v", err)
	}
	t.Cleanup(func() { _ = spanner.Stop() })
	for name, r := range map[string]trial{
		"plain":        {"all but the backup", "", trials.Succeeded, "", 4},
		"lost replies": {"each start is adopted", "-lose-replies", trials.Succeeded, "", 4},
		"instance":     {"refused at once", "-fail-at instance", trials.Failed, "INVALID_ARGUMENT", 0},
		"database":     {"refused at once", "-fail-at database", trials.Failed, "INVALID_ARGUMENT", 0},
		"schema":       {"refused at once", "-fail-at schema", trials.Failed, "INVALID_ARGUMENT", 0},
		"index":        {"a unique index over duplicates", "-fail-at index", trials.Failed, "FAILED_PRECONDITION", 0},
		"cancel":       {"in the midst of steps that take milliseconds", "-cancel-after 10ms", trials.Canceled, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r.check(t, "-endpoint "+spanner.Endpoint()+" "+r.args)
		})
	}
}

// On a Spanner that holds no rows the run fails before the index: that is not what -fail-at asked for.
func TestFailsElsewhere(t *testing.T) {
	t.Parallel()
	endpoint := testsuite.ForTest(t, testsuite.Options{}).Serve(t)
	stdout, status := program.Run(t, "-json -fail-at index -endpoint "+endpoint)
	var got report
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status == command.ExitOK {
		t.Fatalf("exit status %d, %v, output %q", status, err, stdout)
	}
	if got.OK || got.Result != trials.Failed || !strings.Contains(got.Error, "this Spanner has no sessions") || len(got.Exists) != 0 {
		t.Errorf("%+v, want a failure for want of sessions, and nothing left", got)
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]string{
		"unknown": "-nonsense", "argument": "nonsense", "step": "-fail-at nowhere", "time": "-cancel-after -1s",
		"endpoint": "-endpoint nonsense", "both": "-endpoint http://127.0.0.1:1 -project p",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out, status := program.Run(t, args); status != command.ExitUsage || out != "" {
				t.Errorf("exit status %d, output %q, want %d and nothing", status, out, command.ExitUsage)
			}
		})
	}
}
