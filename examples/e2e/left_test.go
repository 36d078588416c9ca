package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// leaveSignal makes leaveChild return.
const leaveSignal = "leave"

// leaveChild awaits in a child with the defaults of Temporal's SDKs for TypeScript and Python: the child is terminated
// when its parent closes. It returns before its child has ended.
func leaveChild(ctx workflow.Context, id, kind string, in any) error {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id, ParentClosePolicy: enumspb.PARENT_CLOSE_POLICY_TERMINATE})
	child := workflow.ExecuteChildWorkflow(ctx, kind, in)
	if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return err
	}
	workflow.GetSignalChannel(ctx, leaveSignal).Receive(ctx, nil)
	return nil
}

// leaver is a bench whose parents await in children, each named as its operation.
type leaver struct{ orphaned }

// newLeaver is in a namespace of its own: the sweep's worker cannot tell the inputs that a codec of another test has
// encoded. The namespace has no search attributes.
func newLeaver(t *testing.T, decode converter.DataConverter) leaver {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	namespace := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	if _, err := dial(t, client.Options{HostPort: dev.Address()}).WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
	}); err != nil {
		t.Fatal(err)
	}
	c := dial(t, client.Options{
		HostPort: dev.Address(), Namespace: namespace, DataConverter: decode,
		ConnectionOptions: benchOptions{record: decode == nil}.connection(),
	})
	for err := serviceerror.NewNamespaceNotFound(namespace); err != nil && ctx.Err() == nil; { // the server's caches lag
		_, err = c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{})
	}
	l := leaver{newOrphanedOf(t, "", c)}
	l.service.Put(l.instance("i"), nil)
	return l
}

// foreign starts an operation by the caller's own means. It bears no key, and ends when it is canceled.
func (l leaver) foreign(id string) lro.Ref {
	return l.service.Start(l.instance("i")+"/operations/"+id, testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
}

// await starts a parent with a child, and returns when the child has read the operation.
func (l leaver) await(id string, ref lro.Ref, policy workflows.CancelPolicy) {
	l.t.Helper()
	l.awaitIn(id, workflows.AwaitOperationName, workflows.AwaitInput{Ref: ref, AwaitOptions: workflows.AwaitOptions{Policy: brisk, CancelPolicy: policy}})
}

// awaitSet starts a parent with a child that awaits several operations, and returns when the child has read some.
func (l leaver) awaitSet(id string, refs ...lro.Ref) {
	l.t.Helper()
	l.awaitIn(id, workflows.AwaitOperationsName, workflows.AwaitAllInput{
		Refs: refs, AwaitAllOptions: workflows.AwaitAllOptions{AwaitOptions: workflows.AwaitOptions{Policy: brisk}},
	})
}

func (l leaver) awaitIn(id, kind string, in any) {
	l.t.Helper()
	reads := func() int { return l.service.Count(testsuite.MethodGet) + l.service.Count(testsuite.MethodList) }
	before := reads()
	if _, err := l.client.ExecuteWorkflow(l.ctx, client.StartWorkflowOptions{ID: l.workflowID(id), TaskQueue: l.queue}, leaveChild, l.child(id), kind, in); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = l.client.TerminateWorkflow(l.ctx, l.workflowID(id), "", "the test is over") }) // if it runs
	l.waitFor("a read", func() bool { return reads() > before })
	l.waitForListed(l.child(id), "Running")
}

func (l leaver) child(id string) string { return l.workflowID(id) + "/child" }

// end has the parent terminated, or return early. Its child is terminated.
func (l leaver) end(id string, terminates bool) {
	l.t.Helper()
	var err error
	if terminates {
		err = l.client.TerminateWorkflow(l.ctx, l.workflowID(id), "", "a mistake")
	} else {
		err = l.client.SignalWorkflow(l.ctx, l.workflowID(id), "", leaveSignal, nil)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.waitForListed(l.child(id), "Terminated")
}

// The default options of other SDKs terminate a child whose parent closes, and no cancel is sent. A sweep finds what the
// child has left, and cancels it once. An observer's operation it leaves alone, and one that another workflow awaits.
func TestLeft(t *testing.T) {
	t.Parallel()
	l := newLeaver(t, nil)
	terminated, returned := l.foreign("terminated"), l.foreign("returned")
	observed, awaited := l.foreign("observed"), l.foreign("awaited")
	l.await("terminated", terminated, "")
	l.await("returned", returned, workflows.CancelOnCancel)
	l.await("observed", observed, workflows.Abandon)
	l.await("awaited", awaited, "")
	l.await("another", awaited, workflows.Abandon)
	if report := l.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Foreign: 4}) {
		t.Errorf("all waits run: %+v", report)
	}
	l.end("terminated", true)
	l.end("returned", false)
	l.end("observed", true)
	l.end("awaited", true)

	report := l.sweep("")
	if report.Counts != (workflows.SweepCounts{Left: 2, Live: 1, Foreign: 1}) || report.Acted != 0 || report.Seen.Waits < 4 || len(report.Findings) != 2 {
		t.Errorf("report: %+v", report)
	}
	for _, f := range report.Findings {
		id := "terminated"
		if f.Ref == returned {
			id = "returned"
		}
		if f.Class != orphans.Left || f.WorkflowID != l.child(id) || f.Status != orphans.Terminated || f.Result != "" {
			t.Errorf("a finding: %+v", f)
		}
	}
	if n := l.service.Count(testsuite.MethodCancel); n != 0 {
		t.Errorf("%d cancels by reports", n)
	}

	if report = l.sweep(orphans.Cancel); report.Acted != 2 || report.Counts.Left != 2 {
		t.Errorf("cancel: %+v", report)
	}
	if report = l.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 1, Foreign: 1}) {
		t.Errorf("nothing is left: %+v", report)
	}
	if n := l.service.Count(testsuite.MethodCancel); n != 2 {
		t.Errorf("%d cancels, want one for each", n)
	}
	running := l.service.Running()
	if len(running) != 2 || !slices.Contains(running, observed) || !slices.Contains(running, awaited) {
		t.Errorf("%v run", running)
	}

	l.end("another", false) // its parent closes: the operation of the first wait is nobody's now
	if report = l.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Left: 1, Foreign: 1}) || report.Acted != 1 {
		t.Errorf("once the other wait has ended: %+v", report)
	}
}

// What a set has left is found by each of its operations, and each is canceled once. While the set runs, it is found by
// its operations, too.
func TestLeftSet(t *testing.T) {
	t.Parallel()
	l := newLeaver(t, nil)
	first, second, shared := l.foreign("first"), l.foreign("second"), l.foreign("shared")
	l.awaitSet("set", first, second, shared)
	l.await("another", shared, workflows.Abandon)
	for _, ref := range []lro.Ref{first, second} {
		found, err := control.Find(l.ctx, l.client, ref, control.FindOptions{})
		if err != nil || found.Cut || len(found.Statuses) != 1 || found.Statuses[0].WorkflowID != l.child("set") {
			t.Errorf("%s is found in %+v, %v", ref, found, err)
		}
	}
	l.end("set", true)
	report := l.sweep(orphans.Cancel)
	if report.Counts != (workflows.SweepCounts{Left: 2, Live: 1}) || report.Acted != 2 {
		t.Errorf("report: %+v", report)
	}
	for _, f := range report.Findings {
		if f.WorkflowID != l.child("set") || f.Status != orphans.Terminated {
			t.Errorf("a finding: %+v", f)
		}
	}
	if running := l.service.Running(); !slices.Equal(running, []lro.Ref{shared}) {
		t.Errorf("%v run", running)
	}
}

// With a payload codec, which an activity does not have, the waits are asked for their inputs.
func TestLeftThroughCodec(t *testing.T) {
	t.Parallel()
	l := newLeaver(t, converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec{}))
	left, awaited := l.foreign("left"), l.foreign("awaited")
	l.await("left", left, "")
	l.await("awaited", awaited, "")
	l.await("another", awaited, workflows.Abandon)
	l.end("left", true)
	l.end("awaited", true)
	var acted int
	var report workflows.SweepReport
	l.waitFor("a complete sweep", func() bool { // a busy worker may not answer a query in time, and the report says so
		_, report = l.sweepPart(orphans.Cancel)
		acted += report.Acted
		return report.Incomplete == ""
	})
	if acted != 1 || report.Counts.Live != 1 || report.Counts.Foreign != 0 || len(report.Problems) > 0 {
		t.Errorf("%d canceled, report: %+v", acted, report)
	}
	if running := l.service.Running(); !slices.Equal(running, []lro.Ref{awaited}) {
		t.Errorf("%v run", running)
	}
}

// run starts a RunOperation that makes a backup, whose operation bears no key and runs for ever. It returns the operation.
func (l leaver) run(id string) lro.Ref {
	l.t.Helper()
	database, target := l.instance("i")+"/databases/d", l.instance("i")+"/backups/"+id
	l.service.Put(database, nil)
	l.service.PlanFor("CreateBackup", target, testsuite.Script{End: testsuite.RunForever()})
	body := fmt.Sprintf(`{"database":%q,"expireTime":"2027-01-01T00:00:00Z"}`, database)
	l.start(id, l.queue, workflows.RunOperationName, workflows.RunInput{
		Method: "spanner.projects.instances.backups.create", Target: target, Request: workflows.RunRequest{Body: []byte(body)},
		StepOptions: workflows.StepOptions{Await: workflows.AwaitOptions{Policy: brisk}, Quarantine: time.Second},
	})
	var status workflows.RunStatus
	l.waitFor("the operation of a run", func() bool {
		value, err := l.client.QueryWorkflow(l.ctx, l.workflowID(id), "", workflows.RunQuery)
		return err == nil && value.Get(&status) == nil && status.Phase == workflows.RunAwaiting
	})
	return status.Ref
}

// start starts a workflow, and returns when the server lists it.
func (l leaver) start(id, queue, kind string, in any) {
	l.t.Helper()
	if _, err := l.client.ExecuteWorkflow(l.ctx, client.StartWorkflowOptions{ID: l.workflowID(id), TaskQueue: queue}, kind, in); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = l.client.TerminateWorkflow(l.ctx, l.workflowID(id), "", "the test is over") }) // if it runs
	l.waitForListed(l.workflowID(id), "Running")
}

// sweepUntil sweeps until the report is as wanted: a busy worker may not answer a query in time, and the report says so.
func (l leaver) sweepUntil(action orphans.Action, complete bool) (report workflows.SweepReport) {
	l.t.Helper()
	l.waitFor("a sweep", func() bool {
		_, report = l.sweepPart(action)
		return complete == (report.Incomplete == "")
	})
	return report
}

// What a running RunOperation awaits is not left, whatever wait for it was terminated. As long as a run cannot be asked,
// nothing is canceled.
func TestLeftOfRuns(t *testing.T) {
	t.Parallel()
	l := newLeaver(t, nil)
	ran, left := l.run("b"), l.foreign("left")
	l.await("beside", ran, "")
	l.await("left", left, "")
	l.end("beside", true)
	l.end("left", true)
	found, err := control.Find(l.ctx, l.client, ran, control.FindOptions{})
	if err != nil || len(found.Statuses) != 1 || found.Statuses[0].WorkflowID != l.workflowID("b") {
		t.Errorf("found %+v, %v", found, err)
	}

	l.start("unasked", "no-worker", workflows.RunOperationName, workflows.RunInput{Method: "spanner.projects.instances.create", Target: l.instance("j")})
	if report := l.sweepUntil(orphans.Cancel, false); report.Acted != 0 || !strings.Contains(report.Incomplete, "RunOperation") {
		t.Errorf("a run cannot be asked: %+v", report)
	}
	if err := l.client.TerminateWorkflow(l.ctx, l.workflowID("unasked"), "", "nobody serves it"); err != nil {
		t.Fatal(err)
	}
	l.waitForListed(l.workflowID("unasked"), "Terminated")

	if report := l.sweepUntil(orphans.Cancel, true); report.Counts != (workflows.SweepCounts{Left: 1, Live: 1}) || report.Acted != 1 {
		t.Errorf("report: %+v", report)
	}
	if running := l.service.Running(); !slices.Equal(running, []lro.Ref{ran}) {
		t.Errorf("%v run", running)
	}
}

// The last wait that was ended on purpose has the last word, under any id.
func TestLeftOnPurpose(t *testing.T) {
	t.Parallel()
	l := newLeaver(t, nil)
	kept, left := l.foreign("kept"), l.foreign("left")
	l.await("kept", kept, "")
	l.await("left", left, "")
	l.end("kept", true)
	l.end("left", true)
	l.start("person", l.queue, workflows.AwaitOperationName, workflows.AwaitInput{Ref: kept})
	if _, err := control.Abandon(l.ctx, l.client, l.workflowID("person"), "it is to stay"); err != nil {
		t.Fatal(err)
	}
	l.waitForListed(l.workflowID("person"), "Canceled")
	if report := l.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Left: 1, Foreign: 1}) || report.Acted != 1 {
		t.Errorf("report: %+v", report)
	}
	if running := l.service.Running(); !slices.Equal(running, []lro.Ref{kept}) {
		t.Errorf("%v run", running)
	}
}
