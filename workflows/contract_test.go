package workflows_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// Names are found by running workflows, and other SDKs write them by hand.
func TestNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		workflows.AwaitOperationName:           "awaitop.AwaitOperation",
		workflows.AwaitOperationsName:          "awaitop.AwaitOperations",
		workflows.StatusQuery:                  "awaitop.status",
		workflows.SweepName:                    "awaitop.Sweep",
		workflows.SweepQuery:                   "awaitop.sweep",
		workflows.RunOperationName:             "awaitop.RunOperation",
		workflows.UndoOperationName:            "awaitop.UndoOperation",
		workflows.PollNowUpdate:                "awaitop.pollNow",
		workflows.SetPolicyUpdate:              "awaitop.setPolicy",
		workflows.SetDeadlineUpdate:            "awaitop.setDeadline",
		workflows.CancelUpdate:                 "awaitop.cancel",
		workflows.AbandonUpdate:                "awaitop.abandon",
		workflows.ObservedMemo:                 "awaitop.observed",
		workflows.UndoChange:                   "awaitop.undo",
		workflows.StartLookChange:              "awaitop.start.look",
		workflows.RenewalChange:                "awaitop.renewal",
		workflows.ReadTargetChange:             "awaitop.undo.readTarget",
		workflows.ResultsChange:                "awaitop.results",
		workflows.UndoMemo:                     "awaitop.undoing",
		workflows.OperationAttribute.GetName(): "AwaitopOperation",
		workflows.StateAttribute.GetName():     "AwaitopState",
		workflows.PercentAttribute.GetName():   "AwaitopPercent",
		workflows.WaitDurationMetric:           "awaitop_wait_duration",
		workflows.CancelOutcomesMetric:         "awaitop_cancel_outcomes",
		workflows.RefusedType:                  "UpdateRefused",
	} {
		if got != want {
			t.Errorf("a name changed: %q, was %q", got, want)
		}
	}
}

func TestContracts(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: operationName}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	policy := lro.PollPolicy{InitialInterval: time.Second, Coefficient: 1.5, MaximumInterval: time.Minute, MaximumEstimate: 2 * time.Minute, YieldInterval: 30 * time.Second, IgnoreProgress: true}
	full := workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{
		Policy:           policy,
		Timeout:          90 * time.Minute,
		DeadlinePolicy:   workflows.CancelOnDeadline,
		CancelPolicy:     workflows.Abandon,
		CancelGrace:      time.Minute,
		AuthGrace:        2 * time.Hour,
		NotFoundGrace:    30 * time.Second,
		HeartbeatTimeout: 10 * time.Second,
		ProgressInterval: time.Minute,
		EndMargin:        5 * time.Minute,
		SearchAttributes: true,
		FailWhenCanceled: true,
		DeleteWhenDone:   true,
		TaskQueue:        "polls",
		ControlTaskQueue: "control",
		Operation:        &lro.Operation{Name: operationName, Metadata: json.RawMessage(`{"n":"9007199254740993"}`)},
	}, Resume: &workflows.Resume{StartTime: at, Polls: 3, Seen: true}}
	allInput := workflows.AwaitAllInput{Refs: []lro.Ref{ref, ref}, AwaitAllOptions: workflows.AwaitAllOptions{AwaitOptions: full.AwaitOptions, OnFailure: workflows.AwaitRest}}
	allInput.Operation, allInput.ProgressInterval, allInput.DeleteWhenDone = nil, 0, false // a set refuses them
	for name, tt := range map[string]struct {
		value any
		empty any // a pointer to read the file into
	}{
		"await_input_plain":     {workflows.AwaitInput{Ref: ref}, &workflows.AwaitInput{}},
		"await_input_full":      {full, &workflows.AwaitInput{}},
		"await_all_input_plain": {workflows.AwaitAllInput{Refs: []lro.Ref{ref}}, &workflows.AwaitAllInput{}},
		"await_all_input_full":  {allInput, &workflows.AwaitAllInput{}},
		"all_outcome": {workflows.AllOutcome{Operations: []workflows.SetResult{
			{Ref: ref, State: lro.StateSucceeded, Cancellation: lro.CancellationCompleted},
			{Ref: ref, State: lro.StateFailed, Failure: lro.TypeOperationFailed, Status: &lro.Status{Code: lro.CodeFailedPrecondition, Message: "no"}},
			{Ref: ref, State: lro.StateRunning, Cancellation: lro.CancellationUndelivered, CancelStatus: &lro.Status{Code: lro.CodePermissionDenied, Message: "no permission to cancel"}},
		}, Polls: 7, StartTime: at, EndTime: at}, &workflows.AllOutcome{}},
		"all_summary":        {workflows.AllSummary{Succeeded: 1, Failed: 2, Canceled: 3, Running: 4, Left: []string{ref.String()}}, &workflows.AllSummary{}},
		"set_policy_input":   {workflows.SetPolicyInput{Policy: policy}, &workflows.SetPolicyInput{}},
		"set_deadline_input": {workflows.SetDeadlineInput{Deadline: at, In: lro.DurationOf(time.Hour), None: true}, &workflows.SetDeadlineInput{}},
		"stop_input":         {workflows.StopInput{Reason: "the wrong region"}, &workflows.StopInput{}},
		"run_input":          {runInput(full.AwaitOptions, at), &workflows.RunInput{}},
		"run_outcome":        {runOutcome(ref, at), &workflows.RunOutcome{}},
		"run_status":         {workflows.RunStatus{Phase: workflows.RunHolding, Method: "spanner.projects.instances.create", Target: "projects/p/instances/i", Step: "instance", Ref: ref, StartTime: at, Adopted: true, HoldUntil: at.Add(time.Hour)}, &workflows.RunStatus{}},
		"undo_input":         {undoInput(ref, at), &workflows.UndoInput{}},
		"undo_outcome":       {workflows.UndoOutcome{Outcome: runOutcome(ref, at).Outcome, Target: "projects/p/instances/i", Removal: workflows.RemovalDeleted}, &workflows.UndoOutcome{}},
		"canceled_run":       {workflows.CanceledRun{Outcome: runOutcome(ref, at).Outcome, Removal: workflows.RemovalDeleted}, &workflows.CanceledRun{}},
		"observed":           {workflows.Observed{Time: at, Progress: lro.Progress{Percent: 40, Known: true, StartTime: at}}, &workflows.Observed{}},
		"sweep_input":        {sweepInput(ref, at), &workflows.SweepInput{}},
		"sweep_report":       {sweepReport(ref, at), &workflows.SweepReport{}},
		"undoing":            {workflows.Undoing{Undos: []undos.Record{*undos.New("CreateInstance i", "i", at, at)}}, &workflows.Undoing{}},
		"wait_status": {workflows.WaitStatus{
			Input: workflows.AwaitInput{Ref: ref}, Phase: workflows.PhaseCanceling, Deadline: at,
			Outcome: lro.Outcome{Ref: ref, Operation: lro.Operation{Name: operationName}, StartTime: at, CancelReason: "the wrong region"},
		}, &workflows.WaitStatus{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.Payload(t, name, tt.value, tt.empty)
		})
	}
}

// runInput has every field.
func runInput(await workflows.AwaitOptions, at time.Time) workflows.RunInput {
	await.Operation = nil
	return workflows.RunInput{
		Method: "alloydb.projects.locations.clusters.patch", Target: "projects/p/locations/l/clusters/c",
		Request: workflows.RunRequest{
			Body: json.RawMessage(`{"displayName":"orders"}`), UpdateMask: []string{"displayName"},
			Parameters: map[string]string{"allowMissing": "true"}, MayStartTwice: true,
		},
		WorkflowID: "orders-1", FirstRunID: "01979f3e-6b00-7000-8000-000000000001", RunID: "01979f3e-6b00-7000-8000-000000000002", Since: at, Step: "rename",
		WithoutUndo: true, ForceUndo: true, UndoWindow: time.Hour, HoldFor: time.Minute,
		StepOptions: workflows.StepOptions{Await: await, StartTimeout: time.Minute, AttemptTimeout: time.Second, Quarantine: 2 * time.Second},
	}
}

func runOutcome(ref lro.Ref, at time.Time) workflows.RunOutcome {
	return workflows.RunOutcome{Adopted: true, Outcome: lro.Outcome{
		Ref: ref, Operation: lro.Operation{Name: operationName, Done: true, Response: json.RawMessage(`{"name":"projects/p/instances/i"}`)},
		Polls: 3, StartTime: at, EndTime: at.Add(time.Minute),
	}}
}

func undoInput(ref lro.Ref, at time.Time) workflows.UndoInput {
	outcome := runOutcome(ref, at)
	return workflows.UndoInput{
		RunInput: workflows.RunInput{Method: "spanner.projects.instances.create", Target: "projects/p/instances/i", Key: "order 7, instance"},
		Outcome:  &outcome,
	}
}

// sweepInput and sweepReport have every field.
func sweepInput(ref lro.Ref, at time.Time) workflows.SweepInput {
	place := orphans.Place{Kind: orphans.Parent, Service: ref.Service, Name: "projects/p", Found: true, PageToken: "next", Skip: 3}
	left := orphans.LeftWait{Ref: ref, WorkflowID: "orders/child", RunID: "run", Status: orphans.TimedOut, CloseTime: at}
	return workflows.SweepInput{
		Parents:     []string{"//spanner.googleapis.com/projects/p"},
		Policy:      orphans.Policy{Action: orphans.Cancel, IncludeUnknown: true, MinAge: lro.DurationOf(30 * time.Minute)},
		MaxFindings: 7, LookBack: lro.DurationOf(48 * time.Hour),
		Resume: &workflows.SweepResume{Places: []orphans.Place{place}, Report: sweepReport(ref, at), Looks: 3, Left: []orphans.LeftWait{left}},
	}
}

func sweepReport(ref lro.Ref, at time.Time) workflows.SweepReport {
	item := orphans.Item{Ref: ref, Resource: "//spanner.googleapis.com/projects/p/instances/i", Key: "awaitop_1", Since: at, State: "CREATING", Delete: "DELETE https://spanner.googleapis.com/v1/projects/p/instances/i", WithoutAuthentication: true}
	finding := workflows.SweepFinding{
		Item: item, Class: orphans.Orphan, Why: "its workflow was terminated", WorkflowID: "order-1", RunID: "run", Status: orphans.Terminated,
		Action: orphans.Adopt, Result: workflows.SweepAdopted, Problem: "no", Awaiter: workflows.WorkflowID(ref),
	}
	return workflows.SweepReport{
		Seen: orphans.Seen{Operations: 9, Resources: 8, Waits: 7}, Counts: workflows.SweepCounts{Live: 1, Kept: 2, Orphan: 3, Left: 6, Unknown: 4, Foreign: 5}, Acted: 1,
		Findings: []workflows.SweepFinding{finding}, Foreign: []workflows.SweepFinding{finding},
		Problems:     []orphans.Problem{{Place: "//spanner.googleapis.com/projects/p", Status: lro.Status{Code: lro.CodePermissionDenied, Message: "no"}}},
		ProblemCount: 1, Incomplete: "why",
	}
}

func TestWorkflowID(t *testing.T) {
	t.Parallel()
	long := func(n int) string {
		name := make([]byte, n)
		for i := range name {
			name[i] = 'x'
		}
		return string(name)
	}
	tests := map[string]struct {
		reason string
		name   string
		want   string
	}{
		"plain":           {"the Ref itself", operationName, "await://spanner.googleapis.com/" + operationName},
		"long":            {"the collection and a digest", "projects/p/operations/" + long(900), ""},
		"long collection": {"the digest alone", "projects/" + long(950) + "/operations/o", ""},
	}
	seen := map[string]bool{}
	for name, tt := range tests {
		id := workflows.WorkflowID(lro.Ref{Service: lro.SpannerService, Name: tt.name})
		if len(id) > 900 || seen[id] || (tt.want != "" && id != tt.want) {
			t.Errorf("%s: %s: id %q of %d bytes", name, tt.reason, id, len(id))
		}
		seen[id] = true
	}
}
