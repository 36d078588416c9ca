package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// makesInstance makes an instance, and does not undo.
func makesInstance(ctx workflow.Context, instance string) error {
	_, err := workflows.Run(ctx, nil, spanner.CreateInstance(instance, spanner.Instance{}))
	return err
}

// makeInstance starts a workflow whose operation runs until it is canceled, and waits until the server lists it.
func (s *site) makeInstance(instance string) (operation lro.Ref) {
	s.t.Helper()
	s.service.PlanFor("CreateInstance", instance, testsuite.Script{End: testsuite.RunForever()})
	s.run(instance, makesInstance, instance)
	eventually(s.t, func() error {
		for _, ref := range s.service.Running() {
			if strings.HasPrefix(ref.Name, instance+"/operations/") {
				operation = ref
			}
		}
		if operation.IsZero() {
			return fmt.Errorf("%s is not being made", instance)
		}
		return nil
	})
	s.listed(instance, "Running")
	return operation
}

// listed waits until the server lists a workflow with a status.
func (s *site) listed(id, status string) {
	s.t.Helper()
	eventually(s.t, func() error {
		page, err := s.client.ListWorkflow(s.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("WorkflowId = '%s' AND ExecutionStatus = '%s'", id, status),
		})
		if err == nil && len(page.GetExecutions()) == 0 {
			err = fmt.Errorf("%s is not listed as %s", id, status)
		}
		return err
	})
}

// A sweep names what a terminated workflow has left, with the commands that go on from there, and changes nothing. It
// cancels an operation only if it is told to.
func TestSweep(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	const project = "projects/left-behind"
	dead, live := s.makeInstance(project+"/instances/dead"), s.makeInstance(project+"/instances/live")
	if err := s.client.TerminateWorkflow(t.Context(), project+"/instances/dead", "", "a mistake"); err != nil {
		t.Fatal(err)
	}
	s.listed(project+"/instances/dead", "Terminated")
	sweep := func(args ...string) *process {
		return awaitop(t, append([]string{"sweep", project, "-t", s.queue, "--min-age", "1ms"}, args...)...)
	}

	found := sweep()
	found.wants(t, 0, dead.String(), "//spanner.googleapis.com/"+project+"/instances/dead", "orphan", "its workflow was terminated",
		"2 operations and 2 resources looked at, 2 orphaned, 2 live", "--action cancel",
		"curl -X DELETE "+s.endpoint+"/v1/"+project+"/instances/dead")
	if strings.Contains(found.out.String(), live.String()) || len(s.service.Running()) != 2 {
		t.Errorf("what lives is in the table, or was canceled: %s", found.out.String())
	}
	awaitop(t, "sweep", project, "//alloydb.googleapis.com/projects/p/locations/l", "-t", s.queue).wants(t, 2, "parents[1]", "is not registered")
	// What a command prints is what the next one takes.
	first := strings.Fields(strings.SplitN(found.out.String(), "\n", 3)[1])[0]
	if first != dead.String() && first != "//spanner.googleapis.com/"+project+"/instances/dead" {
		t.Errorf("the first cell is %q", first)
	}
	reports := lines[workflows.SweepReport](t, sweep("-o", "json").out.String())
	if len(reports) != 1 || reports[0].Counts != (workflows.SweepCounts{Orphan: 2, Live: 2}) {
		t.Errorf("as JSON: %+v", reports)
	}
	awaitop(t, "sweep", project, "-t", s.queue, "--action", "cancel").wants(t, 0, "it is left alone for 10m")

	sweep("--action", "cancel").wants(t, 0, "cancel delivered")
	if running := s.service.Running(); len(running) != 1 || running[0] != live {
		t.Errorf("%v run, want %v", running, live)
	}
	sweep("--action", "cancel").wants(t, 0, "1 operation and 1 resource looked at, 2 live")
}

// A sweep names the operation of a wait that was terminated, with that wait, and cancels it if it is told to.
func TestSweepWaits(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	const project = "projects/left-by-a-wait"
	left := s.service.Start(project+"/instances/i/operations/o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
	id := s.queue + "/child"
	s.run(id, workflows.AwaitOperationName, workflows.AwaitInput{Ref: left})
	s.polled(id)
	if err := s.client.TerminateWorkflow(t.Context(), id, "", "as by its parent's close"); err != nil {
		t.Fatal(err)
	}
	s.listed(id, "Terminated")
	sweep := func(args ...string) *process {
		return awaitop(t, append([]string{"sweep", project, "-t", s.queue, "--min-age", "1ms"}, args...)...)
	}
	sweep().wants(t, 0, left.String(), "left", id, "the wait for it was terminated, and sent no cancel", "1 left by a wait", "--action cancel")
	sweep("--look-back", "1ns").wants(t, 0, "0 operations and 0 resources looked at")
	sweep("--look-back", "-1h").wants(t, 2, "lookBack")
	sweep("--action", "cancel").wants(t, 0, "cancel delivered")
	sweep("--action", "cancel").wants(t, 0, "1 operation and 0 resources looked at")
	if n := s.service.Count(testsuite.MethodCancel); n != 1 {
		t.Errorf("%d cancels, want one", n)
	}
}

// A sweep says what it could not look at, and fails. It refuses what it cannot do before it starts anything.
func TestSweepTrouble(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.PermissionDenied().On("ListInstances")}})
	s.embedded(sdk.Options{})
	awaitop(t, "sweep", "projects/p", "-t", s.queue).wants(t, 1, "not looked at: //spanner.googleapis.com/projects/p/instances: PERMISSION_DENIED", "the sweep is incomplete: 1 place could not be looked at")
	awaitop(t, "sweep", "projects/p/instances/i/databases/d/databaseRoles/r", "-t", s.queue).wants(t, 2, "parents[0]")
	awaitop(t, "sweep", "-t", s.queue).wants(t, 2, "want PARENT...")
	awaitop(t, "sweep", "projects/../p", "-t", s.queue).wants(t, 2, "parents")
	awaitop(t, "sweep", "projects/p", "-t", s.queue, "--action", "delete").wants(t, 2, "report (the default), adopt or cancel")
	awaitop(t, "sweep", "projects/p", "-t", s.queue+"-nobody").wants(t, 1, "no worker polls the task queue", "so nothing was started")
}

// An interrupt cancels a sweep.
func TestSweepInterrupted(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(time.Hour).On("ListInstances")}})
	s.embedded(sdk.Options{})
	p := start(t, "sweep", "projects/interrupted", "-t", s.queue)
	eventually(t, func() error {
		if s.service.Count("ListInstances") == 0 {
			return fmt.Errorf("no request yet")
		}
		return nil
	})
	p.interrupt(t)
	p.wait(t).wants(t, 130, "interrupted")
	eventually(t, func() error {
		page, err := s.client.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("TaskQueue = '%s' AND ExecutionStatus = 'Canceled'", s.queue),
		})
		if err == nil && len(page.GetExecutions()) != 1 {
			err = fmt.Errorf("%d sweeps are canceled", len(page.GetExecutions()))
		}
		return err
	})
}
