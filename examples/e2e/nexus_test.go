package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/temporalnexus"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// observing leaves the operation alone when the caller is canceled.
func observing(ref lro.Ref) workflows.AwaitInput {
	return workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{CancelPolicy: workflows.Abandon}}
}

// observers is how many callers await one operation: more than the 32 callbacks that the server attaches to a workflow.
const observers = 40

// 40 observers of one operation get its result, for one read more an observer than one wait makes at most.
func TestNexusObservers(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{})
	payments := b.in(dev.Address(), "payments")
	script := testsuite.Script{RunsFor: 10 * time.Second}
	lone := b.named("lone", script)
	if outcome, err := result[lro.Outcome](b.ctx, payments.call(nexusservice.Await, observing(lone))); err != nil || outcome.State() != lro.StateSucceeded {
		t.Fatalf("%s, %v", outcome.State(), err)
	}
	observed := b.named("observed", script)
	runs := make([]client.WorkflowRun, observers)
	for i := range runs {
		runs[i] = payments.call(nexusservice.Await, observing(observed))
	}
	payments.checkObserved(observed, runs)
	one := len(b.service.CallsFor(testsuite.MethodGet, lone))
	all := len(b.service.CallsFor(testsuite.MethodGet, observed)) + b.service.Count(testsuite.MethodList)
	t.Logf("%d reads for %d observers, %d for one", all, observers, one)
	if all > one+observers {
		t.Errorf("%d reads for %d observers, where one makes %d: want one more an observer at most", all, observers, one)
	}
}

// checkObserved wants each call to have the operation's result.
func (c *callers) checkObserved(ref lro.Ref, runs []client.WorkflowRun) {
	c.t.Helper()
	for i, run := range runs {
		if outcome, err := result[lro.Outcome](c.ctx, run); err != nil || outcome.State() != lro.StateSucceeded || outcome.Ref != ref {
			c.t.Errorf("observer %d: %s, %v", i, outcome.State(), err)
		}
	}
}

// That one of 40 observers is canceled is no matter of the others, nor of the operation.
func TestNexusObserverCanceled(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{})
	payments := b.in(dev.Address(), "payments")
	observed := b.named("observed", testsuite.Script{End: testsuite.RunForever()})
	runs := make([]client.WorkflowRun, observers)
	for i := range runs {
		runs[i] = payments.call(nexusservice.Await, observing(observed))
	}
	b.waitFor("all to wait", func() bool {
		page, err := control.List(b.ctx, b.client, control.ListOptions{PageSize: 1000, WithoutDescriptions: true, Query: "TaskQueue = '" + b.queue + "'"})
		return err == nil && len(page.Statuses) == observers
	})
	if err := payments.client.CancelWorkflow(b.ctx, runs[0].GetID(), ""); err != nil {
		t.Fatal(err)
	}
	_, err := result[lro.Outcome](b.ctx, runs[0])
	if left, _ := lro.OutcomeOf(err); !temporal.IsCanceledError(err) || left.Cancellation != lro.CancellationAbandoned {
		t.Errorf("the canceled observer got %v, cancellation %q", err, left.Cancellation)
	}
	b.finish(observed)
	payments.checkObserved(observed, runs[1:])
	b.service.AssertCalls(t, testsuite.MethodCancel, 0)
}

// What a caller gets, by how its operation ends.
func TestNexusOutcomes(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{record: true})
	payments := b.in(dev.Address(), "payments")
	t.Run("succeeded", func(t *testing.T) {
		ref := b.named("succeeding", testsuite.Script{})
		if outcome, err := result[lro.Outcome](b.ctx, payments.call(nexusservice.Await, workflows.AwaitInput{Ref: ref})); err != nil || outcome.Ref != ref {
			t.Errorf("%+v, %v", outcome, err)
		}
	})
	t.Run("failed", func(t *testing.T) {
		ref := b.named("failing", testsuite.Script{End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate key")})
		_, err := result[lro.Outcome](b.ctx, payments.call(nexusservice.Await, workflows.AwaitInput{Ref: ref}))
		if f := testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeFailedPrecondition); f.Ref != ref {
			t.Errorf("it names %s", f.Ref)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		ref := b.named("canceled", testsuite.Script{End: testsuite.RunForever()})
		run := payments.call(nexusservice.Await, workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk}})
		b.waitFor("a read", func() bool { return len(b.service.CallsFor(testsuite.MethodGet, ref)) > 0 })
		if err := payments.client.CancelWorkflow(b.ctx, run.GetID(), ""); err != nil {
			t.Fatal(err)
		}
		_, err := result[lro.Outcome](b.ctx, run)
		if outcome, _ := lro.OutcomeOf(err); !temporal.IsCanceledError(err) || outcome.Cancellation != lro.CancellationCanceled {
			t.Errorf("%v, cancellation %q", err, outcome.Cancellation)
		}
		b.service.AssertCanceled(t, ref)
	})
	t.Run("a set", func(t *testing.T) {
		refs := []lro.Ref{b.named("one", testsuite.Script{}), b.named("two", testsuite.Script{Polls: 2})}
		all, err := result[workflows.AllOutcome](b.ctx, payments.call(nexusservice.AwaitAll, workflows.AwaitAllInput{Refs: refs}))
		if err != nil || all.Summary().Succeeded != 2 {
			t.Errorf("%+v, %v", all, err)
		}
	})
	t.Run("the caller's timeout", func(t *testing.T) {
		ref := b.named("late", testsuite.Script{End: testsuite.RunForever()})
		run := payments.callWithin(2*time.Minute, nexusservice.Await, workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{EndMargin: 110 * time.Second}})
		_, err := result[lro.Outcome](b.ctx, run)
		testsuite.AssertFailure(t, err, lro.TypeAwaitTimeout, lro.CodeDeadlineExceeded)
	})
	t.Run("reads", func(t *testing.T) {
		ref := b.named("read", testsuite.Script{})
		op, err := result[lro.Operation](b.ctx, payments.call(nexusservice.Get, nexusservice.GetInput{Ref: ref}))
		if err != nil || op.Name != ref.Name || !op.Done {
			t.Errorf("%+v, %v", op, err)
		}
		page, err := result[lro.Page](b.ctx, payments.call(nexusservice.List, nexusservice.ListInput{ListRequest: lro.ListRequest{Collection: ref.Collection()}}))
		if err != nil || len(page.Operations) == 0 {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

// What an input causes is final, and does not block the endpoint: five retryable errors in a row would, for a minute.
func TestNexusRefusals(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{
		nexus: &nexusservice.Options{Allow: nexusservice.Rule{Resources: []string{"projects/p"}}},
	})
	payments := b.in(dev.Address(), "payments")
	down := b.named("down", testsuite.Script{Faults: []testsuite.Fault{testsuite.Unavailable().On(testsuite.MethodGet)}})
	const outside = `"//spanner.googleapis.com/projects/p2/instances/i/operations/o"`
	tests := []struct {
		reason, operation, input string
		kind                     lro.FailureType
		code                     lro.Code
		field                    string
	}{
		{"nothing to await", nexusservice.Await, `{}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "ref"},
		{"no input", nexusservice.Await, `null`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "ref"},
		{"no object", nexusservice.AwaitAll, `[]`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "input"},
		{"no refs", nexusservice.AwaitAll, `null`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "refs"},
		{"a typo", nexusservice.Await, `{"ref":"` + down.String() + `","timout":"5s"}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "timout"},
		{"a typo in another input", nexusservice.Get, `{"ref":"` + down.String() + `","reff":"x"}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "reff"},
		{"by its whole path", nexusservice.SetPolicy, `{"ref":"` + down.String() + `","policy":{"coefficient":"2"}}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "policy.coefficient"},
		{"not allowed", nexusservice.Await, `{"ref":` + outside + `}`, lro.TypeNotAllowed, lro.CodePermissionDenied, "ref"},
		{"one of them not allowed", nexusservice.AwaitAll, `{"refs":["` + down.String() + `",` + outside + `]}`, lro.TypeNotAllowed, lro.CodePermissionDenied, "refs[1]"},
		{"the worker's to choose", nexusservice.Await, `{"ref":"` + down.String() + `","taskQueue":"q"}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "taskQueue"},
		{"not allowed to read", nexusservice.Get, `{"ref":` + outside + `}`, lro.TypeNotAllowed, lro.CodePermissionDenied, "ref"},
		{"not allowed to list", nexusservice.List, `{"collection":"//spanner.googleapis.com/projects/p2/instances/i/operations"}`, lro.TypeNotAllowed, lro.CodePermissionDenied, "collection"},
		{"no target", nexusservice.Cancel, `{"reason":"no"}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "input"},
		{"no such wait", nexusservice.PollNow, `{"ref":"` + down.String() + `"}`, lro.TypeWaitNotFound, lro.CodeNotFound, "ref"},
		{"no such workflow", nexusservice.Abandon, `{"workflowId":"nobody"}`, lro.TypeWaitNotFound, lro.CodeNotFound, "workflowId"},
		{"no token", nexusservice.SetPolicy, `{"operationToken":"?","policy":{}}`, lro.TypeWaitNotFound, lro.CodeNotFound, "operationToken"},
		{"no policy", nexusservice.SetPolicy, `{"ref":"` + down.String() + `"}`, lro.TypeInvalidInput, lro.CodeInvalidArgument, "policy"},
		{"unknown", nexusservice.Get, `{"ref":"//spanner.googleapis.com/projects/p/instances/i/operations/none"}`, lro.TypePollFailed, lro.CodeNotFound, ""},
		{"the API is down", nexusservice.Get, `{"ref":"` + down.String() + `"}`, lro.TypePollFailed, lro.CodeUnavailable, ""},
	}
	runs := make([]client.WorkflowRun, len(tests))
	for i, tt := range tests {
		runs[i] = payments.call(tt.operation, tt.input)
	}
	for i, tt := range tests {
		_, err := result[any](b.ctx, runs[i])
		if f := testsuite.AssertFailure(t, err, tt.kind, tt.code); f.Field != tt.field {
			t.Errorf("%s: the failure is for %q, want %q: %v", tt.reason, f.Field, tt.field, err)
		}
	}
	run := payments.call(nexusservice.Await, workflows.AwaitInput{Ref: b.named("fine", testsuite.Script{})})
	b.waitFor("the call after the refusals", func() bool {
		if payments.isBlocked(run) {
			t.Fatal("the refusals have blocked the endpoint")
		}
		described, err := payments.client.DescribeWorkflowExecution(b.ctx, run.GetID(), "")
		return err == nil && described.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	})
	if outcome, err := result[lro.Outcome](b.ctx, run); err != nil || outcome.State() != lro.StateSucceeded {
		t.Errorf("after the refusals: %s, %v", outcome.State(), err)
	}
}

// A step through Nexus is started once for its key, whoever's call it is, and undone by the same key. Another namespace's
// key is another key.
func TestNexusRuns(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{record: true, nexus: &nexusservice.Options{Allow: nexusservice.Rule{
		Resources: []string{"//spanner.googleapis.com/projects/p"}, Methods: []string{"spanner.projects.instances"},
	}}})
	payments, orders := b.in(dev.Address(), "payments"), b.in(dev.Address(), "orders")
	in := func(method, target string) map[string]any {
		return map[string]any{"method": method, "target": target, "key": "order-7/instance", "request": map[string]any{
			"body": map[string]any{"config": "projects/p/instanceConfigs/c", "displayName": "orders"},
		}}
	}
	const create, instance = "spanner.projects.instances.create", "projects/p/instances/nexus"
	first, err := result[workflows.RunOutcome](b.ctx, payments.call(nexusservice.Run, in(create, instance)))
	if err != nil || first.State() != lro.StateSucceeded {
		t.Fatalf("%s, %v", first.State(), err)
	}
	again, err := result[workflows.RunOutcome](b.ctx, payments.call(nexusservice.Run, in(create, instance)))
	if err != nil || again.Ref != first.Ref || !again.Adopted {
		t.Errorf("the second call ran %s, adopted: %t, %v; want %s", again.Ref, again.Adopted, err, first.Ref)
	}
	_, err = result[any](b.ctx, orders.call(nexusservice.Run, in(create, instance)))
	testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
	for field, input := range map[string]map[string]any{
		"target": in(create, "projects/x/instances/nexus"), "method": in("spanner.projects.instanceConfigs.create", "projects/p/instanceConfigs/c"),
	} {
		_, err := result[any](b.ctx, payments.call(nexusservice.Run, input))
		if f := testsuite.AssertFailure(t, err, lro.TypeNotAllowed, lro.CodePermissionDenied); f.Field != field {
			t.Errorf("refused %q, want %q", f.Field, field)
		}
	}
	undone, err := result[workflows.UndoOutcome](b.ctx, payments.call(nexusservice.Undo, in(create, instance)))
	if err != nil || undone.Removal == "" {
		t.Errorf("%+v, %v", undone, err)
	}
	b.service.AssertNothingLeft(t, instance)
}

// A step ends before its caller's Nexus operation times out, and says how: one whose service is down, and one whose
// operation ignores its cancel.
func TestNexusRunTimeout(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{
		nexus:  &nexusservice.Options{Allow: nexusservice.Rule{Methods: []string{nexusservice.AllMethods}}},
		faults: []testsuite.Fault{testsuite.Unavailable().On("CreateInstance").For("projects/p/instances/down")},
	})
	b.service.PlanFor("CreateInstance", "projects/p/instances/stubborn", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()})
	payments := b.in(dev.Address(), "payments")
	runs := map[string]client.WorkflowRun{} // side by side
	for _, name := range []string{"down", "stubborn"} {
		runs[name] = payments.callWithin(2*time.Minute, nexusservice.Run, map[string]any{
			"method": "spanner.projects.instances.create", "target": "projects/p/instances/" + name, "key": name, "endMargin": "100s",
		})
	}
	_, err := result[any](b.ctx, runs["down"])
	if f, ok := lro.AsFailure(err); !ok || f.Type != lro.TypeStartFailed {
		t.Errorf("of a service that is down: %v", err)
	}
	_, err = result[any](b.ctx, runs["stubborn"])
	f, ok := lro.AsFailure(err)
	if !ok || f.Type != lro.TypeCompensationFailed || !slices.Equal(f.Resources, []string{"projects/p/instances/stubborn"}) {
		t.Errorf("of an operation that ignores its cancel: %v", err)
	}
}

// A caller steers the waits of its own namespace, and no other's.
func TestNexusSteering(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{record: true})
	payments, orders := b.in(dev.Address(), "payments"), b.in(dev.Address(), "orders")
	ref := b.named("steered", testsuite.Script{End: testsuite.RunForever()})
	own := payments.call(nexusservice.Await, observing(ref))
	others := orders.call(nexusservice.Await, observing(ref))
	b.waitFor("both to wait", func() bool {
		page, err := control.List(b.ctx, b.client, control.ListOptions{WithoutDescriptions: true, Query: "TaskQueue = '" + b.queue + "'"})
		return err == nil && len(page.Statuses) == 2
	})
	target := nexusservice.Target{Ref: ref}
	steer := func(c *callers, operation string, input any) nexusservice.SteerOutput {
		t.Helper()
		out, err := result[nexusservice.SteerOutput](b.ctx, c.call(operation, input))
		if err != nil || len(out.Waits) != 1 || out.Waits[0].Status == nil {
			t.Fatalf("%s: %+v, %v; want one wait, and its status", operation, out, err)
		}
		return out
	}
	polled := steer(payments, nexusservice.PollNow, nexusservice.PollNowInput{Target: target})
	steer(payments, nexusservice.SetPolicy, nexusservice.SetPolicyInput{Target: target, Policy: &brisk})
	limited := steer(payments, nexusservice.SetDeadline, nexusservice.SetDeadlineInput{Target: target, In: lro.DurationOf(time.Hour)})
	id := polled.Waits[0].WorkflowID
	if limited.Waits[0].WorkflowID != id || limited.Waits[0].Status.Deadline.IsZero() || !strings.Contains(id, "#payments#") {
		t.Errorf("%+v, want the deadline of %s", limited.Waits[0], id)
	}
	// That another namespace has such a wait is not even told.
	_, err := result[any](b.ctx, orders.call(nexusservice.Cancel, nexusservice.StopInput{Target: nexusservice.Target{WorkflowID: id}}))
	if f := testsuite.AssertFailure(t, err, lro.TypeWaitNotFound, lro.CodeNotFound); f.Field != "workflowId" || f.Reason == "" {
		t.Errorf("%+v", f)
	}
	steer(payments, nexusservice.Abandon, nexusservice.StopInput{Target: nexusservice.Target{OperationToken: b.token(payments, own)}, Reason: "enough"})
	_, err = result[any](b.ctx, own)
	if outcome, _ := lro.OutcomeOf(err); outcome.CancelReason != "enough" || outcome.Cancellation != lro.CancellationAbandoned {
		t.Errorf("the abandoned wait: %v, %+v", err, outcome)
	}
	steer(orders, nexusservice.Cancel, nexusservice.StopInput{Target: target, Reason: "the wrong region"})
	_, err = result[any](b.ctx, others)
	if outcome, _ := lro.OutcomeOf(err); outcome.Cancellation != lro.CancellationCanceled {
		t.Errorf("the canceled wait: %v, %+v", err, outcome)
	}
}

// token is the operation token of a call, by the history of the caller's workflow.
func (b *nexusBench) token(c *callers, run client.WorkflowRun) string {
	b.t.Helper()
	events := c.client.GetWorkflowHistory(b.ctx, run.GetID(), run.GetRunID(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			b.t.Fatal(err)
		}
		if started := event.GetNexusOperationStartedEventAttributes(); started != nil {
			return started.GetOperationToken()
		}
	}
	b.t.Fatal("the operation has not started")
	return ""
}

// Each namespace has its rule.
func TestNexusCallers(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{nexus: &nexusservice.Options{Callers: map[string]nexusservice.Rule{
		"payments": {Resources: []string{"projects/p"}, Operations: []string{nexusservice.Get}},
	}}})
	payments, orders := b.in(dev.Address(), "payments"), b.in(dev.Address(), "orders")
	in := nexusservice.GetInput{Ref: b.named("read", testsuite.Script{})}
	if op, err := result[lro.Operation](b.ctx, payments.call(nexusservice.Get, in)); err != nil || !op.Done {
		t.Errorf("%+v, %v", op, err)
	}
	_, err := result[any](b.ctx, payments.call(nexusservice.Await, workflows.AwaitInput{Ref: in.Ref}))
	if f := testsuite.AssertFailure(t, err, lro.TypeNotAllowed, lro.CodePermissionDenied); f.Field != "operation" {
		t.Errorf("%+v", f)
	}
	_, err = result[any](b.ctx, orders.call(nexusservice.Get, in))
	if f := testsuite.AssertFailure(t, err, lro.TypeNotAllowed, lro.CodePermissionDenied); f.Field != "caller" || f.Value != "orders" {
		t.Errorf("%+v", f)
	}
}

// Code in a caller's workflow can replace the link that names its namespace. The callback's URL names it, too.
func TestNexusForgedNamespace(t *testing.T) {
	t.Parallel()
	b := newNexusBench(t, benchOptions{nexus: &nexusservice.Options{Callers: map[string]nexusservice.Rule{"payments": {}}}})
	link := temporalnexus.ConvertLinkWorkflowEventToNexusLink(&commonpb.Link_WorkflowEvent{
		Namespace: "payments", WorkflowId: "w", RunId: "r",
		Reference: &commonpb.Link_WorkflowEvent_EventRef{EventRef: &commonpb.Link_WorkflowEvent_EventReference{EventId: 5, EventType: enumspb.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED}},
	})
	orders := b.in(dev.Address(), "orders", &linking{header: fmt.Sprintf("<%s>; type=%q", link.URL, link.Type)})
	_, err := result[any](b.ctx, orders.call(nexusservice.Get, nexusservice.GetInput{Ref: b.named("read", testsuite.Script{})}))
	if f := testsuite.AssertFailure(t, err, lro.TypeNotAllowed, lro.CodePermissionDenied); f.Field != "caller" || f.Value != "orders, payments" {
		t.Errorf("%+v", f)
	}
}

// linking gives each Nexus request of a workflow a link of its own.
type linking struct {
	interceptor.WorkerInterceptorBase
	header string
}

func (l *linking) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &linkingInbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, l.header}
}

type linkingInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	header string
}

func (l *linkingInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	return l.Next.Init(&linkingOutbound{interceptor.WorkflowOutboundInterceptorBase{Next: outbound}, l.header})
}

type linkingOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	header string
}

func (l *linkingOutbound) ExecuteNexusOperation(ctx workflow.Context, in interceptor.ExecuteNexusOperationInput) workflow.NexusOperationFuture {
	in.NexusHeader.Set("nexus-link", l.header)
	return l.Next.ExecuteNexusOperation(ctx, in)
}

// A wait that continues as new still answers its caller.
func nexusContinuesAsNew(t *testing.T, address string) {
	b := newNexusBench(t, benchOptions{address: address})
	payments := b.in(address, "payments")
	ref := b.named("renewed", testsuite.Script{End: testsuite.RunForever()})
	run := payments.call(nexusservice.Await, observing(ref))
	var id, first string
	b.waitFor("the wait", func() bool {
		page, err := control.List(b.ctx, b.client, control.ListOptions{WithoutDescriptions: true, Query: "TaskQueue = '" + b.queue + "'"})
		if err != nil || len(page.Statuses) != 1 {
			return false
		}
		id, first = page.Statuses[0].WorkflowID, page.Statuses[0].RunID
		return true
	})
	b.waitForPolls(1)
	if _, err := control.PollNow(b.ctx, b.client, id); err != nil {
		t.Fatal(err)
	}
	b.waitFor("the next run", func() bool {
		described, err := b.client.DescribeWorkflowExecution(b.ctx, id, "")
		return err == nil && described.GetWorkflowExecutionInfo().GetExecution().GetRunId() != first
	})
	b.finish(ref)
	if outcome, err := result[lro.Outcome](b.ctx, run); err != nil || outcome.State() != lro.StateSucceeded {
		t.Errorf("%s, %v", outcome.State(), err)
	}
}
