package e2e

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// cancelRow is a row of the cancel table: what the service does, and what the
// caller must get.
type cancelRow struct {
	reason   string
	script   testsuite.Script
	ends     bool // as the script has it, but once a cancel was sent
	faults   []testsuite.Fault
	options  workflows.AwaitOptions
	want     lro.Cancellation
	state    lro.State       // of the operation in the Outcome
	canceled bool            // whether the error is a CanceledError
	failure  lro.FailureType // the error's, "" for none
	status   lro.Code        // of CancelStatus
	sent     bool            // whether the service saw a cancel
}

func cancelRows() map[string]cancelRow {
	const later = time.Hour
	forever := testsuite.Script{End: testsuite.RunForever()}
	with := func(script testsuite.Script, cancel testsuite.Cancel) testsuite.Script {
		script.OnCancel = cancel
		return script
	}
	return map[string]cancelRow{
		"canceled": {
			reason: "it ended with code CANCELLED, some time after the cancel",
			script: with(forever, testsuite.HonorCancel(time.Second)),
			want:   lro.CancellationCanceled, state: lro.StateCanceled, canceled: true, sent: true,
		},
		"completed": {
			reason: "it succeeded all the same: the caller gets the result and must undo it",
			script: with(forever, testsuite.CompleteOnCancel(0)),
			want:   lro.CancellationCompleted, state: lro.StateSucceeded, sent: true,
		},
		"failed": {
			reason: "it failed with another code",
			script: with(forever, testsuite.FailOnCancel(0, lro.CodeInternal, "lost the race")),
			want:   lro.CancellationFailed, state: lro.StateFailed, failure: lro.TypeOperationFailed, sent: true,
		},
		"unsupported, succeeds": {
			reason: "the service has no cancel; the wait goes on to the operation's end",
			script: with(testsuite.Script{RunsFor: later}, testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")),
			ends:   true,
			want:   lro.CancellationUnsupported, state: lro.StateSucceeded, status: lro.CodeUnimplemented, sent: true,
		},
		"unsupported, fails": {
			reason: "the row of its end decides",
			script: with(testsuite.Script{RunsFor: later, End: testsuite.Fail(lro.CodeAborted, "aborted")}, testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")),
			ends:   true,
			want:   lro.CancellationUnsupported, state: lro.StateFailed, failure: lro.TypeOperationFailed, status: lro.CodeUnimplemented, sent: true,
		},
		"unsupported, still runs": {
			reason:  "grace over: the Outcome has the Ref to pick it up",
			script:  with(forever, testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")),
			options: workflows.AwaitOptions{CancelGrace: 2 * time.Second},
			want:    lro.CancellationUnsupported, state: lro.StateRunning, canceled: true, status: lro.CodeUnimplemented, sent: true,
		},
		"gone": {
			reason:  "neither cancel nor reads know it, within the grace and after it",
			script:  testsuite.Script{HiddenFor: time.Hour, End: testsuite.RunForever()},
			options: workflows.AwaitOptions{NotFoundGrace: 4 * time.Second},
			want:    lro.CancellationGone, state: lro.StateRunning, failure: lro.TypeOperationGone, status: lro.CodeNotFound, sent: true,
		},
		"cancel not found, succeeds": {
			reason:  "only the cancel answers 404: its collection has none; the row of its end decides",
			script:  with(testsuite.Script{RunsFor: later}, testsuite.RefuseCancel(lro.CodeNotFound, "the operation was not found")),
			ends:    true,
			options: workflows.AwaitOptions{NotFoundGrace: time.Second},
			want:    lro.CancellationUnsupported, state: lro.StateSucceeded, status: lro.CodeNotFound, sent: true,
		},
		"refused, canceled by somebody else": {
			reason: "no try of the cancel can have done it",
			script: with(testsuite.Script{RunsFor: later, End: testsuite.Fail(lro.CodeCanceled, "the operation was canceled")}, testsuite.RefuseCancel(lro.CodeFailedPrecondition, "not now")),
			ends:   true,
			want:   lro.CancellationUndelivered, state: lro.StateCanceled, canceled: true, status: lro.CodeFailedPrecondition, sent: true,
		},
		"reply lost, then refused": {
			reason: "the first try did it, and is known to have been sent",
			script: with(forever, testsuite.HonorCancel(time.Second)),
			faults: []testsuite.Fault{
				testsuite.LostReply().On(testsuite.MethodCancel).Calls(1, 1),
				testsuite.FailWith(lro.CodeFailedPrecondition, "is being canceled").On(testsuite.MethodCancel).Calls(2, 0)},
			want: lro.CancellationCanceled, state: lro.StateCanceled, canceled: true, sent: true,
		},
		"replies lost": {
			reason:  "it was taken, as nobody here can know, and ignored",
			script:  with(forever, testsuite.IgnoreCancel()),
			faults:  []testsuite.Fault{testsuite.LostReply().On(testsuite.MethodCancel)},
			options: workflows.AwaitOptions{CancelGrace: 2 * time.Second},
			want:    lro.CancellationUnconfirmed, state: lro.StateRunning, canceled: true, status: lro.CodeUnavailable, sent: true,
		},
		"vanishes": {
			reason: "the cancel was taken and the record went with it",
			script: with(forever, testsuite.VanishOnCancel(0)),
			want:   lro.CancellationGone, state: lro.StateRunning, failure: lro.TypeOperationGone, sent: true,
		},
		"refused": {
			reason: "403 on the cancel; the operation goes on to its end",
			script: with(testsuite.Script{RunsFor: later}, testsuite.RefuseCancel(lro.CodePermissionDenied, "may not cancel")),
			ends:   true,
			want:   lro.CancellationUndelivered, state: lro.StateSucceeded, status: lro.CodePermissionDenied, sent: true,
		},
		"cannot be delivered": {
			reason:  "503 on every cancel until the grace is over",
			script:  forever,
			faults:  []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodCancel)},
			options: workflows.AwaitOptions{CancelGrace: 2 * time.Second},
			want:    lro.CancellationUndelivered, state: lro.StateRunning, canceled: true, status: lro.CodeUnavailable, sent: true,
		},
		"unconfirmed": {
			reason:  "the cancel was taken and ignored until the grace was over",
			script:  with(forever, testsuite.IgnoreCancel()),
			options: workflows.AwaitOptions{CancelGrace: 2 * time.Second},
			want:    lro.CancellationUnconfirmed, state: lro.StateRunning, canceled: true, sent: true,
		},
		"abandoned": {
			reason:  "by policy nothing is sent",
			script:  forever,
			options: workflows.AwaitOptions{CancelPolicy: workflows.Abandon},
			want:    lro.CancellationAbandoned, state: lro.StateRunning, canceled: true,
		},
	}
}

func TestCancelTable(t *testing.T) {
	t.Parallel()
	for name, row := range cancelRows() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, benchOptions{faults: row.faults, record: true})
			ref := b.operation(row.script)
			run := b.start(ref, row.options)
			b.waitForPolls(2)
			if err := run.Cancel(b.ctx); err != nil {
				t.Fatalf("Cancel: %v", err)
			}
			if row.ends {
				b.waitFor("the cancel", func() bool { return b.service.Count(testsuite.MethodCancel) > 0 })
				b.service.Finish(ref, row.script.End)
			}
			outcome, err := run.Get(b.ctx)
			row.check(t, b, ref, outcome, err)
		})
	}
}

func (row cancelRow) check(t *testing.T, b *bench, ref lro.Ref, outcome lro.Outcome, err error) {
	t.Helper()
	if outcome.Ref != ref {
		t.Errorf("%s: Outcome.Ref = %s, want %s", row.reason, outcome.Ref, ref)
	}
	if outcome.Cancellation != row.want || outcome.State() != row.state {
		t.Errorf("%s: %q and %q, want %q and %q", row.reason, outcome.Cancellation, outcome.State(), row.want, row.state)
	}
	if got := temporal.IsCanceledError(err); got != row.canceled {
		t.Errorf("%s: CanceledError %t, want %t: %v", row.reason, got, row.canceled, err)
	}
	if f, _ := lro.AsFailure(err); f.Type != row.failure {
		t.Errorf("%s: failure %q, want %q: %v", row.reason, f.Type, row.failure, err)
	}
	var status lro.Code
	if outcome.CancelStatus != nil {
		status = outcome.CancelStatus.Code
	}
	if status != row.status {
		t.Errorf("%s: CancelStatus %s, want %s", row.reason, status, row.status)
	}
	if got := b.service.Count(testsuite.MethodCancel) > 0; got != row.sent {
		t.Errorf("%s: a cancel was sent: %t, want %t", row.reason, got, row.sent)
	}
}

// A cancel means the same to a wait inline in a user's workflow, and to one in
// a child, where the parent stays until the child knows what became of it.
func TestCancelInlineAndChild(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]any{"inline": inlineAwait, "child": childAwait} {
		for _, rowName := range []string{"canceled", "completed", "failed"} {
			t.Run(name+" "+rowName, func(t *testing.T) {
				t.Parallel()
				row := cancelRows()[rowName]
				b := newBench(t, benchOptions{})
				ref := b.operation(row.script)
				run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, start,
					workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk}})
				if err != nil {
					t.Fatalf("start: %v", err)
				}
				b.waitForPolls(2)
				if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
					t.Fatalf("cancel: %v", err)
				}
				var outcome lro.Outcome
				if err = run.Get(b.ctx, &outcome); err != nil {
					outcome, _ = lro.OutcomeOf(err)
				}
				row.check(t, b, ref, outcome, err)
			})
		}
	}
}
