package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

const (
	olderWorker = "older"
	newerWorker = "newer"
	sideBySide  = 50 // waits
	sagas       = 10
)

// Workers of two releases serve one queue, as while they are replaced: whichever of
// them takes a task, no wait and no step fails for a field, and nothing is left.
func TestTwoReleases(t *testing.T) {
	t.Parallel()
	program := newerRelease(t)
	s := newSweep(t, provisioned, benchOptions{noWorker: true})
	s.workerOf(program, activities.Options{}, workerIdentity+"="+newerWorker)
	s.workerOf(os.Args[0], activities.Options{}, workerIdentity+"="+olderWorker)

	var made []subjectRun
	for n := range sagas {
		made = append(made, s.begin(sweepID(n), undoWindow))
	}
	waits := make([]*mixedWait, sideBySide)
	for n := range waits {
		waits[n] = s.mixedWait(n)
	}
	for _, w := range waits {
		if w.steer == nil {
			continue
		}
		if err := w.steer(); err != nil {
			t.Errorf("%s: %v", w.what, err)
		}
	}
	for i, saga := range made {
		if i%2 == 0 {
			_ = s.client.CancelWorkflow(s.ctx, saga.GetID(), "") // it may have ended
		}
	}
	runs := map[string]int{}
	for _, w := range waits {
		w.check(t)
		s.handedOver(w.run.GetID(), runs)
	}
	for n, saga := range made {
		s.check(saga, fmt.Sprintf("saga %d", n), false)
		if err := saga.Get(s.ctx, nil); err != nil && strings.Contains(err.Error(), string(lro.TypeInvalidInput)) {
			t.Errorf("saga %d failed for a field: %v", n, err)
		}
		s.handedOver(saga.GetID(), runs)
	}
	s.service.AssertNoneRunning(t)
	t.Logf("seed %d: activities by who scheduled and who ran them: %v", s.seed, runs)
	for _, way := range []string{"older to newer", "newer to older", refusedByOlder} {
		if runs[way] == 0 {
			t.Errorf("nothing went from %s: the test shows nothing of it", way)
		}
	}
}

// mixedWait is one of many kinds of waits.
type mixedWait struct {
	what  string
	run   client.WorkflowRun
	steer func() error // nil for none
	check func(t *testing.T)
}

// mixedWait starts the nth wait: alone or in a child, as another release's that
// continued as new, or as a set; awaited to its end, updated or canceled.
func (s *sweep) mixedWait(n int) *mixedWait {
	s.t.Helper()
	const kindsOfWaits = 5
	turn := n / kindsOfWaits % 3 // left alone, updated, canceled
	ref := lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/p/instances/w%d/operations/o", n)}
	in := workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk, HeartbeatTimeout: 2 * time.Second, DeleteWhenDone: n%2 == 0}}
	kinds := [kindsOfWaits]struct {
		what     string
		workflow any
		input    any
	}{
		{"a wait", workflows.AwaitOperationName, in},
		{"a child", childAwait, in},
		{"an inline wait", inlineAwait, in},
		{"a wait that continued as new", workflows.AwaitOperationName, map[string]any{
			"ref": ref, "policy": map[string]any{"maximumInterval": "0.5s", "later": 1}, "later": map[string]any{"a": 1},
			"resume": map[string]any{"startTime": time.Now().UTC(), "seen": true, "later": 1},
		}},
		{"a set", allAwait, setInput{Refs: []lro.Ref{ref}, Options: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Policy: brisk, HeartbeatTimeout: 2 * time.Second}}}},
	}
	kind := kinds[n%kindsOfWaits]
	steered := kind.workflow == any(workflows.AwaitOperationName)
	s.service.Start(ref.Name, mixedScript(turn, steered))
	id := fmt.Sprintf("%s-%d-wait%d", s.queue, s.seed, n)
	run, err := s.client.ExecuteWorkflow(s.ctx, client.StartWorkflowOptions{ID: id, TaskQueue: s.queue}, kind.workflow, kind.input)
	if err != nil {
		s.t.Fatalf("start: %v", err)
	}
	w := &mixedWait{what: fmt.Sprintf("%s, %d", kind.what, n), run: run}
	want := lro.Cancellation("")
	switch {
	case turn == 1 && steered:
		w.steer = func() error {
			defer s.finish(ref)
			return s.update(id)
		}
	case turn == 2 && steered:
		w.steer = func() error { _, err := control.Cancel(s.ctx, s.client, id, "side by side"); return err }
		want = lro.CancellationCanceled
	case turn == 2:
		w.steer = func() error { return s.client.CancelWorkflow(s.ctx, id, "") }
		want = lro.CancellationCanceled
	}
	w.check = func(t *testing.T) { s.checkWait(t, w, ref, want) }
	return w
}

// mixedScript is the script of a wait's operation in a turn. An operation to be updated ends once it was.
func mixedScript(turn int, steered bool) testsuite.Script {
	switch {
	case turn == 0:
		return testsuite.Script{RunsFor: 4 * time.Second}
	case turn == 1 && !steered:
		return testsuite.Script{RunsFor: 20 * time.Second}
	}
	return testsuite.Script{End: testsuite.RunForever()}
}

// update sends a wait one update after the other.
func (s *sweep) update(id string) error {
	if _, err := control.PollNow(s.ctx, s.client, id); err != nil {
		return fmt.Errorf("poll now: %w", err)
	}
	if _, err := control.SetPolicy(s.ctx, s.client, id, brisk); err != nil {
		return fmt.Errorf("set the policy: %w", err)
	}
	_, err := control.SetDeadline(s.ctx, s.client, id, workflows.SetDeadlineInput{In: lro.DurationOf(time.Hour)})
	return err
}

func (s *sweep) checkWait(t *testing.T, w *mixedWait, ref lro.Ref, want lro.Cancellation) {
	t.Helper()
	var outcome lro.Outcome
	var result any = &outcome
	if strings.HasPrefix(w.what, "a set") {
		result = nil // whose summary is another
	}
	err := w.run.Get(s.ctx, result)
	if err != nil {
		outcome, _ = lro.OutcomeOf(err)
	}
	failure, failed := lro.AsFailure(err)
	switch {
	case failed:
		t.Errorf("%s failed: %s of %q: %v", w.what, failure.Type, failure.Field, err)
	case want == "" && err != nil:
		t.Errorf("%s: %v", w.what, err)
	case want != "" && result != nil && outcome.Cancellation != want:
		t.Errorf("%s: cancellation %q, %v, want %q", w.what, outcome.Cancellation, err, want)
	}
	if op, ok := s.service.Peek(ref); ok && op.State() == lro.StateRunning {
		t.Errorf("%s ended, and its operation runs", w.what)
	}
}

// refusedByOlder counts attempts that an older worker left to a newer one.
const refusedByOlder = "refused by the older"

// handedOver counts a workflow's activities by the releases that scheduled and that
// ran them, its children's among them.
func (s *sweep) handedOver(id string, runs map[string]int) {
	s.t.Helper()
	tasks, scheduled := map[int64]string{}, map[int64]string{}
	for _, event := range s.history(id, "").GetEvents() {
		switch event.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			tasks[event.GetEventId()] = event.GetWorkflowTaskCompletedEventAttributes().GetIdentity()
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			scheduled[event.GetEventId()] = tasks[event.GetActivityTaskScheduledEventAttributes().GetWorkflowTaskCompletedEventId()]
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			started := event.GetActivityTaskStartedEventAttributes()
			runs[scheduled[started.GetScheduledEventId()]+" to "+started.GetIdentity()]++
			if isRefused(started.GetLastFailure()) {
				runs[refusedByOlder]++
			}
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
			if isRefused(event.GetActivityTaskFailedEventAttributes().GetFailure()) {
				runs[refusedByOlder]++
			}
		case enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
			s.handedOver(event.GetChildWorkflowExecutionStartedEventAttributes().GetWorkflowExecution().GetWorkflowId(), runs)
		}
	}
}

func isRefused(failure *failurepb.Failure) bool {
	info := failure.GetApplicationFailureInfo()
	return info.GetType() == string(lro.TypeInvalidInput) && !info.GetNonRetryable()
}
