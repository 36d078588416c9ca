package e2e

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// ledgerOperations is how many operations the ledger's test cancels. Its seed is the
// sweep's.
var ledgerOperations = flag.Int("ledger", 120, "`number` of operations that are canceled at random, by waits and by sets")

const (
	ledgerWave  = 300 // operations under way at once, at most
	ledgerSet   = 20  // operations of one set, at most
	ledgerGrace = 15 * time.Second
	// unreadFor is how long before its end a wait may have read an operation last.
	unreadFor = 10 * time.Second
)

// told is what a wait tells of an operation.
type told struct {
	Ref          lro.Ref
	State        lro.State
	Failure      lro.FailureType
	Cancellation lro.Cancellation
	CancelStatus *lro.Status
	EndTime      time.Time // the wait's
}

func (t told) String() string {
	return fmt.Sprintf("%s, failure %q, cancellation %q (%v)", t.State, t.Failure, t.Cancellation, t.CancelStatus)
}

// tellSet is a workflow that awaits a set and returns what it is told of each, however
// the set ends.
func tellSet(ctx workflow.Context, in setInput) ([]told, error) {
	all, _ := workflows.AwaitAll(ctx, in.Refs, in.Options)
	tales := make([]told, len(all.Operations))
	for i, r := range all.Operations {
		tales[i] = told{Ref: r.Ref, State: r.State, Failure: r.Failure, Cancellation: r.Cancellation, CancelStatus: r.CancelStatus, EndTime: all.EndTime}
	}
	return tales, nil
}

// tellOne is the same of a single wait.
func tellOne(ctx workflow.Context, in workflows.AwaitInput) ([]told, error) {
	outcome, err := workflows.Await(ctx, in.Ref, in.AwaitOptions)
	failure, _ := lro.AsFailure(err)
	return []told{{Ref: in.Ref, State: outcome.State(), Failure: failure.Type, Cancellation: outcome.Cancellation, CancelStatus: outcome.CancelStatus, EndTime: outcome.EndTime}}, nil
}

// ledger is a service whose operations are awaited and canceled at random, by a worker
// that is killed at random. It compares what is told with what the service has recorded.
type ledger struct {
	*bench
	random *rand.Rand
	seed   uint64
	plain  map[lro.Ref]bool // whether the service has no cancel for it
	runs   []client.WorkflowRun

	kills   int
	tales   map[lro.Cancellation]int
	claimed int // told as delivered because of a record alone, whose answer died with the worker
}

// script is how an operation behaves, and its cancel. plain is whether the service has
// none for it.
func (l *ledger) script() (script testsuite.Script, plain bool) {
	soon := func(most int) time.Duration { return time.Duration(l.random.IntN(most)) * time.Millisecond }
	script = testsuite.Script{RunsFor: soon(12000), Metadata: testsuite.RawMetadata(`{"@type":"type.googleapis.com/ledger.Metadata"}`)}
	switch l.random.IntN(6) {
	case 0, 1:
		script.End = testsuite.RunForever()
	case 2:
		script.End = testsuite.Fail(lro.CodeInternal, "by itself")
	case 3:
		script.End = testsuite.Fail(lro.CodeCanceled, "the operation was canceled") // by somebody else
	}
	cancels := []testsuite.Cancel{
		testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled"), testsuite.RefuseCancel(lro.CodeNotFound, "the operation was not found"),
		testsuite.HonorCancel(0), testsuite.HonorCancel(soon(2000)), testsuite.HonorCancel(soon(2000)), testsuite.CompleteOnCancel(soon(500)),
		testsuite.FailOnCancel(soon(500), lro.CodeInternal, "by the cancel"), testsuite.VanishOnCancel(soon(500)), testsuite.IgnoreCancel(),
		testsuite.RefuseCancel(lro.CodeFailedPrecondition, "not now"), testsuite.RefuseCancel(lro.CodePermissionDenied, "not you"),
	}
	n := l.random.IntN(len(cancels))
	script.OnCancel = cancels[n]
	trouble := []testsuite.Fault{testsuite.LostReply(), testsuite.DroppedConnection(), testsuite.Unavailable(), testsuite.Slow(soon(2000)), testsuite.Slow(soon(2000))}
	if n := l.random.IntN(2 * len(trouble)); n < len(trouble) {
		script.Faults = append(script.Faults, trouble[n].On(testsuite.MethodCancel).Calls(1, 1+l.random.IntN(4)))
	}
	return script, n < 2
}

func (l *ledger) operation(collection string) lro.Ref {
	script, plain := l.script()
	ref := l.service.Start(fmt.Sprintf("%s/operations/o%d", collection, len(l.plain)), script)
	l.plain[ref] = plain
	return ref
}

func (l *ledger) execute(run any, in any) client.WorkflowRun {
	l.t.Helper()
	options := client.StartWorkflowOptions{ID: fmt.Sprintf("%s-%d-%d", l.queue, l.seed, len(l.runs)), TaskQueue: l.queue, WorkflowTaskTimeout: 2 * time.Second}
	started, err := l.client.ExecuteWorkflow(l.ctx, options, run, in)
	if err != nil {
		l.t.Fatalf("start: %v", err)
	}
	l.runs = append(l.runs, started)
	return started
}

// wave awaits n operations: half of them in sets, the others one by one.
func (l *ledger) wave(n int) []client.WorkflowRun {
	options := workflows.AwaitOptions{Policy: brisk, CancelGrace: ledgerGrace, NotFoundGrace: 3 * time.Second, HeartbeatTimeout: 2 * time.Second}
	first := len(l.runs)
	for sets := 0; n > 0; sets++ {
		refs := make([]lro.Ref, min(n, 1+l.random.IntN(ledgerSet)))
		for i := range refs {
			refs[i] = l.operation(fmt.Sprintf("projects/p/instances/i/databases/d%d", l.random.IntN(5)))
		}
		if n -= len(refs); sets%2 == 0 {
			failures := []workflows.FailurePolicy{workflows.CancelRest, workflows.AwaitRest}
			l.execute(tellSet, setInput{refs, workflows.AwaitAllOptions{AwaitOptions: options, OnFailure: failures[l.random.IntN(2)]}})
			continue
		}
		for _, ref := range refs {
			l.execute(tellOne, workflows.AwaitInput{Ref: ref, AwaitOptions: options})
		}
	}
	return l.runs[first:]
}

// cancelSoon cancels each of the workflows at a time of its own.
func (l *ledger) cancelSoon(runs []client.WorkflowRun) (wait func()) {
	var all sync.WaitGroup
	for _, run := range runs {
		after := time.Duration(l.random.IntN(6000)) * time.Millisecond
		all.Go(func() {
			time.Sleep(after)
			_ = l.client.CancelWorkflow(l.ctx, run.GetID(), run.GetRunID()) // it may have ended
		})
	}
	return all.Wait
}

// killOften kills the worker while the cancels of the wave are sent, each time after a
// few more of them, and leaves one that lives.
func (l *ledger) killOften(worker *exec.Cmd) *exec.Cmd {
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); l.kills++ {
		want := l.service.Count(testsuite.MethodCancel) + 1 + l.random.IntN(ledgerSet)
		patience := time.Now().Add(3 * time.Second)
		l.waitFor("cancels", func() bool {
			return l.service.Count(testsuite.MethodCancel) >= want || time.Now().After(patience)
		})
		_ = worker.Process.Kill()
		_ = worker.Wait()
		worker = l.workerProcess()
	}
	return worker
}

// check compares what a workflow tells of its operations with the service's record.
func (l *ledger) check(run client.WorkflowRun) {
	l.t.Helper()
	var tales []told
	if err := run.Get(l.ctx, &tales); err != nil {
		l.t.Errorf("%s: %v", run.GetID(), err)
	}
	for _, tale := range tales {
		l.tales[tale.Cancellation]++
		record := l.record(tale.Ref)
		if contradiction := record.contradicts(tale); contradiction != "" {
			l.t.Errorf("%s of %s is told as %s at %s, but %s; %s; %s", tale.Ref.Name, run.GetID(), tale, tale.EndTime.Format("05.000"), contradiction, record, l.reads(tale.Ref))
		}
		if tale.delivered() && !record.uncertain {
			l.claimed++
		}
	}
}

// delivered is whether the tale is that of a cancel that was or may have been accepted.
func (t told) delivered() bool {
	switch t.Cancellation {
	case lro.CancellationCanceled, lro.CancellationCompleted, lro.CancellationFailed, lro.CancellationUnconfirmed:
		return true
	default:
		return false
	}
}

// recorded is what the service knows of an operation and of its cancels, which none but
// its wait has sent.
type recorded struct {
	known     bool
	state     lro.State
	ended     time.Time // zero if it runs
	answers   []lro.Code
	answered  time.Time // the last of them
	accepted  bool
	uncertain bool // whether one may have been accepted, by its answer
	plain     bool // whether the service has no cancel for it
}

func (r recorded) String() string {
	return fmt.Sprintf("known %t, %s, ended %s, cancels answered %v at %s, accepted %t", r.known, r.state, r.ended.Format("05.000"), r.answers, r.answered.Format("05.000"), r.accepted)
}

// refusals are answers that say that nothing was done.
var refusals = []lro.Code{lro.CodeFailedPrecondition, lro.CodePermissionDenied, lro.CodeUnimplemented, lro.CodeNotFound}

func (l *ledger) record(ref lro.Ref) recorded {
	op, known := l.service.Peek(ref)
	var times struct{ CancelTime, EndTime time.Time }
	if known {
		if err := json.Unmarshal(op.Metadata, &times); err != nil {
			l.t.Errorf("%s: %v", ref, err)
		}
	}
	r := recorded{known: known, state: op.State(), ended: times.EndTime, plain: l.plain[ref]}
	for _, call := range l.service.CallsFor(testsuite.MethodCancel, ref) {
		r.answers, r.answered = append(r.answers, call.Code), call.EndTime
		r.accepted = r.accepted || call.Code == lro.CodeOK
		r.uncertain = r.uncertain || !slices.Contains(refusals, call.Code)
	}
	// One whose reply was lost is accepted, too; and only by a cancel does one vanish.
	r.accepted = r.accepted || !times.CancelTime.IsZero() || !known
	return r
}

// reads are the last reads of an operation, with their answers, for who looks into a
// contradiction.
func (l *ledger) reads(ref lro.Ref) string {
	calls := l.service.CallsFor(testsuite.MethodGet, ref)
	text := fmt.Sprintf("%d reads, the last", len(calls))
	for _, call := range calls[max(len(calls)-5, 0):] {
		text += fmt.Sprintf(" %s at %s", call.Code, call.EndTime.Format("05.000"))
	}
	return text
}

// contradicts says what of the tale the service's record contradicts, "" for nothing.
func (r recorded) contradicts(t told) string {
	before := t.EndTime.Add(-unreadFor)
	switch {
	case t.State.Terminal() && (!r.known || t.State != r.state):
		return "it ended otherwise"
	case t.Failure == lro.TypeOperationGone && r.known:
		return "it is there"
	case t.State == lro.StateRunning && r.known && !r.ended.IsZero() && r.ended.Before(before):
		return "it had ended"
	case t.State == lro.StateRunning && !r.known && t.Failure != lro.TypeOperationGone && r.answered.Before(before):
		return "it had vanished"
	case t.Failure != r.failure(t):
		return fmt.Sprintf("its failure is %q", r.failure(t))
	}
	return r.contradictsCancel(t)
}

// failure is that of the tale, by the state and the cancel that it tells of.
func (r recorded) failure(t told) lro.FailureType {
	switch {
	case t.State == lro.StateFailed, t.State == lro.StateCanceled && t.Cancellation == "":
		return lro.TypeOperationFailed
	case t.State == lro.StateRunning && t.Cancellation == lro.CancellationGone:
		return lro.TypeOperationGone
	default:
		return ""
	}
}

// contradictsCancel is contradicts of what became of the cancel.
func (r recorded) contradictsCancel(t told) string {
	states := map[lro.Cancellation]lro.State{
		lro.CancellationCanceled: lro.StateCanceled, lro.CancellationCompleted: lro.StateSucceeded, lro.CancellationFailed: lro.StateFailed,
		lro.CancellationUnconfirmed: lro.StateRunning, lro.CancellationGone: lro.StateRunning,
	}
	if want, bound := states[t.Cancellation]; bound && t.State != want {
		return fmt.Sprintf("%s is of an operation that is %s", t.Cancellation, want)
	}
	switch {
	case t.Cancellation == "" && len(r.answers) > 0:
		return "it was sent a cancel"
	case t.Cancellation == lro.CancellationUndelivered && r.accepted:
		return "its cancel was accepted"
	case t.Cancellation == lro.CancellationUnsupported && !r.plain:
		return "the service has a cancel for it"
	case t.Cancellation == lro.CancellationGone && r.known:
		return "it can be read"
	case t.Cancellation == lro.CancellationAbandoned:
		return "nobody abandoned it"
	}
	return ""
}

// Operations are canceled at random, by waits and by sets, with cancels that are refused,
// lost, slow and ignored, and by a worker that is killed again and again while it sends
// them. Nothing that is told of one contradicts what the service has recorded.
func TestLedger(t *testing.T) {
	t.Parallel()
	seed := *sweepSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: to see it again, go test ./examples/e2e -run TestLedger -seed %d -ledger %d", seed, seed, *ledgerOperations)
	l := &ledger{
		bench: newBench(t, benchOptions{noWorker: true}), random: rand.New(rand.NewPCG(seed, 2)), seed: seed,
		plain: map[lro.Ref]bool{}, tales: map[lro.Cancellation]int{},
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute+time.Duration(*ledgerOperations)*time.Second/2)
	t.Cleanup(cancel)
	l.ctx = ctx
	worker := l.workerProcess()
	for left := *ledgerOperations; left > 0; left -= ledgerWave {
		runs := l.wave(min(left, ledgerWave))
		wait := l.cancelSoon(runs)
		worker = l.killOften(worker)
		wait()
		for _, run := range runs {
			l.check(run)
		}
	}
	t.Logf("seed %d: %d operations, %d cancels, %d kills; told as %v, %d of them for a record alone", seed, len(l.plain), l.service.Count(testsuite.MethodCancel), l.kills, l.tales, l.claimed)
	l.covers()
}

// covers says what the seed has not brought about.
func (l *ledger) covers() {
	l.t.Helper()
	for _, cancellation := range []lro.Cancellation{
		"", lro.CancellationCanceled, lro.CancellationCompleted, lro.CancellationFailed, lro.CancellationUnsupported,
		lro.CancellationGone, lro.CancellationUndelivered, lro.CancellationUnconfirmed,
	} {
		if l.tales[cancellation] == 0 && len(l.plain) >= ledgerWave {
			l.t.Errorf("no operation was told as %q", cancellation)
		}
	}
	if l.kills == 0 || len(l.plain) >= ledgerWave && l.claimed > len(l.plain)/10 {
		l.t.Errorf("%d kills, %d of %d operations told as delivered for a record alone", l.kills, l.claimed, len(l.plain))
	}
}
