package e2e

import (
	"fmt"
	sdk "go.temporal.io/sdk/worker"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// makeInstance is a user's workflow that makes one instance, and leaves it.
func makeInstance(ctx workflow.Context, instance string) error {
	step := spanner.CreateInstance(instance, spanner.Instance{DisplayName: "x"})
	step.Await.Policy = brisk
	_, err := workflows.Run(ctx, nil, step)
	return err
}

// orphaned is a Spanner with operations of workflows that live and of some that do not.
type orphaned struct {
	*bench
	project string // one a test: tests share a namespace, in which an operation's name is that of its wait
}

// newOrphaned is on the Temporal server at an address, "" for the shared one.
func newOrphaned(t *testing.T, address string) orphaned {
	t.Helper()
	return newOrphanedOf(t, address, nil)
}

// newOrphanedOf is one whose programs use a client, nil for one without options.
func newOrphanedOf(t *testing.T, address string, c client.Client) orphaned {
	t.Helper()
	b := newBench(t, benchOptions{noWorker: true, address: address, record: c == nil})
	if c != nil {
		b.client = c
	}
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), benchOptions{worker: sdk.Options{OnFatalError: reportFatal(t)}})
	if err != nil {
		t.Fatal(err)
	}
	w.RegisterWorkflow(makeInstance)
	w.RegisterWorkflow(leaveChild)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return orphaned{b, "projects/" + strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))}
}

// instance is the name of an instance.
func (o orphaned) instance(id string) string { return o.project + "/instances/" + id }

// input sweeps all, at once after a workflow has closed.
func (o orphaned) input(action orphans.Action) workflows.SweepInput {
	return workflows.SweepInput{
		Parents: []string{"//spanner.googleapis.com/" + o.project},
		Policy:  orphans.Policy{Action: action, MinAge: lro.DurationOf(time.Millisecond)},
	}
}

// make starts a workflow that makes an instance, and returns when the operation runs and the server lists the workflow.
// The operation runs for ever.
func (o orphaned) make(id string) {
	o.t.Helper()
	o.service.PlanFor("CreateInstance", o.instance(id), testsuite.Script{End: testsuite.RunForever()})
	_, err := o.client.ExecuteWorkflow(o.ctx, client.StartWorkflowOptions{ID: o.workflowID(id), TaskQueue: o.queue}, makeInstance, o.instance(id))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = o.client.TerminateWorkflow(o.ctx, o.workflowID(id), "", "the test is over") }) // if it runs
	o.waitFor("the operation", func() bool { return !o.operationOf(id).IsZero() })
	o.waitForListed(o.workflowID(id), "Running")
}

func (o orphaned) workflowID(id string) string { return o.queue + "/" + id }

// operationOf is the operation that makes an instance, zero if none runs.
func (o orphaned) operationOf(id string) lro.Ref {
	for _, ref := range o.service.Running() {
		if strings.HasPrefix(ref.Name, o.instance(id)+"/operations/") {
			return ref
		}
	}
	return lro.Ref{}
}

func (o orphaned) waitForListed(id, status string) {
	o.t.Helper()
	o.waitFor("the server's list", func() bool {
		listed, err := o.client.ListWorkflow(o.ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("WorkflowId = '%s' AND ExecutionStatus = '%s'", id, status),
		})
		return err == nil && len(listed.GetExecutions()) > 0
	})
}

func (o orphaned) terminate(id string) {
	o.t.Helper()
	if err := o.client.TerminateWorkflow(o.ctx, o.workflowID(id), "", "a mistake"); err != nil {
		o.t.Fatal(err)
	}
	o.waitForListed(o.workflowID(id), "Terminated")
}

// strangers starts the operation of another tool.
func (o orphaned) strangers(id string) {
	o.t.Helper()
	o.service.PlanFor("CreateInstance", o.instance(id), testsuite.Script{End: testsuite.RunForever()})
	body := fmt.Sprintf(`{"instanceId":%q,"instance":{"displayName":"x"}}`, id)
	request, err := http.NewRequestWithContext(o.ctx, http.MethodPost, o.endpoint+"/v1/"+o.project+"/instances", strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	if reply.StatusCode != http.StatusOK {
		o.t.Fatal(reply.Status)
	}
}

// sweep runs a sweep with an action, and replays it.
func (o orphaned) sweep(action orphans.Action) workflows.SweepReport {
	o.t.Helper()
	run, report := o.sweepOnce(action)
	o.replay(run.GetID(), run.GetRunID())
	return report
}

// sweepOnce runs a sweep with an action. Nothing is missing from its report.
func (o orphaned) sweepOnce(action orphans.Action) (client.WorkflowRun, workflows.SweepReport) {
	o.t.Helper()
	run, report := o.sweepPart(action)
	if len(report.Problems) > 0 || report.Incomplete != "" {
		o.t.Errorf("problems %+v, incomplete %q", report.Problems, report.Incomplete)
	}
	return run, report
}

// sweepPart runs a sweep with an action. Its report may say that it is incomplete.
func (o orphaned) sweepPart(action orphans.Action) (client.WorkflowRun, workflows.SweepReport) {
	o.t.Helper()
	run, err := o.client.ExecuteWorkflow(o.ctx, client.StartWorkflowOptions{TaskQueue: o.queue}, workflows.SweepName, o.input(action))
	if err != nil {
		o.t.Fatal(err)
	}
	var report workflows.SweepReport
	if err := run.Get(o.ctx, &report); err != nil {
		o.t.Fatal(err)
	}
	return run, report
}

// running reports which of the instances' operations run.
func (o orphaned) running() []string {
	var ids []string
	for _, ref := range o.service.Running() {
		id, _, _ := strings.Cut(strings.TrimPrefix(ref.Name, o.instance("")), "/")
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// A sweep reports, adopts or cancels the operation of a workflow that was terminated. That of a workflow that runs, and a
// stranger's, it leaves alone.
func TestOrphans(t *testing.T) {
	t.Parallel()
	o := newOrphaned(t, "")
	o.make("dead")
	o.make("live")
	o.strangers("foreign")
	dead := o.operationOf("dead")

	if report := o.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 4, Foreign: 1}) || report.Acted != 0 {
		t.Errorf("all workflows run: %+v", report)
	}
	o.terminate("dead")
	report := o.sweep("")
	if report.Counts != (workflows.SweepCounts{Live: 2, Orphan: 2, Foreign: 1}) || report.Acted != 0 || len(report.Findings) != 2 || len(report.Foreign) != 1 {
		t.Errorf("report: %+v", report)
	}
	for _, f := range report.Findings {
		if f.WorkflowID != o.workflowID("dead") || f.Status != orphans.Terminated || f.Class != orphans.Orphan || f.Result != "" {
			t.Errorf("a finding: %+v", f)
		}
		if f.Ref.IsZero() && !strings.HasSuffix(f.Delete, "/v1/"+o.instance("dead")) {
			t.Errorf("the resource: %+v", f)
		}
	}

	report = o.sweep(orphans.Adopt)
	if report.Acted != 1 || !slices.ContainsFunc(report.Findings, func(f workflows.SweepFinding) bool {
		return f.Ref == dead && f.Result == workflows.SweepAdopted && f.Awaiter == workflows.WorkflowID(dead)
	}) {
		t.Errorf("adopt: %+v", report)
	}
	if report = o.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 3, Orphan: 1, Foreign: 1}) || report.Acted != 0 {
		t.Errorf("after it was adopted: %+v", report)
	}
	if got, want := o.running(), []string{"dead", "foreign", "live"}; !slices.Equal(got, want) {
		t.Fatalf("%q run, want %q", got, want)
	}

	if err := o.client.TerminateWorkflow(o.ctx, workflows.WorkflowID(dead), "", "a mistake"); err != nil {
		t.Fatal(err)
	}
	report = o.sweep(orphans.Cancel)
	if report.Acted != 1 || !slices.ContainsFunc(report.Findings, func(f workflows.SweepFinding) bool {
		return f.Ref == dead && f.Action == orphans.Cancel && f.Result == "delivered"
	}) {
		t.Errorf("cancel: %+v", report)
	}
	if got, want := o.running(), []string{"foreign", "live"}; !slices.Equal(got, want) {
		t.Errorf("%q run, want %q", got, want)
	}
	if report = o.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 2, Foreign: 1}) {
		t.Errorf("after the cancel nothing is left of it: %+v", report)
	}
}

// A workflow that was reset, or tried again, lives on under its first run's key. One that was started again with its id is
// another.
func TestOrphansOfRuns(t *testing.T) {
	t.Parallel()
	o := newOrphaned(t, "")
	o.make("reset")
	described, err := o.client.DescribeWorkflowExecution(o.ctx, o.workflowID("reset"), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.client.ResetWorkflowExecution(o.ctx, &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: described.GetWorkflowExecutionInfo().GetExecution(),
		WorkflowTaskFinishEventId: 4, RequestId: t.Name(),
	}); err != nil {
		t.Fatal(err)
	}
	if report := o.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 2}) {
		t.Errorf("after a reset: %+v", report)
	}

	o.terminate("reset")
	o.service.PlanFor("CreateInstance", o.instance("reset"), testsuite.Script{End: testsuite.RunForever()})
	if _, err := o.client.ExecuteWorkflow(o.ctx, client.StartWorkflowOptions{ID: o.workflowID("reset"), TaskQueue: o.queue}, childAwait, workflows.AwaitInput{Ref: o.operation(testsuite.Script{End: testsuite.RunForever()})}); err != nil {
		t.Fatal(err)
	}
	report := o.sweep(orphans.Report)
	if report.Counts.Orphan != 2 || report.Findings[0].Status != orphans.Terminated || report.Findings[0].WorkflowID != o.workflowID("reset") {
		t.Errorf("after another workflow has its id: %+v", report)
	}
}

// A RunOperation that is terminated leaves an orphan: its key leads back to it, also if its caller has chosen the key.
func TestOrphanedRuns(t *testing.T) {
	t.Parallel()
	o := newOrphaned(t, "")
	for _, id := range []string{"own", "chosen", "live"} {
		in := workflows.RunInput{Method: "spanner.projects.instances.create", Target: o.instance(id), Request: workflows.RunRequest{Body: []byte(`{"displayName":"x"}`)}}
		if id != "own" {
			in.Key = o.workflowID(id)
		}
		o.service.PlanFor("CreateInstance", o.instance(id), testsuite.Script{End: testsuite.RunForever()})
		if _, err := o.client.ExecuteWorkflow(o.ctx, client.StartWorkflowOptions{ID: "run " + o.workflowID(id), TaskQueue: o.queue}, workflows.RunOperationName, in); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = o.client.TerminateWorkflow(o.ctx, "run "+o.workflowID(id), "", "the test is over") }) // if it runs
		o.waitFor("the operation", func() bool { return !o.operationOf(id).IsZero() })
		o.waitForListed("run "+o.workflowID(id), "Running")
	}
	if report := o.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 6}) {
		t.Errorf("all run: %+v", report)
	}
	for _, id := range []string{"own", "chosen"} {
		if err := o.client.TerminateWorkflow(o.ctx, "run "+o.workflowID(id), "", "a mistake"); err != nil {
			t.Fatal(err)
		}
		o.waitForListed("run "+o.workflowID(id), "Terminated")
	}
	if report := o.sweep(orphans.Cancel); report.Counts != (workflows.SweepCounts{Live: 2, Orphan: 4}) || report.Acted != 2 {
		t.Errorf("two were terminated: %+v", report)
	}
	if got, want := o.running(), []string{"live"}; !slices.Equal(got, want) {
		t.Errorf("%q run, want %q", got, want)
	}
}
