package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/examples/benchmark/internal/patterns"
	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
	"github.com/awaitop/awaitop/testsuite"
)

// program is the example, which the test binary stands in for.
const program = itselftest.Program("AWAITOP_BENCHMARK_ARGS")

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	if os.Getenv(envChild) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	quickOperations = 20
	quickCancels    = 2
	quickAwaits     = quickOperations + quickCancels
	// severalPolls is how many attempts it takes at least to poll each more than
	// once, but for those that had ended by the first on a busy machine.
	severalPolls = quickAwaits * 3 / 2
)

// quick is a short run of everything but the patterns.
var quick = []string{
	"-n", fmt.Sprint(quickOperations), "-cancels", fmt.Sprint(quickCancels), "-durations", "5s..6s", "-runs", "1",
	"-initial", "100ms", "-maximum", "500ms", "-floor", floorCommon, "-settle", "500ms", "-patience", "20s", "-collections", "3",
}

// expected is what holds for a pattern, whatever the machine.
type expected struct {
	grows    bool
	events   int // of a history that stays flat, at most
	cancels  int
	attempts int // at least
	lists    bool
	few      bool // whether several operations share a history
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	dev, err := devserver.Start(t.Context(), devserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dev.Stop() })
	serve := func(context.Context, string, *console.Console) (*temporalServer, error) {
		return &temporalServer{address: dev.Address(), pid: dev.Pid(), stop: func() {}}, nil
	}
	want := map[string]expected{
		"single": {events: 11, cancels: quickCancels, attempts: quickAwaits},
		"inline": {events: 11, cancels: quickCancels, attempts: quickAwaits},
		"all":    {events: 11, few: true, cancels: quickCancels, attempts: 2, lists: true},
		"yield":  {events: 11, cancels: quickCancels, attempts: severalPolls},
		"timer":  {grows: true, attempts: severalPolls},
		"loop":   {events: 11, attempts: quickAwaits},
		"retry":  {events: 11, attempts: severalPolls},
		"floor":  {},
	}
	if len(want) != len(patterns.All()) {
		t.Errorf("%d patterns are expected, there are %d", len(want), len(patterns.All()))
	}
	for name, want := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := parseFlags(append(quick, "-patterns", name, "-temporal", ""))
			if err != nil {
				t.Fatal(err)
			}
			b := &bench{flags: f, out: console.New(true), serve: serve}
			result, err := b.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := result.Patterns[0].Runs[0]
			want.check(t, got)
			if name != "floor" {
				want.checkWorkflows(t, got)
			}
		})
	}
}

// Where the API has a WaitOperation, awaitop sends it in place of reads. The end is seen by it.
func TestAtServer(t *testing.T) {
	t.Parallel()
	dev, err := devserver.Start(t.Context(), devserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dev.Stop() })
	f, err := parseFlags(append(quick, "-patterns", "single,loop", "-at-server", "-initial", "600ms", "-maximum", "10s", "-temporal", ""))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{flags: f, out: console.New(true), serve: func(context.Context, string, *console.Console) (*temporalServer, error) {
		return &temporalServer{address: dev.Address(), pid: dev.Pid(), stop: func() {}}, nil
	}}
	result, err := b.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	single, loop := result.Patterns[0].Runs[0], result.Patterns[1].Runs[0]
	for _, got := range []measured{single, loop} {
		if got.Failed != 0 || got.Lost != 0 || got.Awaits != quickAwaits {
			t.Errorf("%d of %d awaits failed, %d were lost", got.Failed, got.Awaits, got.Lost)
		}
	}
	if single.Calls[testsuite.MethodWait] == 0 || single.Cancels != quickCancels || loop.Calls[testsuite.MethodWait] != 0 {
		t.Errorf("awaitop has sent %v, the loop %v", single.Calls, loop.Calls)
	}
}

// check checks what holds with and without Temporal.
func (want expected) check(t *testing.T, got measured) {
	t.Helper()
	if got.Failed != 0 || got.Lost != 0 || got.Awaits != quickAwaits {
		t.Errorf("%d of %d awaits failed, %d were lost", got.Failed, got.Awaits, got.Lost)
	}
	if got.Cancels != want.cancels || got.Calls[testsuite.MethodCancel] != want.cancels {
		t.Errorf("%d operations were canceled by %d calls, want %d", got.Cancels, got.Calls[testsuite.MethodCancel], want.cancels)
	}
	if (got.CancelMedian != nil) != (want.cancels > 0) || got.CancelMedian != nil && (*got.CancelMedian < 0 || *got.CancelMax < *got.CancelMedian) {
		t.Errorf("cancel latency %v, max %v", got.CancelMedian, got.CancelMax)
	}
	if got.LagMean == nil || *got.LagMean < 0 || *got.LagP99 < *got.LagMean || *got.LagP99 > 20 {
		t.Errorf("lag %v, p99 %v", got.LagMean, got.LagP99)
	}
	// Each runs for many intervals; a list answers for several.
	gets, lists := got.Calls[testsuite.MethodGet], got.Calls[testsuite.MethodList]
	if gets+lists*quickOperations < 2*quickAwaits || got.calls() != gets+lists+want.cancels || want.lists && lists == 0 {
		t.Errorf("%d gets and %d lists of %d calls", gets, lists, got.calls())
	}
	if got.WorkerCPU != nil && (*got.WorkerCPU <= 0 || *got.PeakMemory < *got.MemoryOfWaits || *got.MemoryOfWaits < 0) {
		t.Errorf("worker CPU %v s, memory %v, of waits %v", *got.WorkerCPU, *got.PeakMemory, *got.MemoryOfWaits)
	}
}

func (want expected) checkWorkflows(t *testing.T, got measured) {
	t.Helper()
	if got.Grows == nil || *got.Grows != want.grows {
		t.Errorf("that the history grows is not known or not %t", want.grows)
	}
	if !want.grows && got.Events > float64(want.events) || got.Events < 5 != want.few {
		t.Errorf("%v events per await, want %d at most", got.Events, want.events)
	}
	if got.Actions.Attempts < want.attempts || got.Actions.total() != got.Actions.Attempts+got.Actions.Heartbeats+got.Actions.Timers {
		t.Errorf("actions %+v, want %d attempts at least", *got.Actions, want.attempts)
	}
	if timers := got.Actions.Timers; (timers > 0) != want.grows {
		t.Errorf("%d timers", timers)
	}
	if *got.StartsPerSecond <= 0 {
		t.Errorf("%v starts per second", *got.StartsPerSecond)
	}
	if got.ServerCPURaw != nil && *got.ServerCPURaw <= 0 {
		t.Errorf("server CPU %v s", *got.ServerCPURaw)
	}
}

// At a rate that is too low most is rejected, and all end all the same. A machine that
// runs the loop three times slower than its intervals still asks for more than the rate.
func TestCommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	stdout, status := program.Run(t, "-n 4 -durations 5s..6s -runs 1 -cancels 1 -initial 100ms -maximum 200ms -settle 300ms -rate 4 -workers 2 "+
		"-patterns single,floor,loop -floor common -json -out "+folder)
	var got report
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != command.ExitOK {
		t.Fatalf("exit status %d, %v, output %q", status, err, stdout)
	}
	single := got.Patterns[0].Runs[0]
	if single.ServerErrors == nil {
		t.Error("the server's errors were not counted")
	}
	if single.Lost != 0 || single.Failed != 0 || single.Cancels != 1 {
		t.Errorf("%d lost, %d failed, %d canceled", single.Lost, single.Failed, single.Cancels)
	}
	if r := single.Rejections; r == nil || r.Settled > 0.5 { // its workers keep to the rate
		t.Errorf("rejections %+v", r)
	}
	if r := got.Patterns[2].Runs[0].Rejections; r == nil || r.Share <= 0 || r.Share >= 1 || r.Settled < 0 || len(r.OverTime) == 0 || r.OverTime[0].Requests == 0 {
		t.Errorf("rejections %+v", r)
	}
	for _, name := range []string{"report.md", "report.json", "server_cpu.png", "calls.png", "lag_mean.png", "rejected.png"} {
		if name == "server_cpu.png" && single.ServerCPU == nil {
			continue // no /proc here
		}
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	written, err := os.ReadFile(filepath.Join(folder, "report.json"))
	if err != nil || string(written) != stdout {
		t.Errorf("report.json is not what was printed: %v", err)
	}
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args   string
		reason string
	}{
		"unknown":       {"-nonsense", "no such flag"},
		"argument":      {"nonsense", "it takes no arguments"},
		"pattern":       {"-patterns single,double", "no such pattern"},
		"twice":         {"-patterns loop,loop", "its columns could not be told apart"},
		"scenario":      {"-scenario nonsense", "no such scenario"},
		"none":          {"-n 0", "nothing to await"},
		"durations":     {"-durations soon", "no time"},
		"backwards":     {"-durations 9s..1s", "ends before it begins"},
		"sigma":         {"-durations lognormal:60s", "a sigma is missing"},
		"exclusive":     {"-databases -collections 2", "which of them?"},
		"no wait":       {"-databases -at-server", "Spanner has none"},
		"maximum":       {"-initial 10s -maximum 1s", "less than the first"},
		"coefficient":   {"-coefficient 0.5", "it would poll ever more often"},
		"not a number":  {"-rate NaN", "no rate"},
		"floor":         {"-floor other", "no such schedule"},
		"no workers":    {"-workers 0", "nobody to await"},
		"settle":        {"-settle 0s", "idling cannot be measured in no time"},
		"negative":      {"-cancels -1", "less than none"},
		"without value": {"-out", "where to?"},
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
