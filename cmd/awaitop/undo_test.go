package main_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// sagas is a worker in this process with the workflows of this file, on a task queue of its own. Their starts and
// undos run on the task queues of the site's worker.
func (s *site) sagas() string {
	s.t.Helper()
	plugin, err := worker.Plugin(s.t.Context(), worker.Options{Rest: rest.Options{
		WithoutAuthentication: true, Services: []rest.Service{{Name: lro.SpannerService, Endpoint: s.endpoint}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	queue := s.queue + "-sagas"
	w := sdk.New(s.client, queue, sdk.Options{Plugins: []sdk.Plugin{plugin}})
	w.RegisterWorkflow(provisionAndFail)
	w.RegisterWorkflow(openShop)
	w.RegisterWorkflow(compensate)
	w.RegisterWorkflow(hangs)
	w.RegisterWorkflow(ends)
	w.RegisterWorkflow(failsInChild)
	w.RegisterActivityWithOptions(func(context.Context) error { return errors.New("no route to host") }, activity.RegisterOptions{Name: deleteRecord})
	if err := w.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(w.Stop)
	return queue
}

func (s *site) runOn(queue, id string, retry *temporal.RetryPolicy, w any, args ...any) client.WorkflowRun {
	s.t.Helper()
	run, err := s.client.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: queue, RetryPolicy: retry}, w, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = s.client.TerminateWorkflow(context.Background(), id, "", "the test is over") })
	return run
}

// undoOptions try an undo every second.
func undoOptions(pollQueue string, window time.Duration) workflows.SagaOptions {
	return workflows.SagaOptions{
		Steps:      workflows.StepOptions{Await: workflows.AwaitOptions{TaskQueue: pollQueue, ControlTaskQueue: workflows.ControlTaskQueue(pollQueue), SearchAttributes: true}},
		UndoWindow: window, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1},
	}
}

// provisionAndFail makes an instance, fails, and so undoes it.
func provisionAndFail(ctx workflow.Context, instance, pollQueue string, window time.Duration) error {
	return workflows.WithSaga(ctx, undoOptions(pollQueue, window), func(ctx workflow.Context, saga *workflows.Saga) error {
		if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.Instance{})); err != nil {
			return err
		}
		return temporal.NewApplicationError("out of orders", "NoOrders")
	})
}

// An undo that fails on every try is seen wherever somebody looks. Once the cause is mended, describe says what was
// undone.
func TestStuckUndo(t *testing.T) {
	t.Parallel()
	const tries = 20
	s := newSite(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.PermissionDenied().On("DeleteInstance").Times(tries)}})
	w := s.serve("")
	id, instance := s.queue, "projects/stuck-undo/instances/orders"
	run := s.runOn(s.sagas(), id, nil, provisionAndFail, instance, s.queue, time.Hour)
	stuck := "CreateInstance " + instance + ": PERMISSION_DENIED (try "
	eventually(t, func() error {
		described := awaitop(t, "describe", id).out.String()
		for _, want := range []string{stuck, "), until ", "undoing 1 of its steps", "awaitop.spanner.DeleteInstance"} {
			if !strings.Contains(described, want) {
				return fmt.Errorf("no %q in:\n%s", want, described)
			}
		}
		return nil
	})
	var statuses []control.Status
	eventually(t, func() error { // the list of the server lags behind
		listed := awaitop(t, "list", "--query", "WorkflowId = '"+id+"'", "-o", "json").out.String()
		if statuses = lines[control.Status](t, listed); len(statuses) != 1 || len(statuses[0].Undos) != 1 {
			return fmt.Errorf("list shows %s", listed)
		}
		return nil
	})
	undo := statuses[0].Undos[0]
	if undo.Step != "CreateInstance "+instance || undo.Resource != instance || undo.Code != "PERMISSION_DENIED" || undo.Attempt < 2 || !strings.HasPrefix(undo.LastFailure, "PERMISSION_DENIED: ") {
		t.Errorf("list shows %+v", undo)
	}
	if window := undo.Deadline.Sub(undo.StartTime); window != time.Hour {
		t.Errorf("the window is %v", window)
	}
	if err := run.Get(t.Context(), nil); err == nil {
		t.Error("it has not failed")
	}
	awaitop(t, "describe", id).wants(t, 0, "failed", "NoOrders: out of orders", "undone:", instance+": deleted")
	_, page := w.page(t, "/metrics")
	for result, want := range map[string]float64{"PERMISSION_DENIED": tries, "done": 1} {
		if got := metric(page, "awaitop_undo_tries_total", map[string]string{"awaitop_result": result, "gcp_service": lro.SpannerService}); got != want {
			t.Errorf("%v tries were %s, want %v", got, result, want)
		}
	}
}

// What could not be undone within the window has a row for each resource, and the cause.
func TestDescribeCompensationFailed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.PermissionDenied().On("DeleteInstance")}})
	s.serve("")
	id, instance := s.queue, "projects/not-undone/instances/orders"
	run := s.runOn(s.sagas(), id, nil, provisionAndFail, instance, s.queue, 3*time.Second)
	if err := run.Get(t.Context(), nil); err == nil {
		t.Fatal("it has not failed")
	}
	awaitop(t, "describe", id).wants(t, 0, "CompensationFailed: 1 resources could not be undone", "left", instance+": ", "PERMISSION_DENIED", "cause", "out of orders")
	status := lines[control.Status](t, awaitop(t, "describe", id, "-o", "json").out.String())[0]
	f := status.Failure
	if f == nil || f.Type != string(lro.TypeCompensationFailed) || len(f.Resources) != 1 || f.Resources[0] != instance ||
		len(f.UndoErrors) != 1 || !strings.Contains(f.UndoErrors[0], "PERMISSION_DENIED") || f.Cause == nil || f.Cause.Type != "NoOrders" {
		t.Errorf("the JSON has %+v", f)
	}
}

// deleteRecord is an activity that always fails.
const deleteRecord = "DeleteRecord"

// compensate undoes by an activity of its own.
func compensate(ctx workflow.Context) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(_ workflow.Context, saga *workflows.Saga) error {
		err := saga.Add("dns record orders.example.com", func(ctx workflow.Context) error {
			return workflow.ExecuteActivity(ctx, deleteRecord).Get(ctx, nil)
		})
		return cmp.Or(err, temporal.NewApplicationError("out of orders", "NoOrders"))
	})
}

// An undo by the workflow's own activity is told by the workflow's memo, and its failures by Temporal. A terminate cuts
// it off, which describe says.
func TestStuckCompensation(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	id := s.queue
	s.runOn(s.sagas(), id, nil, compensate)
	eventually(t, func() error {
		described := awaitop(t, "describe", id).out.String()
		for _, want := range []string{"dns record orders.example.com: no route to host (try ", "undoing 1 of its steps"} {
			if !strings.Contains(described, want) {
				return fmt.Errorf("no %q in:\n%s", want, described)
			}
		}
		return nil
	})
	statuses := lines[control.Status](t, awaitop(t, "list", "--workflow", id, "-o", "json").out.String())
	if len(statuses) != 1 || len(statuses[0].Undos) != 1 || statuses[0].Undos[0].ActivityType != deleteRecord || len(statuses[0].Retries) != 0 {
		t.Errorf("list shows %+v", statuses)
	}
	if err := s.client.TerminateWorkflow(t.Context(), id, "", "by hand"); err != nil {
		t.Fatal(err)
	}
	awaitop(t, "describe", id).wants(t, 0, "its undo was cut off", "dns record orders.example.com")
}

// hangs undoes by an activity that no worker takes, or by a signal, which ends it. Then it goes on.
func hangs(ctx workflow.Context, how string) error {
	_ = workflows.WithSaga(ctx, workflows.SagaOptions{}, func(_ workflow.Context, saga *workflows.Saga) error {
		_ = saga.Add("the order 42", func(ctx workflow.Context) error {
			if how == "activity" {
				ctx = workflow.WithTaskQueue(ctx, workflow.GetInfo(ctx).TaskQueueName+"-nobody")
				return workflow.ExecuteActivity(ctx, deleteRecord).Get(ctx, nil)
			}
			workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
			return nil
		})
		return errors.New("out of orders")
	})
	return workflow.Sleep(ctx, time.Hour)
}

// A saga that undoes is listed, also before a worker takes its activity, and if it has none: until it has undone.
func TestSilentUndoIsListed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	queue := s.sagas()
	lists := func(id, want string, args ...string) {
		t.Helper()
		eventually(t, func() error { // the list of the server lags behind
			run := awaitop(t, append([]string{"list", "--query", "WorkflowId = '" + id + "'"}, args...)...)
			if listed := run.out.String() + run.err.String(); !strings.Contains(listed, want) {
				return fmt.Errorf("no %q in:\n%s", want, listed)
			}
			return nil
		})
	}
	for how, row := range map[string]struct {
		trouble  []string
		describe string
	}{
		"activity": {[]string{"--trouble"}, "no worker takes DeleteRecord from task queue " + queue + "-nobody"},
		"signal":   {nil, "the order 42, until "},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			id := s.queue + "-" + how
			s.runOn(queue, id, nil, hangs, how)
			lists(id, "the order 42", row.trouble...)
			awaitop(t, "describe", id).wants(t, 0, row.describe, "undoing 1 of its steps")
			if how != "signal" {
				return
			}
			if err := s.client.SignalWorkflow(t.Context(), id, "", "go", nil); err != nil {
				t.Fatal(err)
			}
			lists(id, "no waits")
		})
	}
}

// ends ends as it is told to, or sleeps.
func ends(ctx workflow.Context, ref lro.Ref, how string) error {
	switch how {
	case "own":
		return temporal.NewApplicationError("out of orders", "NoOrders")
	case "plain":
		return fmt.Errorf("provision: %w", errors.New("no more"))
	case "activity":
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
		return workflow.ExecuteActivity(ctx, deleteRecord).Get(ctx, nil)
	case "wait":
		_, err := workflows.Await(ctx, ref, workflows.AwaitOptions{})
		return err
	default:
		return workflow.Sleep(ctx, time.Hour)
	}
}

// failsInChild fails with the failure of a child.
func failsInChild(ctx workflow.Context, child, instance, pollQueue string) error {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: child})
	return workflow.ExecuteChildWorkflow(ctx, provisionAndFail, instance, pollQueue, 2*time.Second).Get(ctx, nil)
}

// describe shows why any closed workflow has ended.
func TestDescribeClosed(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{Faults: []testsuite.Fault{testsuite.PermissionDenied().On("DeleteInstance")}})
	s.serve("")
	queue := s.sagas()
	canceled := s.start("o", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.HonorCancel(0)})
	cancel := func(id string) error { return s.client.CancelWorkflow(t.Context(), id, "") }
	terminate := func(id string) error { return s.client.TerminateWorkflow(t.Context(), id, "", "the wrong region") }
	rows := map[string]struct {
		how, state string
		act        func(id string) error
		timeout    time.Duration
		text       []string
		json       []string
	}{
		"own":        {how: "own", state: "failed", text: []string{"NoOrders: out of orders"}, json: []string{`"type":"NoOrders"`, `"message":"out of orders"`}},
		"plain":      {how: "plain", state: "failed", text: []string{"failure     provision: no more"}},
		"activity":   {how: "activity", state: "failed", text: []string{"no route to host", "activity DeleteRecord"}, json: []string{`"where":["activity DeleteRecord"]`}},
		"canceled":   {how: "sleep", state: "canceled", act: cancel, json: []string{`"type":"Canceled"`, `"code":"CANCELLED"`}},
		"wait":       {how: "wait", state: "canceled", act: cancel, text: []string{canceled.String(), "cancel      the operation was canceled"}},
		"terminated": {how: "sleep", state: "terminated", act: terminate, text: []string{"was terminated", `reason: "the wrong region"`}, json: []string{`"type":"Terminated"`}},
		"timed out":  {how: "sleep", state: "timedout", timeout: time.Second, text: []string{"its own timeout"}, json: []string{`"type":"TimedOut"`}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := s.queue + "-" + strings.ReplaceAll(name, " ", "-")
			run, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: queue, WorkflowExecutionTimeout: row.timeout}, ends, canceled, row.how)
			if err != nil {
				t.Fatal(err)
			}
			if row.how == "wait" {
				s.polled(id)
			}
			if row.act != nil {
				if err := row.act(id); err != nil {
					t.Fatal(err)
				}
			}
			if run.Get(t.Context(), nil) == nil {
				t.Fatal("it has not failed")
			}
			awaitop(t, "describe", id).wants(t, 0, append(row.text, row.state)...)
			awaitop(t, "describe", id, "-o", "json").wants(t, 0, append(row.json, `"failure":{`)...)
		})
	}
	t.Run("child", func(t *testing.T) {
		t.Parallel()
		id, instance := s.queue+"-parent", "projects/in-child/instances/orders"
		if s.runOn(queue, id, nil, failsInChild, s.queue+"-child", instance, s.queue).Get(t.Context(), nil) == nil {
			t.Fatal("it has not failed")
		}
		awaitop(t, "describe", id).wants(t, 0, "CompensationFailed", instance+": ", "child workflow "+s.queue+"-child (provisionAndFail)")
	})
	t.Run("retried", func(t *testing.T) {
		t.Parallel()
		id := s.queue + "-retried"
		s.runOn(queue, id, &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1000, MaximumInterval: time.Hour}, ends, canceled, "own")
		eventually(t, func() error {
			described := awaitop(t, "describe", id).out.String()
			for _, want := range []string{"3 of the workflow; the run before failed: NoOrders: out of orders", "begins in "} {
				if !strings.Contains(described, want) {
					return errors.New(described)
				}
			}
			return nil
		})
	})
}
