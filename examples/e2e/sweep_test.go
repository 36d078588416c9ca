package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The sweep over provisioning: how many points of each kind, and which.
var (
	sweepPoints = flag.Int("sweep", 48, "`number` of points at which the sweep cancels, and at which it kills")
	sweepSeed   = flag.Uint64("seed", 0, "`seed` of the sweep; 0 takes one from the clock")
)

// sweep is a Spanner with many provisioning workflows in it, each with an
// instance of its own, disturbed at points that the seed chooses.
type sweep struct {
	*bench
	random *rand.Rand
	seed   uint64
}

// starts are the methods that provisioning calls.
var starts = []testsuite.Method{
	"CreateInstance", "CreateDatabase", "UpdateDatabaseDdl", "CreateBackup",
}

func newSweep(t *testing.T, options benchOptions) *sweep {
	t.Helper()
	seed := *sweepSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	random := rand.New(rand.NewPCG(seed, 1))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to see it again: go test ./examples/e2e -run %s -seed %d -sweep %d", t.Name(), seed, *sweepPoints)
		}
	})
	s := &sweep{bench: newBench(t, options), random: random, seed: seed}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute+time.Duration(*sweepPoints)*2*time.Second)
	t.Cleanup(cancel)
	s.ctx = ctx
	for _, method := range starts {
		s.service.Plan(method, s.scripts()...)
	}
	return s
}

// scripts are how operations behave: most succeed and honor a cancel, some fail,
// complete in spite of it, take their time with it, or have none.
func (s *sweep) scripts() []testsuite.Script {
	scripts := make([]testsuite.Script, 1000)
	for i := range scripts {
		script := testsuite.Script{RunsFor: time.Duration(s.random.IntN(900)) * time.Millisecond}
		switch s.random.IntN(12) {
		case 0:
			script.End = testsuite.Fail(lro.CodeInternal, "by the sweep")
		case 1:
			script.OnCancel = testsuite.CompleteOnCancel(100 * time.Millisecond)
		case 2:
			script.OnCancel = testsuite.HonorCancel(time.Second)
		case 3:
			script.OnCancel = testsuite.IgnoreCancel()
		case 4:
			script.OnCancel = testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")
		}
		scripts[i] = script
	}
	return scripts
}

// loseReplies loses about one reply to a start in eight, and cuts connections
// before as many.
func (s *sweep) loseReplies(calls int) {
	var faults []testsuite.Fault
	for _, method := range starts {
		for n := 1; n <= calls; n++ {
			switch s.random.IntN(8) {
			case 0:
				faults = append(faults, testsuite.LostReply().On(method).Calls(n, n))
			case 1:
				faults = append(faults, testsuite.DroppedConnection().On(method).Calls(n, n))
			}
		}
	}
	s.service.AddFaults(faults...)
}

// provisioning is one workflow under way.
type provisioning struct {
	input provision.Input
	run   client.WorkflowRun
}

func (p provisioning) instance() string { return p.input.Project + "/instances/" + p.input.Instance }

// provision starts the nth workflow.
func (s *sweep) provision(n int) provisioning {
	s.t.Helper()
	in := provision.Input{
		Project: "projects/p", Instance: fmt.Sprintf("i%d", n), Config: "c", Units: 100,
		Databases: []string{"one", "two"}, Schema: []string{"CREATE TABLE t"}, Index: "CREATE INDEX x", Backup: "b",
		Pace: provision.Pace{
			Policy: brisk, Heartbeat: 2 * time.Second, AttemptTimeout: 3 * time.Second,
			Quarantine: 4 * time.Second, UndoWindow: s.undoWindow(),
		},
	}
	run, err := s.client.ExecuteWorkflow(s.ctx, client.StartWorkflowOptions{
		ID: fmt.Sprintf("%s-%d-%d", s.queue, s.seed, n), TaskQueue: s.queue, WorkflowTaskTimeout: 2 * time.Second,
	}, provision.Name, in)
	if err != nil {
		s.t.Fatalf("start: %v", err)
	}
	return provisioning{input: in, run: run}
}

// undoWindow is long for what the sweep does, the two minutes after which the
// death of a worker in the middle of a cancel is noticed included, and short for
// an undo that cannot be done.
func (s *sweep) undoWindow() time.Duration {
	if s.random == nil {
		return 5 * time.Second
	}
	return 10 * time.Minute
}

// calls counts what has been asked of the service about a workflow's resources.
func (s *sweep) calls(p provisioning) int {
	n := 0
	for _, call := range s.service.Calls() {
		if call.Name == p.instance() || strings.HasPrefix(call.Name, p.instance()+"/") {
			n++
		}
	}
	return n
}

// check says what is wrong after a workflow's end: something left that it does
// not name, an operation that runs, or a resource made twice.
func (s *sweep) check(p provisioning, point string) {
	s.t.Helper()
	err := p.run.Get(s.ctx, nil)
	named := map[string]bool{}
	if f, ok := lro.AsFailure(err); ok && f.Type == lro.TypeCompensationFailed {
		for _, name := range f.Resources {
			named[name] = true
		}
		s.t.Errorf("%s: an undo failed: %v", point, err)
	}
	for _, name := range s.resources(p) {
		if exists := s.service.Exists(name); exists != (err == nil) && !named[name] {
			s.t.Errorf("%s: ended with %v, and %s exists: %t", point, err, name, exists)
		}
	}
	made := map[string]int{}
	for _, ref := range s.service.Refs() {
		target, id, _ := strings.Cut(ref.Name, "/operations/")
		if target != p.instance() && !strings.HasPrefix(target, p.instance()+"/") {
			continue
		}
		op, _ := s.service.Peek(ref)
		if op.State() == lro.StateRunning {
			s.t.Errorf("%s: ended with %v, and %s runs", point, err, ref)
		}
		if strings.HasPrefix(id, "_auto_op_") { // of a create; a schema change has its key
			made[target]++
		}
	}
	for target, n := range made {
		if n > 1 {
			s.t.Errorf("%s: %s was made %d times", point, target, n)
		}
	}
	s.replay(p.run.GetID(), p.run.GetRunID())
}

func (s *sweep) resources(p provisioning) []string {
	return []string{
		p.instance(), p.instance() + "/databases/one", p.instance() + "/databases/two", p.instance() + "/backups/b",
	}
}

// Each way that provisioning ends replays. With -record the histories are kept
// for later code.
func TestProvisioningReplays(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	tests := map[string]struct {
		plan   map[testsuite.Method][]testsuite.Script
		faults []testsuite.Fault
		cancel testsuite.Method // canceled at its first call; "" for not
	}{
		"provision_succeeded":      {},
		"provision_failed":         {plan: map[testsuite.Method][]testsuite.Script{"CreateBackup": {{End: testsuite.Fail(lro.CodeInternal, "no")}}}},
		"provision_sibling":        {plan: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, "no")}, forever}}},
		"provision_canceled":       {plan: map[testsuite.Method][]testsuite.Script{"CreateBackup": {forever}}, cancel: "CreateBackup"},
		"provision_canceled_start": {faults: []testsuite.Fault{testsuite.Unavailable().On("CreateBackup")}, cancel: "CreateBackup"},
		"provision_not_undone": {faults: []testsuite.Fault{testsuite.PermissionDenied().On("DropDatabase")},
			plan: map[testsuite.Method][]testsuite.Script{"CreateBackup": {{End: testsuite.Fail(lro.CodeInternal, "no")}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{faults: tt.faults})
			for method, scripts := range tt.plan {
				b.service.Plan(method, scripts...)
			}
			s := &sweep{bench: b}
			p := s.provision(0)
			if tt.cancel != "" {
				b.waitFor("the call", func() bool { return b.service.Count(tt.cancel) > 0 })
				if err := b.client.CancelWorkflow(b.ctx, p.run.GetID(), ""); err != nil {
					t.Fatal(err)
				}
			}
			_ = p.run.Get(b.ctx, nil) // how it ends is other tests' matter
			b.record(p.run.GetID(), p.run.GetRunID(), provisionedFolder, name)
		})
	}
}

// Provisioning is canceled at every call it makes, and at times between: nothing
// is left, nothing runs, nothing was made twice.
func TestSweepCancel(t *testing.T) {
	t.Parallel()
	s := newSweep(t, benchOptions{})
	s.loseReplies(*sweepPoints)
	const atOnce = 16
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	ends := make([]func(), *sweepPoints)
	for n := range *sweepPoints {
		after := time.Duration(s.random.IntN(6000)) * time.Millisecond
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			ends[n] = s.cancelOne(n, after)
		})
	}
	all.Wait()
	for _, check := range ends {
		check()
	}
	t.Logf("seed %d: %d points, %d calls", s.seed, *sweepPoints, s.service.Count())
}

// cancelOne runs a workflow and cancels it: an even one at its nth call, an odd
// one after a while. What it returns checks the end.
func (s *sweep) cancelOne(n int, after time.Duration) (check func()) {
	p := s.provision(n)
	point := fmt.Sprintf("workflow %d, canceled after %v", n, after)
	if n%2 == 0 {
		point = fmt.Sprintf("workflow %d, canceled at call %d", n, n/2%60+1)
	}
	ended := make(chan struct{})
	go func() {
		_ = p.run.Get(s.ctx, nil)
		close(ended)
	}()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	began := time.Now()
	for canceled := false; ; {
		select {
		case <-ended:
			return func() { s.check(p, point) }
		case <-ticker.C:
		}
		if due := n%2 == 0 && s.calls(p) > n/2%60 || n%2 == 1 && time.Since(began) >= after; due && !canceled {
			canceled = true
			// One that has ended meanwhile cannot be canceled, and need not be.
			_ = s.client.CancelWorkflow(s.ctx, p.run.GetID(), p.run.GetRunID())
		}
	}
}

// The worker is killed with SIGKILL, again and again, with workflows at every
// stage, some of them canceled.
func TestSweepKill(t *testing.T) {
	t.Parallel()
	s := newSweep(t, benchOptions{noWorker: true})
	s.loseReplies(*sweepPoints)
	const atOnce = 12
	kills := 0
	for first := 0; first < *sweepPoints; first += atOnce {
		worker := s.workerProcess()
		var running []provisioning
		for n := first; n < min(first+atOnce, *sweepPoints); n++ {
			running = append(running, s.provision(n))
		}
		for range 2 {
			s.waitForCalls(s.random.IntN(60) + 1)
			_ = worker.Process.Kill()
			_ = worker.Wait()
			kills++
			worker = s.workerProcess()
		}
		for i, p := range running {
			if i%4 == 0 {
				_ = s.client.CancelWorkflow(s.ctx, p.run.GetID(), p.run.GetRunID()) // it may have ended
			}
		}
		for i, p := range running {
			s.check(p, fmt.Sprintf("workflow %d, kill %d", first+i, kills))
		}
		_ = worker.Process.Kill()
		_ = worker.Wait()
	}
	t.Logf("seed %d: %d kills with up to %d workflows each, %d calls", s.seed, kills, atOnce, s.service.Count())
}

// waitForCalls returns after n more calls, or when there are none to come.
func (s *sweep) waitForCalls(n int) {
	want := s.service.Count() + n
	deadline := time.Now().Add(15 * time.Second)
	s.waitFor("calls", func() bool { return s.service.Count() >= want || time.Now().After(deadline) })
}

// A canceled saga whose undo fails is read through the client as what it is.
func TestCompensationFailedThroughTheClient(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{faults: []testsuite.Fault{testsuite.PermissionDenied().On("DropDatabase")}})
	b.service.Plan("CreateBackup", testsuite.Script{End: testsuite.RunForever()})
	s := &sweep{bench: b}
	in := provision.Input{
		Project: "projects/p", Instance: "i", Config: "c", Databases: []string{"one"}, Schema: []string{"CREATE TABLE t"}, Index: "CREATE INDEX x", Backup: "b",
		Pace: provision.Pace{Policy: brisk, UndoWindow: 5 * time.Second},
	}
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, provision.Name, in)
	if err != nil {
		t.Fatal(err)
	}
	b.waitFor("the backup's start", func() bool { return b.service.Count("CreateBackup") > 0 })
	if err := b.client.CancelWorkflow(b.ctx, run.GetID(), run.GetRunID()); err != nil {
		t.Fatal(err)
	}
	err = run.Get(b.ctx, nil)
	f, ok := lro.AsFailure(err)
	database := s.resources(provisioning{input: in})[1]
	if !ok || f.Type != lro.TypeCompensationFailed || temporal.IsCanceledError(err) || f.Cause == nil || !f.Cause.Canceled ||
		len(f.Resources) != 1 || f.Resources[0] != database || !strings.Contains(f.UndoErrors[0], "PERMISSION_DENIED") {
		t.Errorf("%v: %s names %v (%v), cause %+v", err, f.Type, f.Resources, f.UndoErrors, f.Cause)
	}
	metadata, err := b.client.DescribeWorkflow(b.ctx, run.GetID(), run.GetRunID())
	if err != nil || metadata.Status.String() != "Failed" {
		t.Errorf("the workflow is %v (%v), want Failed", metadata.Status, err)
	}
	b.checkDetails(run, database)
}

// checkDetails reads what the Web UI shows of a workflow.
func (b *bench) checkDetails(run client.WorkflowRun, want string) {
	b.t.Helper()
	value, err := b.client.QueryWorkflow(b.ctx, run.GetID(), run.GetRunID(), "__temporal_workflow_metadata")
	if err != nil {
		b.t.Fatalf("query the details: %v", err)
	}
	var metadata sdkpb.WorkflowMetadata
	if err := value.Get(&metadata); err != nil || !strings.Contains(metadata.GetCurrentDetails(), want) {
		b.t.Errorf("the details are %q (%v), want %s in them", metadata.GetCurrentDetails(), err, want)
	}
}
