package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/examples/internal/itselftest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// program is the Go program of this folder: the worker of awaitop that the trial kills.
const program = itselftest.Program("AWAITOP_TYPESCRIPT_ARGS")

var (
	trialPoints = flag.Int("trial", 8, "`number` of sagas that the trial cancels or whose workers it kills")
	trialSeed   = flag.Uint64("seed", 0, "`seed` of the trial; 0 takes one from the clock")
)

func TestMain(m *testing.M) {
	if program.IsWanted() {
		main()
		return
	}
	os.Exit(m.Run())
}

// atOnce is how many sagas run at the same time. During them each worker is killed once.
const atOnce = 10

// Sagas in TypeScript are canceled, and both their worker and awaitop's killed, at random points. At the end nothing is
// there, and nothing runs, that the end of no saga names.
func TestTrial(t *testing.T) {
	t.Parallel()
	tr := newTrial(t)
	tr.script()
	for first := 0; first < *trialPoints; first += atOnce {
		var runs []sagaRun
		for n := first; n < min(first+atOnce, *trialPoints); n++ {
			runs = append(runs, tr.begin(n))
		}
		tr.disturb(runs)
		for _, run := range runs {
			tr.check(run)
		}
	}
	tr.service.AssertNoneRunning(t)
	for _, left := range tr.service.Left() {
		if name, _, _ := strings.Cut(left, " ("); !tr.named[name] {
			t.Errorf("no saga's end names %s", left)
		}
	}
	t.Logf("seed %d: %d sagas ended as %v; %d kills, %d operations", tr.seed, *trialPoints, tr.ends, tr.kills, len(tr.service.Refs()))
}

// trial is a scripted service, and the workers that are killed.
type trial struct {
	t        *testing.T
	ctx      context.Context
	seed     uint64
	random   *rand.Rand
	address  string // of the Temporal server
	client   client.Client
	service  *testsuite.Service
	endpoint string // of the service
	bundle   string // the workflows' code
	awaitop  *exec.Cmd
	ours     *exec.Cmd // the TypeScript worker
	kills    int
	ends     map[string]int
	named    map[string]bool // what the ends of sagas say is there
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	seed := *trialSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute+time.Duration(*trialPoints)*5*time.Second)
	t.Cleanup(cancel)
	service := testsuite.ForTest(t, testsuite.Options{Service: alloydb})
	tr := &trial{
		t: t, ctx: ctx, seed: seed, random: rand.New(rand.NewPCG(seed, 1)), service: service, endpoint: service.Serve(t),
		bundle: filepath.Join(t.TempDir(), "workflows.js"), ends: map[string]int{}, named: map[string]bool{},
	}
	npm(t, "run", "bundle", tr.bundle)
	tr.dial()
	tr.startAwaitop()
	tr.startOurs()
	return tr
}

func (tr *trial) dial() {
	tr.t.Helper()
	server, err := devserver.Start(tr.ctx, devserver.Options{Log: os.Stderr})
	if err != nil {
		tr.t.Fatalf("no Temporal server: %v", err)
	}
	tr.t.Cleanup(func() { _ = server.Stop() })
	tr.address = server.Address()
	quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	if tr.client, err = client.Dial(client.Options{HostPort: tr.address, Logger: quiet}); err != nil {
		tr.t.Fatalf("dial: %v", err)
	}
	tr.t.Cleanup(tr.client.Close)
}

// script plans operations. Most succeed and honor a cancel. Some fail, ignore a cancel, refuse it, or take their time.
func (tr *trial) script() {
	for _, method := range []testsuite.Method{createCluster, createInstance} {
		scripts := make([]testsuite.Script, 1000)
		for i := range scripts {
			scripts[i].RunsFor = time.Duration(tr.random.IntN(900)) * time.Millisecond
			switch tr.random.IntN(20) {
			case 0, 1:
				scripts[i].End = testsuite.Fail(lro.CodeInternal, "by the trial")
			case 2:
				scripts[i].OnCancel = testsuite.CompleteOnCancel(100 * time.Millisecond)
			case 3:
				scripts[i].OnCancel = testsuite.IgnoreCancel()
			case 4:
				scripts[i].OnCancel = testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")
			case 5:
				scripts[i].RunsFor *= 5
			}
		}
		tr.service.Plan(method, scripts...)
		tr.service.AddFaults(testsuite.LostReply().On(method).Calls(2, 2), testsuite.CutReply().On(method).Calls(7, 7))
	}
}

// sagaRun is a saga under way, and what its steps make.
type sagaRun struct {
	client.WorkflowRun
	steps []step
}

// step is a step of the saga, in JSON.
type step struct {
	Method           testsuite.Method `json:"method"`
	Target           string           `json:"target"`
	Request          any              `json:"request"`
	Policy           any              `json:"policy"`
	CancelGrace      string           `json:"cancelGrace"`
	HeartbeatTimeout string           `json:"heartbeatTimeout"`
	AttemptTimeout   string           `json:"attemptTimeout"`
	Quarantine       string           `json:"quarantine"`
}

func stepOf(method testsuite.Method, target string, body map[string]any) step {
	return step{
		Method: method, Target: target, Request: map[string]any{"body": body},
		Policy:      map[string]string{"initialInterval": "0.1s", "maximumInterval": "0.5s"},
		CancelGrace: "20s", HeartbeatTimeout: "2s", AttemptTimeout: "3s", Quarantine: "4s",
	}
}

// begin starts a saga of a cluster, its primary instance and a read pool.
func (tr *trial) begin(n int) sagaRun {
	tr.t.Helper()
	cluster := fmt.Sprintf("%sc%d", clusters, n)
	steps := []step{
		stepOf(createCluster, cluster, map[string]any{"initialUser": map[string]any{"user": "postgres"}}),
		stepOf(createInstance, cluster+"/instances/primary", map[string]any{"instanceType": "PRIMARY"}),
		stepOf(createInstance, cluster+"/instances/pool", map[string]any{"instanceType": "READ_POOL"}),
	}
	run, err := tr.client.ExecuteWorkflow(tr.ctx, client.StartWorkflowOptions{
		ID: fmt.Sprintf("saga-%d", n), TaskQueue: "typescript", WorkflowTaskTimeout: 2 * time.Second,
	}, "saga", steps, taskQueue)
	if err != nil {
		tr.t.Fatalf("start: %v", err)
	}
	return sagaRun{run, steps}
}

// disturb cancels half of the sagas, and kills both workers, in a random order and after random numbers of requests.
func (tr *trial) disturb(runs []sagaRun) {
	var acts []func()
	for i, run := range runs {
		if i%2 == 0 {
			acts = append(acts, func() { _ = tr.client.CancelWorkflow(tr.ctx, run.GetID(), run.GetRunID()) }) // it may have ended
		}
	}
	acts = append(acts,
		func() { tr.kill(tr.ours); tr.startOurs() },
		func() { tr.kill(tr.awaitop); tr.startAwaitop() })
	tr.random.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	for _, act := range acts {
		tr.waitForRequests(tr.random.IntN(12))
		act()
	}
}

// waitForRequests returns after n more requests, or when there are none to come.
func (tr *trial) waitForRequests(n int) {
	want, deadline := tr.service.Count()+n, time.After(5*time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for tr.service.Count() < want {
		select {
		case <-tick.C:
		case <-deadline:
			return
		}
	}
}

func (tr *trial) kill(worker *exec.Cmd) {
	tr.kills++
	_ = worker.Process.Kill()
	_ = worker.Wait()
}

// startAwaitop starts awaitop's worker in a process of its own.
func (tr *trial) startAwaitop() {
	tr.t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), fmt.Sprintf("%s=-temporal %s -alloydb %s", program, tr.address, tr.endpoint))
	tr.awaitop = tr.start(command)
}

// startOurs starts the TypeScript worker.
func (tr *trial) startOurs() {
	tr.t.Helper()
	command := exec.Command("node", "--import", "tsx", "trial/worker.ts", tr.bundle)
	command.Env = append(os.Environ(), "TEMPORAL_ADDRESS="+tr.address)
	tr.ours = tr.start(command)
}

// start starts a worker, and returns when it serves.
func (tr *trial) start(command *exec.Cmd) *exec.Cmd {
	tr.t.Helper()
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		tr.t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		tr.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		tr.t.Fatal(err)
	}
	tr.t.Cleanup(func() {
		_ = stdin.Close()
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	if !bufio.NewScanner(stdout).Scan() {
		tr.t.Fatalf("%s does not serve", command)
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return command
}

// check compares the end of a saga with what there is on the service.
func (tr *trial) check(run sagaRun) {
	tr.t.Helper()
	err := run.Get(tr.ctx, nil)
	left, end := endOf(err)
	tr.ends[end]++
	for _, s := range run.steps {
		exists := tr.service.Exists(s.Target)
		named := err == nil || slices.Contains(left, s.Target)
		if tr.named[s.Target] = named; exists != named {
			tr.t.Errorf("%s ended with %v, and %s exists: %t", run.GetID(), err, s.Target, exists)
		}
		if started := tr.service.Started(s.Method, s.Target); len(started) > 1 {
			tr.t.Errorf("%s started %d operations for %s: %v", run.GetID(), len(started), s.Target, started)
		}
	}
}

// endOf names how a saga has ended, and what it says is left.
func endOf(err error) (left []string, end string) {
	var failed *temporal.ApplicationError
	switch {
	case err == nil:
		return nil, "succeeded"
	case temporal.IsCanceledError(err):
		return nil, "canceled"
	case errors.As(err, &failed):
		var details struct{ Resources []string }
		if failed.Type() == string(lro.TypeCompensationFailed) && failed.Details(&details) == nil {
			left = details.Resources
		}
		failure, typed := lro.AsFailure(err)
		if typed {
			return left, failure.ErrorType()
		}
		return left, failed.Type()
	default:
		return nil, err.Error()
	}
}
