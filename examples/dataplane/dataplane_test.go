package main

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
	"github.com/awaitop/awaitop/examples/internal/trials"
)

// program is the example, which the test binary stands in for.
const program = itselftest.Program("AWAITOP_DATAPLANE_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	flag.Parse()
	// The trials wait, they do not compute.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// Whatever happens on the way, each step starts one operation at most, and what a run that does not succeed has made is
// gone: the servers say so.
func TestDataplane(t *testing.T) {
	t.Parallel()
	server, err := devserver.Start(t.Context(), devserver.Options{Log: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	for name, tt := range map[string]struct {
		reason string
		args   string
		result trials.Result
		code   string
		exists int // how many resources at the end
	}{
		"plain":         {"all goes well", "", trials.Succeeded, "", len(steps)},
		"lost replies":  {"no start hears its reply: each is adopted", "-lose-replies", trials.Succeeded, "", len(steps)},
		"range":         {"the first step of its branch", "-fail-at range", trials.Failed, "RESOURCE_EXHAUSTED", 0},
		"connection":    {"the range goes", "-fail-at connection", trials.Failed, "FAILED_PRECONDITION", 0},
		"cluster":       {"Cloud SQL is canceled", "-fail-at cluster", trials.Failed, "INTERNAL", 0},
		"sql":           {"AlloyDB is canceled", "-fail-at sql", trials.Failed, "INTERNAL", 0},
		"primary":       {"the last step takes all with it", "-fail-at primary", trials.Failed, "INTERNAL", 0},
		"primary blind": {"and replies are lost", "-fail-at primary -lose-replies", trials.Failed, "INTERNAL", 0},
		"database":      {"another branch fails", "-fail-at database", trials.Failed, "INTERNAL", 0},
		"cache":         {"a branch of one step fails", "-fail-at cache", trials.Failed, "INTERNAL", 0},
		"cancel early":  {"the range is being made", "-cancel-after 500ms", trials.Canceled, "", 0},
		"cancel":        {"clusters are being made", "-cancel-after 5s", trials.Canceled, "", 0},
		"cancel, blind": {"and replies are lost", "-cancel-after 6s -lose-replies", trials.Canceled, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, status := program.Run(t, "-json -temporal "+server.Address()+" "+tt.args)
			var got report
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != command.ExitOK {
				t.Fatalf("%s: exit status %d, %v, output %q", tt.reason, status, err, stdout)
			}
			if !got.OK || got.Result != tt.result || got.Code != tt.code || len(got.Exists) != tt.exists {
				t.Errorf("%s: %+v, want %s %s with %d resources", tt.reason, got, tt.result, tt.code, tt.exists)
			}
		})
	}
}

// Each step and each undo is printed when it ends. The command brings its own server.
func TestStepsArePrinted(t *testing.T) {
	t.Parallel()
	stdout, status := program.Run(t, "-fail-at primary")
	if status != command.ExitOK {
		t.Errorf("exit status %d, want %d", status, command.ExitOK)
	}
	for _, line := range []string{
		` compute.globalAddresses.insert plane-\w+ \.\.\. done in [0-9.]+ s`,
		` Connect plane-\w+ \.\.\. done in [0-9.]+ s`,
		` alloydb.projects.locations.clusters.instances.create primary \.\.\. failed: INTERNAL: no luck with the primary`,
		` undo alloydb.projects.locations.clusters.create plane-\w+ \.\.\. (deleted|nothing is there)`,
		` undo Connect plane-\w+ \.\.\. (deleted|nothing is there)`,
		` undo compute.globalAddresses.insert plane-\w+ \.\.\. (deleted|nothing is there)`,
	} {
		if !regexp.MustCompile("(?m)^ " + line + "$").MatchString(stdout) {
			t.Errorf("no line %q in:\n%s", line, stdout)
		}
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]string{
		"unknown": "-nonsense", "argument": "nonsense", "step": "-fail-at nowhere", "time": "-cancel-after -1s", "temporal": "-temporal nonsense",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out, status := program.Run(t, args); status != command.ExitUsage || out != "" {
				t.Errorf("exit status %d, output %q, want %d and nothing", status, out, command.ExitUsage)
			}
		})
	}
}
