package main_test

import (
	"flag"
	"fmt"
	"maps"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sync/errgroup"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// fewWaits is how many waits TestScaleIn has unless it measures.
const fewWaits = 100

var scaleInWaits = flag.Int("scalein", fewWaits, "`number` of waits that the two workers of TestScaleIn hold")

// scaleInPatience bounds how long the worker that stays takes to hold all waits.
const scaleInPatience = 30 * time.Second

// TestScaleIn ends one of two workers by SIGTERM, as an autoscaler does, and says what that costs: how long it takes
// until the other one holds all waits, and how many reads, events and how much CPU of the Temporal server it takes.
// `make scalein` measures it with 2,000 waits. It is not parallel: it measures.
func TestScaleIn(t *testing.T) {
	s := newScaleIn(t)
	steady := s.during(s.window)
	moved, events := s.leaving.held(t), s.historyLengths()

	cost := s.during(s.window, func() {
		began := time.Now()
		if err := s.leaving.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		s.untilHeld(scaleInPatience, s.staying)
		s.took = time.Since(began)
	})
	s.leaving.wait(t).wants(t, 0, "msg=stopped")

	reads, cpu := cost.reads-steady.reads, (cost.server - steady.server).Round(time.Millisecond)
	t.Logf("%d of %d waits moved: all held after %v; %d reads and %v of the server's CPU more than in the %v before, %v a wait; at most %v between two reads of a wait",
		moved, len(s.ids), s.took.Round(time.Millisecond), reads, cpu, s.window, (cpu / time.Duration(max(moved, 1))).Round(10*time.Microsecond), s.longestGap())
	t.Logf("before, each %v: %d reads, %v of the server's CPU, %v of the staying worker's; it held %d waits, and has %d MiB with all",
		s.window, steady.reads, steady.server, steady.worker, len(s.ids)-moved, s.staying.memory(t))
	if moved == 0 || moved == len(s.ids) {
		t.Errorf("one worker held %d of %d waits", moved, len(s.ids))
	}
	if reads > 2*moved {
		t.Errorf("%d more reads for %d waits: a hand-over takes one", reads, moved)
	}
	if after := s.historyLengths(); !maps.Equal(events, after) {
		t.Errorf("histories grew: %v events before, %v after", events, after)
	}
	s.finish()
}

// scaleIn is two workers that hold waits.
type scaleIn struct {
	*site
	leaving, staying *process
	refs             []lro.Ref
	ids              []string      // of the waits
	interval         time.Duration // between two reads of a wait
	window           time.Duration // of a measurement
	took             time.Duration // until the worker that stays holds all waits
}

func newScaleIn(t *testing.T) *scaleIn {
	s := &scaleIn{site: newSite(t, testsuite.Options{}), interval: 4 * time.Second, window: 4 * time.Second}
	if *scaleInWaits > fewWaits {
		s.interval, s.window = 20*time.Second, 40*time.Second
	}
	s.leaving, s.staying = s.serve(""), s.serve("")
	s.leaving.ready(t)
	s.staying.ready(t)
	s.refs, s.ids = make([]lro.Ref, *scaleInWaits), make([]string, *scaleInWaits)
	var starts errgroup.Group
	starts.SetLimit(16)
	options := workflows.AwaitOptions{Policy: lro.PollPolicy{InitialInterval: s.interval, MaximumInterval: s.interval}}
	for i := range s.refs {
		s.refs[i] = s.start(fmt.Sprintf("o%05d", i), testsuite.Script{End: testsuite.RunForever()})
		starts.Go(func() error {
			run, err := workflows.Start(t.Context(), s.client, s.queue, s.refs[i], options)
			if err == nil {
				s.ids[i] = run.ID
			}
			return err
		})
	}
	if err := starts.Wait(); err != nil {
		t.Fatal(err)
	}
	s.untilHeld(time.Minute+time.Duration(len(s.ids))*20*time.Millisecond, s.leaving, s.staying)
	return s
}

// held is how many waits a worker holds.
func (p *process) held(t *testing.T) int {
	t.Helper()
	_, page := p.page(t, "/metrics")
	return int(metric(page, "awaitop_waits_held", nil))
}

// untilHeld waits until the workers hold all waits.
func (s *scaleIn) untilHeld(patience time.Duration, workers ...*process) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		held := 0
		for _, w := range workers {
			held += w.held(s.t)
		}
		if held == len(s.ids) {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%d of %d waits are held after %v", held, len(s.ids), patience)
		}
	}
}

// spent is what a time took.
type spent struct {
	reads          int
	server, worker time.Duration // CPU of the Temporal server and of the worker that stays; 0 where the system does not tell
}

// during measures a time, at whose begin it calls the functions.
func (s *scaleIn) during(window time.Duration, at ...func()) spent {
	s.t.Helper()
	before, end := s.so(), time.After(window)
	for _, do := range at {
		do()
	}
	<-end
	after := s.so()
	return spent{reads: after.reads - before.reads, server: after.server - before.server, worker: after.worker - before.worker}
}

// so is what was spent so far.
func (s *scaleIn) so() spent {
	return spent{
		reads:  s.service.Count(testsuite.MethodGet) + s.service.Count(testsuite.MethodList),
		server: cpuOf(dev.Pid()), worker: cpuOf(s.staying.command.Process.Pid),
	}
}

// cpuOf is the CPU time of a process so far, 0 where the system does not tell.
func cpuOf(pid int) time.Duration {
	process, err := procfs.NewProc(pid)
	if err != nil {
		return 0
	}
	stat, err := process.Stat()
	if err != nil {
		return 0
	}
	return time.Duration(stat.CPUTime() * float64(time.Second)).Round(time.Millisecond)
}

// memory is the resident memory of a worker, in MiB.
func (p *process) memory(t *testing.T) int {
	t.Helper()
	_, page := p.page(t, "/metrics")
	return int(metric(page, "process_resident_memory_bytes", nil)) >> 20
}

// historyLengths are the numbers of events of all waits by workflow id.
func (s *scaleIn) historyLengths() map[string]int64 {
	s.t.Helper()
	lengths := map[string]int64{}
	var mu sync.Mutex
	var all errgroup.Group
	all.SetLimit(16)
	for _, id := range s.ids {
		all.Go(func() error {
			described, err := s.client.DescribeWorkflowExecution(s.t.Context(), id, "")
			mu.Lock()
			defer mu.Unlock()
			lengths[id] = described.GetWorkflowExecutionInfo().GetHistoryLength()
			return err
		})
	}
	if err := all.Wait(); err != nil {
		s.t.Fatal(err)
	}
	return lengths
}

// longestGap is the longest time between two reads of a wait.
func (s *scaleIn) longestGap() time.Duration {
	last, longest := map[string]time.Time{}, time.Duration(0)
	for _, call := range s.service.Calls(testsuite.MethodGet) {
		if before, ok := last[call.Name]; ok {
			longest = max(longest, call.Time.Sub(before))
		}
		last[call.Name] = call.Time
	}
	return longest.Round(100 * time.Millisecond)
}

// finish ends all operations, and wants each wait to see it.
func (s *scaleIn) finish() {
	s.t.Helper()
	var all errgroup.Group
	all.SetLimit(16)
	for i, ref := range s.refs {
		s.service.Finish(ref, testsuite.Succeed(`{}`))
		all.Go(func() error {
			var outcome lro.Outcome
			err := s.client.GetWorkflow(s.t.Context(), s.ids[i], "").Get(s.t.Context(), &outcome)
			if err == nil && outcome.State() != lro.StateSucceeded {
				err = fmt.Errorf("%s: %s", ref, outcome.State())
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		s.t.Errorf("a wait was lost: %v", err)
	}
}
