package e2e

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/examples/internal/contract"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// payloads records the payloads of the benches with benchOptions.record, between all programs and the Temporal server,
// and holds each to the document of the contract.
var payloads *contract.Recorder

func newPayloads() (*contract.Recorder, error) {
	document, err := contract.ReadExact("../../contract/awaitop.nexusrpc.yaml")
	if err != nil {
		return nil, err
	}
	return contract.NewRecorder(document), nil
}

// judgePayloads is the exit status for the payloads of all tests: 1 if one of them did not fit the document or, once all
// tests have run, if a kind of payload was never seen.
func judgePayloads() int {
	problems := payloads.Problems()
	if len(payloads.Seen()) > 0 && !isSet("test.run") && !isSet("test.skip") {
		for _, kind := range payloads.Unseen() {
			if reason := unseen[kind]; reason == "" {
				problems = append(problems, fmt.Sprintf("no test has sent a payload of the kind %+v", kind))
			}
		}
	}
	for _, problem := range problems {
		fmt.Fprintln(os.Stderr, "payloads:", problem)
	}
	return min(len(problems), 1)
}

// unseen are the kinds of payloads that no recorded test sends, with the reason.
var unseen = map[contract.Kind]string{}

// The kinds of payloads that the other recorded tests do not send.
func TestPayloads(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	rows := map[string]struct {
		faults []testsuite.Fault
		run    func(*bench) error
	}{
		"a status that is asked for": {run: func(b *bench) error {
			ref := b.operation(forever)
			defer b.finish(ref)
			run := b.start(ref, workflows.AwaitOptions{})
			_, err := b.client.QueryWorkflow(b.ctx, run.ID, run.RunID, workflows.StatusQuery)
			return err
		}},
		"a delete that fails at first": {faults: []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodDelete).Times(6)}, run: func(b *bench) error {
			_, err := b.start(b.operation(testsuite.Script{}), workflows.AwaitOptions{DeleteWhenDone: true}).Get(b.ctx)
			return err
		}},
		"a cancel that fails the wait": {run: func(b *bench) error {
			run := b.start(b.operation(forever), workflows.AwaitOptions{FailWhenCanceled: true})
			b.waitForPolls(1)
			if err := run.Cancel(b.ctx); err != nil {
				return err
			}
			_, err := run.Get(b.ctx)
			return wantFailure(err, lro.TypeOperationCanceled)
		}},
		"a run that is canceled": {run: func(b *bench) error {
			b.service.Plan("CreateInstance", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
			in := workflows.RunInput{Method: "spanner.projects.instances.create", Target: "projects/p/instances/i", Key: b.queue}
			run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, workflows.RunOperationName, in)
			if err != nil {
				return err
			}
			b.waitForPolls(1)
			if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
				return err
			}
			var details workflows.CanceledRun
			var canceled *temporal.CanceledError
			if err := run.Get(b.ctx, nil); !errors.As(err, &canceled) || canceled.Details(&details) != nil || details.Removal == "" {
				return fmt.Errorf("%w, want a cancel with what became of the target, not %+v", err, details)
			}
			return nil
		}},
		"a name that is no operation's": {run: func(b *bench) error {
			in := map[string]string{"ref": "//spanner.googleapis.com/projects/p/instances/i"}
			run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, workflows.AwaitOperationName, in)
			if err != nil {
				return err
			}
			return wantFailure(run.Get(b.ctx, nil), lro.TypeInvalidInput)
		}},
		"a list, and a resource that cannot be read": {faults: []testsuite.Fault{testsuite.PermissionDenied().On("GetInstance")}, run: func(b *bench) error {
			run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, listAndRead, "projects/p/instances/i")
			if err != nil {
				return err
			}
			return run.Get(b.ctx, nil)
		}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := row.run(newBench(t, benchOptions{faults: row.faults, record: true})); err != nil {
				t.Error(err)
			}
		})
	}
}

// A sweep that is canceled has its report so far in the error, and a query has it after the end.
func TestPayloadsOfCanceledSweep(t *testing.T) {
	t.Parallel()
	o := newOrphaned(t, "")
	o.service.AddFaults(testsuite.Slow(time.Minute).On(testsuite.MethodList))
	run, err := o.client.ExecuteWorkflow(o.ctx, client.StartWorkflowOptions{ID: o.queue, TaskQueue: o.queue}, workflows.SweepName, o.input(orphans.Report))
	if err != nil {
		t.Fatal(err)
	}
	o.waitFor("the list", func() bool { return o.service.Count(testsuite.MethodList) > 0 })
	if err := o.client.CancelWorkflow(o.ctx, run.GetID(), ""); err != nil {
		t.Fatal(err)
	}
	var report workflows.SweepReport
	var canceled *temporal.CanceledError
	if err := run.Get(o.ctx, nil); !errors.As(err, &canceled) || canceled.Details(&report) != nil {
		t.Fatalf("%v, want a cancel with a report", err)
	}
	if _, err := o.client.QueryWorkflow(o.ctx, run.GetID(), "", workflows.SweepQuery); err != nil {
		t.Error(err)
	}
}

// listAndRead is a user's workflow that lists operations, and finds that it cannot read an instance.
func listAndRead(ctx workflow.Context, instance string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	list := lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: instance + "/operations"}}
	if err := workflow.ExecuteActivity(ctx, activities.ListOperationsName, list).Get(ctx, nil); err != nil {
		return err
	}
	err := workflow.ExecuteActivity(ctx, names.GetInstance, starters.ResourceInput{Name: instance}).Get(ctx, nil)
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.Type() != starters.ReadFailedType+".PERMISSION_DENIED" {
		return fmt.Errorf("%w, want a read that failed", err)
	}
	return nil
}

func wantFailure(err error, want lro.FailureType) error {
	if failure, _ := lro.AsFailure(err); failure.Type != want {
		return fmt.Errorf("%w, want a %s", err, want)
	}
	return nil
}
