package e2e

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// The user's worker has workflows alone, and no credentials; a fleet of awaitop
// workers polls, cancels and deletes for it.
func TestFleet(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	users := sdk.New(b.client, b.queue, sdk.Options{DisableRegistrationAliasing: true, LocalActivityWorkerOnly: true})
	users.RegisterWorkflow(inlineAwait)
	fleet, err := worker.New(b.ctx, b.client, b.queue+"-fleet", worker.Options{Rest: rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: b.endpoint}},
		AllowedPrefixes:       []string{"projects/p"},
		WithoutAuthentication: true,
	}}, sdk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, start := range []func() error{users.Start, fleet.Start} {
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { users.Stop(); fleet.Stop() })
	options := workflows.AwaitOptions{
		Policy: brisk, DeleteWhenDone: true,
		TaskQueue: b.queue + "-fleet", ControlTaskQueue: workflows.ControlTaskQueue(b.queue + "-fleet"),
	}
	await := func(ref lro.Ref, cancel bool) (lro.Outcome, error) {
		run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{TaskQueue: b.queue}, inlineAwait, workflows.AwaitInput{Ref: ref, AwaitOptions: options})
		if err != nil {
			t.Fatal(err)
		}
		if cancel {
			b.waitForPolls(b.service.Count(testsuite.MethodGet) + 2)
			if err := b.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
				t.Fatal(err)
			}
		}
		var outcome lro.Outcome
		if err = run.Get(b.ctx, &outcome); err != nil {
			outcome, _ = lro.OutcomeOf(err)
		}
		return outcome, err
	}
	outcome, err := await(b.operation(testsuite.Script{RunsFor: time.Second}), false)
	if err != nil || outcome.Deletion != lro.DeletionDeleted {
		t.Errorf("%q, %v, want success and a deleted record", outcome.Deletion, err)
	}
	outcome, err = await(b.service.Start("projects/p/instances/i/operations/cancel", testsuite.Script{End: testsuite.RunForever()}), true)
	if outcome.Cancellation != lro.CancellationCanceled {
		t.Errorf("cancellation %q, %v, want canceled", outcome.Cancellation, err)
	}
	calls := len(b.service.Calls())
	_, err = await(lro.Ref{Service: lro.SpannerService, Name: "projects/other/instances/i/operations/o"}, false)
	if f, _ := lro.AsFailure(err); f.Type != lro.TypeInvalidInput || len(b.service.Calls()) != calls {
		t.Errorf("an operation outside of the allowlist: %v, %d requests more", err, len(b.service.Calls())-calls)
	}
}
