package e2e

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// The environment of this test binary run as a worker.
const (
	workerServices = "AWAITOP_E2E_SERVICES" // that it reaches, as NAME=ENDPOINT, with commas between them
	workerAddress  = "AWAITOP_E2E_TEMPORAL"
	workerQueue    = "AWAITOP_E2E_QUEUE"
	workerMaxAsync = "AWAITOP_E2E_MAX_ASYNC"
	workerMaxHeld  = "AWAITOP_E2E_MAX_HELD"
	workerTotal    = "AWAITOP_E2E_TOTAL" // of its budget, in requests a second
	// workerIdentity is set for a worker that is one of several on its queue: it keeps
	// no workflow, so that each task of one may be any of theirs.
	workerIdentity = "AWAITOP_E2E_IDENTITY"
)

// serveAsChild is the worker in a process of its own, until it is killed or its
// standard input closes.
func serveAsChild() {
	if os.Getenv(workerIdentity) != "" {
		sdk.SetStickyWorkflowCacheSize(0)
	}
	c, err := client.Dial(client.Options{HostPort: os.Getenv(workerAddress), Identity: os.Getenv(workerIdentity), Logger: quiet()})
	if err == nil {
		var w sdk.Worker
		w, err = newWorker(context.Background(), c, os.Getenv(workerQueue), reachedOfChild(), benchOptions{polling: pollingOfChild(), total: totalOfChild()})
		if err == nil {
			err = w.Start()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("serving at", time.Now().Unix())
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// reachedOfChild are the services of the bench that started the process.
func reachedOfChild() (reached []rest.Service) {
	for service := range strings.SplitSeq(os.Getenv(workerServices), ",") {
		name, endpoint, _ := strings.Cut(service, "=")
		reached = append(reached, rest.Service{Name: name, Endpoint: endpoint})
	}
	return reached
}

// pollingOfChild are the options that workerOf was given.
func pollingOfChild() (polling activities.Options) {
	polling.MaxAsync, _ = strconv.Atoi(os.Getenv(workerMaxAsync))
	polling.MaxHeld, _ = strconv.Atoi(os.Getenv(workerMaxHeld))
	return polling
}

func totalOfChild() float64 {
	total, _ := strconv.ParseFloat(os.Getenv(workerTotal), 64)
	return total
}

// workerProcess starts a worker as a process and waits until it serves.
func (b *bench) workerProcess() *exec.Cmd { return b.workerProcessWith(activities.Options{}) }

// workerProcessWith is workerProcess with the MaxAsync and MaxHeld of its polls.
func (b *bench) workerProcessWith(polling activities.Options) *exec.Cmd {
	b.t.Helper()
	child, _ := b.workerOf(os.Args[0], polling)
	return child
}

// workerOf starts a test binary as a worker, and returns what its clock shows then.
func (b *bench) workerOf(binary string, polling activities.Options, environment ...string) (*exec.Cmd, time.Time) {
	b.t.Helper()
	var reached []string
	for _, service := range b.reached() {
		reached = append(reached, service.Name+"="+service.Endpoint)
	}
	child := exec.Command(binary)
	child.Env = append(append(os.Environ(), workerServices+"="+strings.Join(reached, ","), workerAddress+"="+dev.Address(), workerQueue+"="+b.queue,
		workerMaxAsync+"="+strconv.Itoa(polling.MaxAsync), workerMaxHeld+"="+strconv.Itoa(polling.MaxHeld)), environment...)
	child.Stderr = os.Stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.t.Fatalf("start worker process: %v", err)
	}
	b.t.Cleanup(func() {
		_ = stdin.Close()
		_ = child.Process.Kill()
		_ = child.Wait()
	})
	var now int64
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if _, scanErr := fmt.Sscanf(line, "serving at %d", &now); err != nil || scanErr != nil {
		b.t.Fatalf("the worker process says %q, %v", line, err)
	}
	return child, time.Unix(now, 0)
}

// A worker killed with SIGKILL in mid-wait: another one goes on, the operation
// is not started again, and the history stays flat.
func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	first := b.workerProcess()
	ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
	run := b.start(ref, workflows.AwaitOptions{HeartbeatTimeout: 2 * time.Second})
	b.waitForPolls(3)
	if err := first.Process.Kill(); err != nil {
		t.Fatalf("kill: %v", err)
	}
	_ = first.Wait()
	before := b.service.Count(testsuite.MethodGet)
	b.workerProcess()
	b.waitForPolls(before + 1) // by the second worker
	b.finish(ref)
	outcome, err := run.Get(b.ctx)
	if err != nil || outcome.State() != lro.StateSucceeded {
		t.Fatalf("%q, %v, want success", outcome.State(), err)
	}
	if events := b.events(run.ID, run.RunID); len(events) > 11 {
		t.Errorf("%d events, want %d at most: %v", len(events), 11, events)
	}
}

// A worker that stops hands its held poll over at once: no heartbeat timeout has
// to pass.
func TestWorkerStopped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"held", "held in a slot"} {
		polling := waysToHold[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stopInMidWait(t, benchOptions{polling: polling})
		})
	}
}

// waysToHold are the ways in which a poll sleeps between two reads.
var waysToHold = map[string]activities.Options{
	"held":           {},
	"held in a slot": {MaxAsync: -1},
	"yielded":        {MaxHeld: activities.NeverHold},
}

func stopInMidWait(t *testing.T, options benchOptions) {
	b := newBench(t, benchOptions{noWorker: true})
	ref := b.operation(testsuite.Script{Polls: 1})
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	long := lro.PollPolicy{InitialInterval: 2 * time.Minute, MaximumInterval: 2 * time.Minute, YieldInterval: time.Hour}
	run := b.start(ref, workflows.AwaitOptions{Policy: long})
	b.waitForPolls(1)
	began := time.Now()
	w.Stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Stop took %v: the poll was not handed over", took)
	}
	b.startWorker(options)
	outcome, err := run.Get(b.ctx)
	if err != nil || outcome.Polls != 2 {
		t.Errorf("%d polls, %v, want 2: the count is handed over as well", outcome.Polls, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the wait went on after %v", took)
	}
}

// panicky panics at its first sleep.
type panicky struct {
	poller.Clock
	slept atomic.Bool
}

func (p *panicky) Sleep(ctx context.Context, d time.Duration) error {
	if !p.slept.Swap(true) {
		panic("asleep")
	}
	return p.Clock.Sleep(ctx, d)
}

// A panic fails an attempt, not the wait and not the worker.
func TestPollPanics(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"held", "held in a slot"} {
		polling := waysToHold[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := &panicky{Clock: poller.SystemClock()}
			polling.Clock = clock
			b := newBench(t, benchOptions{polling: polling})
			outcome, err := b.start(b.operation(testsuite.Script{Polls: 2}), workflows.AwaitOptions{Policy: brisk}).Get(b.ctx)
			if err != nil || outcome.State() != lro.StateSucceeded || !clock.slept.Load() {
				t.Errorf("%q, %v, want success; slept: %t", outcome.State(), err, clock.slept.Load())
			}
		})
	}
}

// The Temporal server is killed with SIGKILL in mid-wait and restarted on its
// file database.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	for name, polling := range waysToHold {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			server, err := devserver.Start(ctx, devserver.Options{DBFile: filepath.Join(t.TempDir(), "temporal.db"), Log: os.Stderr})
			if err != nil {
				t.Fatalf("no Temporal server: %v", err)
			}
			t.Cleanup(func() { _ = server.Stop() })
			b := newBench(t, benchOptions{address: server.Address(), polling: polling})
			ref := b.operation(testsuite.Script{End: testsuite.RunForever()})
			run := b.start(ref, workflows.AwaitOptions{HeartbeatTimeout: 5 * time.Second})
			b.waitForPolls(2)
			if err := server.Kill(); err != nil {
				t.Fatalf("kill: %v", err)
			}
			if err := server.Restart(ctx); err != nil {
				t.Fatalf("restart: %v", err)
			}
			b.waitForWorkflowPollers()
			b.finish(ref)
			outcome, err := getDespiteRestart(b, run)
			if err != nil || outcome.State() != lro.StateSucceeded {
				t.Fatalf("%q, %v, want success", outcome.State(), err)
			}
			if events := b.events(run.ID, run.RunID); len(events) > 11 {
				t.Errorf("%d events, want 11 at most: %v", len(events), events)
			}
		})
	}
}

// waitForWorkflowPollers returns once both pollers of the only worker wait for workflow tasks at a server that was
// restarted, and so knows of no earlier poll. Each of them comes back after a backoff of its own, of seconds. The first
// polls the sticky queue, and the server puts a task on the normal queue as long as nothing polls the sticky one. A task
// in between waits for the second poller, and times out after the 5 s of a sticky workflow. The SDK polls the normal
// queue only beside a poll of the sticky one, so a poller of the normal queue tells of both.
func (b *bench) waitForWorkflowPollers() {
	b.t.Helper()
	b.waitFor("the workflow pollers", func() bool {
		queue, err := b.client.DescribeTaskQueue(b.ctx, b.queue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		return err == nil && len(queue.GetPollers()) > 0
	})
}

// getDespiteRestart asks for the result again while the server comes back.
func getDespiteRestart(b *bench, run *workflows.AwaitRun) (outcome lro.Outcome, err error) {
	b.waitFor("the result", func() bool {
		outcome, err = run.Get(b.ctx)
		_, failed := lro.AsFailure(err)
		return err == nil || failed
	})
	return outcome, err
}
