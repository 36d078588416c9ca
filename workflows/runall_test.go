package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Steps of a saga side by side: the databases are made, or all is undone.
func TestRunAll(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		second   testsuite.Script
		faults   []testsuite.Fault
		canceled bool
		made     bool
	}{
		"made":      {reason: "all goes well", made: true, second: inAMinute},
		"done":      {reason: "one is done at once", made: true},
		"failed":    {reason: "one fails, the others are canceled", second: failing},
		"at once":   {reason: "one has failed when its start returns", second: testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")}},
		"refused":   {reason: "the start of one is refused", faults: []testsuite.Fault{testsuite.FailWith(lro.CodeInvalidArgument, "no").On("CreateDatabase").Calls(2, 2)}},
		"canceled":  {reason: "the workflow is", second: forever, canceled: true},
		"lost":      {reason: "replies are", second: inAMinute, faults: []testsuite.Fault{testsuite.LostReply().On("CreateDatabase")}, made: true},
		"in flight": {reason: "a cancel comes while starts fail", faults: []testsuite.Fault{testsuite.Unavailable().On("CreateDatabase")}, canceled: true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, row.faults...)
			names := []string{databaseName + "1", databaseName + "2", databaseName + "3"}
			w.plan("CreateDatabase", inAMinute)
			w.service.PlanFor("CreateDatabase", names[1], row.second)
			if row.canceled {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 20*time.Second)
			}
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
						return err
					}
					var steps []workflows.Step[spanner.Database]
					for _, name := range names {
						steps = append(steps, spanner.CreateDatabase(name, spanner.DatabaseOptions{}))
					}
					made, err := workflows.RunEach(ctx, saga, steps...)
					for i, database := range made {
						if err == nil && database.Name != names[i] {
							return fmt.Errorf("result %d is %q", i, database.Name)
						}
					}
					return err
				})
			})
			if (err == nil) != row.made || temporal.IsCanceledError(err) != row.canceled {
				t.Errorf("%s: %v", row.reason, err)
			}
			if row.made {
				w.service.AssertCalls(t, "DropDatabase", 0)
			} else {
				w.none(append(names, instanceName)...)
			}
		})
	}
}

// What happens to the others when one is not started, or cannot be read.
func TestRunAllOthers(t *testing.T) {
	t.Parallel()
	refused := testsuite.PermissionDenied().On("CreateDatabase").For(databaseName + "1")
	noLists := testsuite.FailWith(lro.CodeUnimplemented, "no lists").On(testsuite.MethodList)
	rows := map[string]struct {
		reason   string
		policy   workflows.FailurePolicy
		await    workflows.AwaitOptions
		faults   []testsuite.Fault
		script   testsuite.Script // of the second
		cancel   bool
		made     int
		failure  lro.FailureType
		canceled bool
	}{
		"refused": {reason: "its sibling is canceled, though a cancel of the workflow would abandon it", faults: []testsuite.Fault{refused}, script: forever,
			await: workflows.AwaitOptions{CancelPolicy: workflows.Abandon}, failure: lro.TypeStartFailed},
		"await rest": {reason: "its sibling is started, with patience", policy: workflows.AwaitRest, script: inAMinute,
			faults: []testsuite.Fault{refused, testsuite.Unavailable().On("CreateDatabase").For(databaseName+"2").Calls(1, 4)}, made: 1, failure: lro.TypeStartFailed},
		"leave rest, canceled": {reason: "a cancel of the workflow is none of the starts' failures", policy: workflows.LeaveRest, script: forever, cancel: true,
			faults: []testsuite.Fault{testsuite.Unavailable().On("CreateDatabase").For(databaseName + "1")}, canceled: true},
		"one read refused": {reason: "the reply to the start had shown it", faults: []testsuite.Fault{noLists, testsuite.PermissionDenied().On(testsuite.MethodGet).Calls(1, 1)}, script: inAMinute, made: 2},
		"one response refused": {reason: "it is read again", faults: []testsuite.Fault{noLists, testsuite.PermissionDenied().On(testsuite.MethodGet).During(2*time.Minute, 30*time.Minute)},
			script: testsuite.Script{RunsFor: 90 * time.Second}, made: 2},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t, row.faults...)
			w.service.Put(instanceName, nil)
			w.service.PlanFor("CreateDatabase", databaseName+"2", row.script)
			if row.cancel {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 20*time.Second)
			}
			err := w.run(func(ctx workflow.Context) error {
				first, second := spanner.CreateDatabase(databaseName+"1", spanner.DatabaseOptions{}), spanner.CreateDatabase(databaseName+"2", spanner.DatabaseOptions{})
				first.Await, second.Await = row.await, row.await
				var made spanner.Database
				return workflows.RunAllWithOptions(ctx, nil, workflows.RunAllOptions{OnFailure: row.policy}, first, second.Into(&made))
			})
			if row.failure != "" {
				if f, ok := lro.AsFailure(err); !ok || f.Type != row.failure {
					t.Errorf("%s: %v", row.reason, err)
				}
			} else if temporal.IsCanceledError(err) != row.canceled || err != nil && !row.canceled {
				t.Errorf("%s: %v", row.reason, err)
			}
			made := 0
			for _, name := range []string{databaseName + "1", databaseName + "2"} {
				if w.service.Exists(name) {
					made++
				}
			}
			if made != row.made {
				t.Errorf("%s: %d were made, want %d", row.reason, made, row.made)
			}
			w.service.AssertNoneRunning(t)
		})
	}
}

// A saga does not take back what succeeded because its response cannot be read.
func TestRunAllResponseGone(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t, testsuite.FailWith(lro.CodeUnimplemented, "no lists").On(testsuite.MethodList))
	w.plan("CreateDatabase", inAMinute)
	w.env.SetOnActivityCompletedListener(func(info *activity.Info, _ converter.EncodedValue, _ error) {
		if info.ActivityType.Name == activities.PollOperationsName {
			w.service.AddFaults(testsuite.NotFound().On(testsuite.MethodGet))
		}
	})
	w.service.Put(instanceName, nil)
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			_, err = workflows.RunEach(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{}))
			return err
		})
	})
	f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
	if !w.service.Exists(databaseName) || f.Cause == nil || f.Cause.Type != "PollFailed.NOT_FOUND" {
		t.Errorf("exists: %t; %v", w.service.Exists(databaseName), err)
	}
}

// Steps that cannot run side by side are refused before anything is sent.
func TestRunAllInvalid(t *testing.T) {
	t.Parallel()
	good := spanner.CreateInstance(instanceName+"2", spanner.Instance{})
	twice := spanner.CreateInstance(instanceName, spanner.Instance{})
	deletes, reports := twice, twice
	deletes.Await.DeleteWhenDone = true
	reports.Await.ProgressInterval = time.Minute
	rows := map[string]struct {
		reason string
		steps  []workflows.AnyStep
		field  string
	}{
		"twice":   {"they would share an operation", []workflows.AnyStep{twice, twice}, "step.name"},
		"delete":  {"a set's records are not deleted", []workflows.AnyStep{good, deletes}, "deleteWhenDone"},
		"reports": {"a set makes none", []workflows.AnyStep{good, reports}, "progressInterval"},
		"nil":     {"it is none", []workflows.AnyStep{good, nil}, "steps[1]"},
		"change":  {"it has no name", []workflows.AnyStep{good, spanner.UpdateDatabaseDdl(databaseName, spanner.SchemaChange{Statements: []string{"CREATE"}})}, "schemaChange.name"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			err := w.run(func(ctx workflow.Context) error { return workflows.RunAll(ctx, nil, row.steps...) })
			if f := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != row.field || w.service.Count() > 0 {
				t.Errorf("%s: refused %q after %d calls, want %q", row.reason, f.Field, w.service.Count(), row.field)
			}
		})
	}
}

// A database beside a schema change: each result has its type, and none is read that
// nothing takes.
func TestRunAllResults(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("CreateDatabase", inAMinute)
	w.plan("UpdateDatabaseDdl", inAMinute)
	var reads gauge
	w.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name == activities.ReadOperationsName {
			reads.add(1)
		}
	})
	w.service.Put(instanceName, nil)
	w.service.Put(databaseName, nil)
	err := w.run(func(ctx workflow.Context) error {
		change := spanner.UpdateDatabaseDdl(databaseName, spanner.SchemaChange{Name: "index", Statements: []string{"CREATE INDEX a", "CREATE INDEX b"}})
		var outcome workflows.StepOutcome
		change.Outcome = &outcome
		var made spanner.Database
		var commits spanner.SchemaCommits
		err := workflows.RunAll(ctx, nil,
			spanner.CreateDatabase(databaseName+"2", spanner.DatabaseOptions{}).Into(&made),
			change.Into(&commits))
		if err != nil {
			return err
		}
		if made.State != "READY" || len(commits.CommitTimestamps) != 2 || outcome.State() != lro.StateSucceeded || outcome.Ref.IsZero() {
			t.Errorf("%+v, %+v, %+v", made, commits, outcome)
		}
		change.Name, change.Outcome = "again", nil
		return workflows.RunAll(ctx, nil, change)
	})
	if err != nil || reads.runs != 1 {
		t.Errorf("%d reads, want one of the first set; %v", reads.runs, err)
	}
}

// Steps with their own options are awaited in sets of their own, and stop each other all
// the same.
func TestRunAllOwnOptions(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason   string
		policy   workflows.FailurePolicy
		first    testsuite.Script // of the database with options of its own
		timeout  time.Duration
		second   testsuite.Script
		cancel   bool
		made     int // or being made
		running  int
		failure  lro.FailureType
		canceled bool
		before   time.Duration
	}{
		"succeed":        {reason: "each in its time", first: inAMinute, second: testsuite.Script{RunsFor: time.Hour}, made: 2, before: 65 * time.Minute},
		"first fails":    {reason: "the second is canceled", first: failing, second: forever, failure: lro.TypeOperationFailed, before: 10 * time.Minute},
		"second fails":   {reason: "the first is canceled", first: forever, second: failing, failure: lro.TypeOperationFailed, before: 10 * time.Minute},
		"timeout":        {reason: "so it is by a deadline that is the first's own", first: stubborn, timeout: time.Hour, second: forever, made: 1, running: 1, failure: lro.TypeAwaitTimeout, before: 70 * time.Minute},
		"await the rest": {reason: "the second is awaited", policy: workflows.AwaitRest, first: failing, second: testsuite.Script{RunsFor: time.Hour}, made: 1, failure: lro.TypeOperationFailed, before: 65 * time.Minute},
		"leave the rest": {reason: "the second is left", policy: workflows.LeaveRest, first: failing, second: forever, made: 1, running: 1, failure: lro.TypeOperationFailed, before: 10 * time.Minute},
		"canceled":       {reason: "the workflow's cancel is for all", first: forever, second: forever, cancel: true, canceled: true, before: 10 * time.Minute},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			first, second := databaseName+"1", databaseName+"2"
			w.service.Put(instanceName, nil)
			w.service.PlanFor("CreateDatabase", first, row.first)
			w.service.PlanFor("CreateDatabase", second, row.second)
			if row.cancel {
				w.env.RegisterDelayedCallback(w.env.CancelWorkflow, 20*time.Second)
			}
			began := w.env.Now()
			err := w.run(func(ctx workflow.Context) error {
				own := spanner.CreateDatabase(first, spanner.DatabaseOptions{})
				own.Await = workflows.AwaitOptions{Timeout: row.timeout, HeartbeatTimeout: 5 * time.Second}
				return workflows.RunAllWithOptions(ctx, nil, workflows.RunAllOptions{OnFailure: row.policy}, own, spanner.CreateDatabase(second, spanner.DatabaseOptions{}))
			})
			if f, _ := lro.AsFailure(err); f.Type != row.failure || temporal.IsCanceledError(err) != row.canceled {
				t.Errorf("%s: %v, want %q", row.reason, err, row.failure)
			}
			if took := w.env.Now().Sub(began); took > row.before {
				t.Errorf("%s: took %v", row.reason, took)
			}
			made, running := 0, len(w.service.Running())
			for _, name := range []string{first, second} {
				if w.service.Exists(name) {
					made++
				}
			}
			if made != row.made || running != row.running {
				t.Errorf("%s: %d were made and %d run, want %d and %d", row.reason, made, running, row.made, row.running)
			}
		})
	}
}

// The saga's options are the steps', but for those that a step sets itself: of one by
// itself, of one beside others, and of one that a compensation runs.
func TestSharedOptions(t *testing.T) {
	t.Parallel()
	w := newProvisioning(t)
	w.plan("CreateDatabase", inAMinute)
	w.service.Put(instanceName, nil)
	beats := map[string][]time.Duration{}
	w.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if name := info.ActivityType.Name; info.HeartbeatTimeout > 0 && info.Attempt == 1 {
			beats[name] = append(beats[name], info.HeartbeatTimeout)
		}
	})
	options := workflows.SagaOptions{Steps: workflows.StepOptions{Await: workflows.AwaitOptions{
		HeartbeatTimeout: 7 * time.Second, DeleteWhenDone: true, ProgressInterval: time.Hour,
	}}}
	err := w.run(func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, options, func(ctx workflow.Context, saga *workflows.Saga) error {
			steps := databases(4)
			steps[1].Await.HeartbeatTimeout, steps[3].Await.HeartbeatTimeout = 8*time.Second, 9*time.Second
			for _, step := range steps[:2] {
				if _, err := workflows.Run(ctx, saga, step); err != nil {
					return err
				}
			}
			steps[2].Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
				_, err := workflows.Run(ctx, nil, spanner.CreateDatabase(databaseName+"_back", spanner.DatabaseOptions{}))
				return err
			}
			if err := workflows.RunAll(ctx, saga, all(steps[2:]...)...); err != nil {
				return err
			}
			return errUndo
		})
	})
	slices.Sort(beats[activities.PollOperationsName])
	if one, set := beats[activities.PollOperationName], beats[activities.PollOperationsName]; err == nil ||
		!slices.Equal(one, []time.Duration{7 * time.Second, 8 * time.Second, 7 * time.Second}) || !slices.Equal(set, []time.Duration{7 * time.Second, 9 * time.Second}) {
		t.Errorf("one by one %v, together %v; %v", one, set, err)
	}
	w.service.AssertCalls(t, testsuite.MethodDelete, 3) // of those by themselves
}
