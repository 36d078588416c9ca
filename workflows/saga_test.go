package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	starters "github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const (
	instanceName = "projects/p/instances/i"
	databaseName = instanceName + "/databases/db"
)

// newProvisioning is a world whose starters work too.
func newProvisioning(t *testing.T, faults ...testsuite.Fault) *world {
	t.Helper()
	w := newWorld(t, faults...)
	w.registerStarters()
	return w
}

// registerStarters registers the activities that start and undo steps.
func (w *world) registerStarters() {
	t := w.t
	t.Helper()
	client, err := rest.New(context.Background(), rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: w.service.Serve(t)}},
		WithoutAuthentication: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	made, err := starters.New(activities.New(client, activities.Options{Clock: w.clock}))
	if err != nil {
		t.Fatal(err)
	}
	made.Register(w.env)
}

func (w *world) plan(method testsuite.Method, scripts ...testsuite.Script) {
	w.t.Helper()
	w.service.Plan(method, scripts...)
}

// run runs a workflow to its end.
func (w *world) run(function any) error {
	w.t.Helper()
	w.env.RegisterWorkflow(function)
	w.env.ExecuteWorkflow(function)
	if !w.env.IsWorkflowCompleted() {
		w.t.Fatal("the workflow did not end")
	}
	return w.env.GetWorkflowError()
}

// none fails the test if anything is left.
func (w *world) none(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if w.service.Exists(name) {
			w.t.Errorf("%s is left", name)
		}
	}
	w.service.AssertNoneRunning(w.t)
}

// provision makes an instance and a database in it.
func provision(ctx workflow.Context) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		instance, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{DisplayName: "orders"}))
		if err != nil {
			return err
		}
		if instance.State != "READY" {
			return errors.New("the instance is " + instance.State)
		}
		if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{})); err != nil {
			return err
		}
		_, err = workflows.Run(ctx, saga, spanner.UpdateDatabaseDdl(databaseName, spanner.SchemaChange{Name: "index", Statements: []string{"CREATE UNIQUE INDEX x"}}))
		return err
	})
}

func TestSaga(t *testing.T) {
	t.Parallel()
	forever := testsuite.Script{End: testsuite.RunForever()}
	tests := map[string]struct {
		reason string
		plan   map[testsuite.Method]testsuite.Script
		faults []testsuite.Fault
		cancel time.Duration // 0 for none
		// what the workflow ends with: nothing, a failure or a cancel
		failure  lro.FailureType
		canceled bool
		left     []string
	}{
		"succeeds": {reason: "nothing to undo", plan: map[testsuite.Method]testsuite.Script{"CreateInstance": {RunsFor: time.Hour}}, left: []string{instanceName, databaseName}},
		"the last step fails": {reason: "all before it is undone", failure: lro.TypeOperationFailed,
			plan: map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": {RunsFor: time.Hour, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate")}}},
		"the first step fails": {reason: "nothing was made", failure: lro.TypeOperationFailed,
			plan: map[testsuite.Method]testsuite.Script{"CreateInstance": {RunsFor: time.Hour, End: testsuite.Fail(lro.CodeResourceExhausted, "no room")}}},
		"canceled in the first step": {reason: "its operation is canceled, and nothing left", cancel: time.Minute, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"CreateInstance": forever}},
		"canceled in the last step": {reason: "what is in flight is canceled, the rest undone", cancel: time.Minute, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": forever}},
		"completed in spite of a cancel": {reason: "it is there, and is undone", cancel: time.Minute, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"CreateDatabase": {End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(time.Second)}}},
		"the last completed in spite of a cancel": {reason: "the saga was canceled, though no step failed", cancel: time.Minute, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": {End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(time.Second)}}},
		"no cancel": {reason: "the service has none: its end is awaited, and undone", cancel: time.Minute, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"CreateDatabase": {RunsFor: 5 * time.Minute, OnCancel: testsuite.RefuseCancel(lro.CodeUnimplemented, "the operation cannot be canceled")}}},
		"left running": {reason: "a cancel that took longer than its grace is awaited before the undo", cancel: time.Minute, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"CreateDatabase": {RunsFor: time.Hour, OnCancel: testsuite.IgnoreCancel()}}},
		"refused start": {reason: "what was not started is not undone", failure: lro.TypeStartFailed,
			faults: []testsuite.Fault{testsuite.PermissionDenied().On("CreateDatabase")}},
		"lost replies": {reason: "and then a failure", failure: lro.TypeOperationFailed,
			faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance").Calls(1, 1), testsuite.LostReply().On("CreateDatabase").Calls(1, 1), testsuite.LostReply().On("UpdateDatabaseDdl").Calls(1, 1)},
			plan:   map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": {End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate")}}},
		"canceled between two attempts to start": {reason: "the operation behind the lost reply is found and canceled", cancel: 30 * time.Second, canceled: true,
			plan: map[testsuite.Method]testsuite.Script{"CreateDatabase": forever},
			faults: []testsuite.Fault{testsuite.LostReply().On("CreateDatabase").Calls(1, 1),
				testsuite.Unavailable().On("GetDatabase").Calls(2, 12)}},
		"unreadable for a while": {reason: "read again, it has succeeded: nothing went wrong but a poll", failure: lro.TypeCompensationFailed, left: []string{instanceName, databaseName},
			plan: map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": {RunsFor: 30 * time.Minute, Faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).During(time.Minute, 2*time.Hour)}}}},
		"unreadable, and failed": {reason: "read again, it has failed: all is undone", failure: lro.TypePollFailed,
			plan: map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": {RunsFor: 30 * time.Minute, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicate"), Faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).During(time.Minute, 2*time.Hour)}}}},
		"one read refused": {reason: "the reply to the start had shown it: it is read again, within AuthGrace", left: []string{instanceName, databaseName},
			plan: map[testsuite.Method]testsuite.Script{"CreateDatabase": {RunsFor: time.Hour, Faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).Calls(1, 1)}}}},
		"canceled while unreadable": {reason: "the cancel is reason enough", cancel: 90 * time.Minute, failure: lro.TypePollFailed,
			plan: map[testsuite.Method]testsuite.Script{"UpdateDatabaseDdl": {End: testsuite.RunForever(), Faults: []testsuite.Fault{testsuite.PermissionDenied().On(testsuite.MethodGet).During(time.Minute, 90*time.Minute)}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, tt.faults...)
			for method, script := range tt.plan {
				w.plan(method, script)
			}
			if tt.cancel > 0 {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, tt.cancel)
			}
			err := w.run(provision)
			switch {
			case tt.canceled:
				if !temporal.IsCanceledError(err) {
					t.Errorf("%s: ended with %v, want a cancel", tt.reason, err)
				}
			case tt.failure == "":
				if err != nil {
					t.Errorf("%s: %v", tt.reason, err)
				}
			default:
				if f, ok := lro.AsFailure(err); !ok || f.Type != tt.failure {
					t.Errorf("%s: ended with %v, want %s", tt.reason, err, tt.failure)
				}
			}
			for _, name := range []string{instanceName, databaseName} {
				if w.service.Exists(name) != slices.Contains(tt.left, name) {
					t.Errorf("%s: %s exists: %t", tt.reason, name, w.service.Exists(name))
				}
			}
			w.service.AssertNoneRunning(t)
		})
	}
}

// What cannot be undone is named, with the cause as data, and the workflow fails
// rather than closes as canceled.
func TestCompensationFailed(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t, testsuite.PermissionDenied().On("DropDatabase"), testsuite.PermissionDenied().On("DeleteInstance"))
	w.plan("UpdateDatabaseDdl", testsuite.Script{End: testsuite.RunForever()})
	w.env.RegisterDelayedCallback(w.env.CancelWorkflow, time.Minute)
	err := w.run(provision)
	f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	if temporal.IsCanceledError(err) || f.Cause == nil || !f.Cause.Canceled {
		t.Errorf("%v with cause %+v, want a failure that a cancel caused", err, f.Cause)
	}
	left := []string{instanceName, databaseName} // nothing is skipped after the first failure
	var why []string
	for _, name := range left {
		why = append(why, name+" was not deleted: PERMISSION_DENIED: the caller does not have permission")
	}
	if !slices.Equal(f.Resources, left) || !slices.Equal(f.UndoErrors, why) {
		t.Errorf("names %v for %v", f.Resources, f.UndoErrors)
	}
}

// As long as nobody can read the operation, nothing is undone, and all is named.
func TestPollFailureUndoesNothing(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("UpdateDatabaseDdl", testsuite.Script{RunsFor: time.Hour, Faults: []testsuite.Fault{
		testsuite.PermissionDenied().On(testsuite.MethodGet).During(time.Minute, 100*time.Hour),
	}})
	f := testsuite.AssertFailure(t, w.run(provision), lro.TypeCompensationFailed, lro.CodeUnknown)
	if !slices.Equal(f.Resources, []string{instanceName, databaseName}) || f.Cause == nil || f.Cause.Type != "PollFailed.PERMISSION_DENIED" {
		t.Errorf("names %v, cause %+v", f.Resources, f.Cause)
	}
	if !w.service.Exists(instanceName) || !w.service.Exists(databaseName) {
		t.Error("something was undone for a poll that failed")
	}
	w.service.AssertCalls(t, testsuite.MethodCancel, 0)
}

// Somebody else's database is a failure, and is left alone.
func TestSagaLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.service.Put("projects/p/instances/other", nil)
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			_, err = workflows.Run(ctx, saga, spanner.CreateInstance("projects/p/instances/other", spanner.Instance{}))
			return err
		})
	})
	testsuite.AssertFailure(t, err, lro.TypeStartFailed, lro.CodeAlreadyExists)
	if !w.service.Exists("projects/p/instances/other") {
		t.Error("somebody else's instance was deleted")
	}
}

// Steps side by side: the first failure cancels what the others have in flight.
func TestParallelSteps(t *testing.T) {
	t.Parallel()
	for _, parallel := range []bool{false, true} {
		w := newProvisioning(t)
		w.plan("CreateDatabase", testsuite.Script{End: testsuite.RunForever()}, testsuite.Script{}, testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeInternal, "no")})
		names := []string{databaseName + "1", databaseName + "2", databaseName + "3"}
		err := w.run(func(ctx workflow.Context) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{Parallel: parallel}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
				if _, err := workflows.Run(ctx, nil, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
					return err
				}
				var steps []func(workflow.Context) error
				for _, name := range names {
					steps = append(steps, func(ctx workflow.Context) error {
						_, err := workflows.Run(ctx, saga, spanner.CreateDatabase(name, spanner.DatabaseOptions{}))
						return err
					})
				}
				return workflows.Parallel(ctx, steps...)
			})
		})
		testsuite.AssertFailure(t, err, lro.TypeOperationFailed, lro.CodeInternal)
		w.none(names...)
		if !w.service.Exists(instanceName) {
			t.Error("the instance was not the saga's")
		}
	}
}

// Compensations of the caller's own run in their place, in reverse, and a
// step's own once it has succeeded.
func TestCompensations(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	var order []string
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			saga.Add("first", func(ctx workflow.Context) error {
				order = append(order, "first")
				return errors.New("stuck")
			})
			if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
				return err
			}
			step := spanner.UpdateInstance(instanceName, []string{"nodeCount"}, spanner.Instance{NodeCount: 3})
			step.Compensate = func(ctx workflow.Context, outcome lro.Outcome) error {
				order = append(order, "update")
				back := spanner.UpdateInstance(instanceName, []string{"nodeCount"}, spanner.Instance{NodeCount: 1})
				back.Name = "undo the update"
				_, err := workflows.Run(ctx, nil, back)
				return err
			}
			if _, err := workflows.Run(ctx, saga, step); err != nil {
				return err
			}
			return errors.New("the caller's own")
		})
	})
	f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	if !slices.Equal(order, []string{"update", "first"}) || !slices.Equal(f.Resources, []string{"first"}) || f.UndoErrors[0] != "stuck" || f.Cause.Message != "the caller's own" {
		t.Errorf("ran %v; %v: %v, cause %+v", order, f.Resources, f.UndoErrors, f.Cause)
	}
	w.none(instanceName)
	w.service.AssertCalls(t, "UpdateInstance", 2)
}

// A response that does not fit is no success without one, though the start's reply
// has it already.
func TestRunResultTooLarge(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("CreateInstance", testsuite.Script{End: testsuite.Succeed(map[string]string{"@type": "type.googleapis.com/google.protobuf.StringValue", "value": strings.Repeat("x", 3<<20)})})
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			_, err = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
			return err
		})
	})
	testsuite.AssertFailure(t, err, lro.TypeResultTooLarge, lro.CodeUnknown)
	w.none(instanceName) // it had succeeded, and is undone
}

// A response of another shape fails the step, which is undone.
func TestRunDecodes(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("CreateInstance", testsuite.Script{End: testsuite.Succeed(`{"state":7}`)})
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			_, err = workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{}))
			return err
		})
	})
	testsuite.AssertFailure(t, err, lro.TypeProtocolError, lro.CodeUnknown)
	w.none(instanceName)
}

func TestInvalidStep(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		step   workflows.Step[struct{}]
		field  string
	}{
		"no starter": {"nothing would run", workflows.Step[struct{}]{Target: instanceName}, "step.activity"},
		"no target":  {"nothing to make", untyped(spanner.CreateInstance("", spanner.Instance{})), "step.target"},
		"timeout":    {"no past", changed(func(s *workflows.Step[struct{}]) { s.StartTimeout = -1 }), "step.startTimeout"},
		"await":      {"its options are checked before the start", changed(func(s *workflows.Step[struct{}]) { s.Await.Timeout = -1 }), "timeout"},
		"operation":  {"it starts its own", changed(func(s *workflows.Step[struct{}]) { s.Await.Operation = &lro.Operation{Done: true} }), "step.await.operation"},
		"request":    {"it must encode", changed(func(s *workflows.Step[struct{}]) { s.Request = make(chan int) }), "step.request"},
		"large":      {"it must fit a payload", changed(func(s *workflows.Step[struct{}]) { s.Request = strings.Repeat("x", lro.MaxEncodedSize) }), "step.request"},
		"twice":      {"a name is one step's", untyped(spanner.CreateInstance("projects/p/instances/taken", spanner.Instance{})), "step.name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					if _, err := workflows.Run(ctx, saga, spanner.CreateInstance("projects/p/instances/taken", spanner.Instance{})); err != nil {
						return err
					}
					_, err := workflows.Run(ctx, saga, tt.step)
					return err
				})
			})
			if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != tt.field {
				t.Errorf("%s: names %q (%s), want %q", tt.reason, f.Field, f.Reason, tt.field)
			}
		})
	}
}

// changed is a step with a change.
func changed(change func(*workflows.Step[struct{}])) workflows.Step[struct{}] {
	step := untyped(spanner.CreateInstance(instanceName, spanner.Instance{}))
	change(&step)
	return step
}

// untyped is a step whose result is not read.
func untyped[T any](step workflows.Step[T]) workflows.Step[struct{}] {
	return workflows.Step[struct{}](step)
}
