package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

const adoptInstance = "projects/p/instances/adopt"

// adoptSteps are steps of every kind of proof: a label, an id, an age, a request.
func adoptSteps() []workflows.Step[struct{}] {
	database, backup := adoptInstance+"/databases/db", adoptInstance+"/backups/b"
	expires := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	return []workflows.Step[struct{}]{
		untyped(spanner.CreateInstance(adoptInstance, spanner.Instance{DisplayName: "x"})),
		untyped(spanner.UpdateInstance(adoptInstance, []string{"nodeCount"}, spanner.Instance{NodeCount: 3})),
		untyped(spanner.CreateDatabase(database, spanner.DatabaseOptions{})),
		untyped(spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{Name: "schema", Statements: []string{"CREATE TABLE t"}})),
		untyped(spanner.CreateBackup(backup, spanner.Backup{Database: database, ExpireTime: expires})),
		untyped(spanner.CopyBackup(adoptInstance+"/backups/copy", spanner.CopyOptions{SourceBackup: backup, ExpireTime: expires})),
		untyped(spanner.RestoreDatabase(adoptInstance+"/databases/restored", spanner.RestoreOptions{Backup: backup})),
		untyped(spanner.CreateInstancePartition(adoptInstance+"/instancePartitions/p", spanner.InstancePartition{DisplayName: "p"})),
		untyped(spanner.CreateInstanceConfig("projects/p/instanceConfigs/custom-c", spanner.InstanceConfig{DisplayName: "c"})),
	}
}

// untyped is a step whose result is not read.
func untyped[T any](step workflows.Step[T]) workflows.Step[struct{}] {
	return workflows.Step[struct{}](step)
}

// runAdopting runs the steps and says which of them had been started before. It fails in
// the workflow's first attempt.
func runAdopting(ctx workflow.Context, saga *workflows.Saga) (adopted []bool, err error) {
	for _, step := range adoptSteps() {
		var outcome workflows.StepOutcome
		step.Await.Policy, step.Outcome = brisk, &outcome
		if _, err := workflows.Run(ctx, saga, step); err != nil {
			return nil, err
		}
		adopted = append(adopted, outcome.Adopted)
	}
	if workflow.GetInfo(ctx).Attempt == 1 {
		return nil, errors.New("the first attempt fails after all is made")
	}
	return adopted, nil
}

// withoutSaga runs all steps and undoes nothing. It fails in its first attempt.
func withoutSaga(ctx workflow.Context) ([]bool, error) { return runAdopting(ctx, nil) }

// A retry and a reset of the workflow adopt all that it had started.
func TestRetryAndResetAdopt(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), benchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.RegisterWorkflow(withoutSaga)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{
		TaskQueue: b.queue, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second},
	}, withoutSaga)
	if err != nil {
		t.Fatal(err)
	}
	b.checkAdopted("retry", run)
	b.checkAdopted("reset", b.reset(run.GetID()))
}

// reset runs a workflow's last run again from its first task on.
func (b *bench) reset(id string) client.WorkflowRun {
	b.t.Helper()
	described, err := b.client.DescribeWorkflowExecution(b.ctx, id, "")
	if err != nil {
		b.t.Fatal(err)
	}
	reset, err := b.client.ResetWorkflowExecution(b.ctx, &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: described.GetWorkflowExecutionInfo().GetExecution(),
		Reason: "test", RequestId: "reset", WorkflowTaskFinishEventId: 4, // the first workflow task's end
	})
	if err != nil {
		b.t.Fatalf("reset: %v", err)
	}
	return b.client.GetWorkflow(b.ctx, id, reset.GetRunId())
}

// withSaga runs all steps, and undoes them all in its first attempt.
func withSaga(ctx workflow.Context) (adopted []bool, err error) {
	err = workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: time.Minute}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
		adopted, err = runAdopting(ctx, saga)
		return err
	})
	return adopted, err
}

// After an undo the workflow's retry makes all anew: nothing of the earlier life
// is adopted, though it bears the same names and the same key.
func TestRetryAfterUndo(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), benchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.RegisterWorkflow(withSaga)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{
		TaskQueue: b.queue, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second},
	}, withSaga)
	if err != nil {
		t.Fatal(err)
	}
	var adopted []bool
	if err := run.Get(b.ctx, &adopted); err != nil || slices.Contains(adopted, true) {
		t.Errorf("adopted %v, %v, want nothing adopted", adopted, err)
	}
	for _, step := range adoptSteps() {
		if !b.service.Exists(step.Target) {
			t.Errorf("%s does not exist", step.Target)
		}
	}
	for method, want := range map[testsuite.Method]int{
		"CreateInstance": 2, "CreateDatabase": 2, "UpdateDatabaseDdl": 2, "UpdateInstance": 2,
		"CreateBackup": 2, "CopyBackup": 2, "RestoreDatabase": 2,
		"DeleteInstance": 1, "DropDatabase": 2, "DeleteBackup": 2,
	} {
		b.service.AssertCalls(t, method, want)
	}
}

// checkAdopted awaits a run that adopts each step, and counts the operations.
func (b *bench) checkAdopted(what string, run client.WorkflowRun) {
	b.t.Helper()
	var adopted []bool
	if err := run.Get(b.ctx, &adopted); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	for i, step := range adoptSteps() {
		if !adopted[i] {
			b.t.Errorf("%s: %s on %s was not adopted", what, step.Activity, step.Target)
		}
	}
	started := map[string]int{}
	for _, ref := range b.service.Refs() {
		op, _ := b.service.Peek(ref)
		target, _, _ := strings.Cut(ref.Name, "/operations/")
		if kind := typeOf(string(op.Metadata)); kind != "OptimizeRestoredDatabaseMetadata" {
			started[kind+" "+target]++
		}
	}
	if len(started) != len(adoptSteps()) {
		b.t.Errorf("%s: %d kinds of operations, want %d: %v", what, len(started), len(adoptSteps()), started)
	}
	for name, n := range started {
		if n != 1 {
			b.t.Errorf("%s: %s was started %d times", what, name, n)
		}
	}
}

// typeOf is the last part of the "@type" in metadata.
func typeOf(metadata string) string {
	_, rest, _ := strings.Cut(metadata, `"@type":"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name[strings.LastIndexByte(name, '.')+1:]
}

// A timeout that leaves the operation running does not leave it to itself: the
// saga cancels it, awaits it, and deletes what there is.
func TestSagaAfterTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), benchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	timesOut := func(ctx workflow.Context) error {
		return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			step := spanner.CreateInstance(adoptInstance, spanner.Instance{})
			step.Await = workflows.AwaitOptions{Policy: brisk, Timeout: 2 * time.Second}
			_, err = workflows.Run(ctx, saga, step)
			return err
		})
	}
	w.RegisterWorkflowWithOptions(timesOut, workflow.RegisterOptions{Name: "timesOut"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	for i, script := range []testsuite.Script{
		{End: testsuite.RunForever()},
		{End: testsuite.RunForever(), OnCancel: testsuite.CompleteOnCancel(time.Second)},
	} {
		b.service.Plan("CreateInstance", script)
		run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("%s-%d", b.queue, i), TaskQueue: b.queue}, "timesOut")
		if err != nil {
			t.Fatal(err)
		}
		testsuite.AssertFailure(t, run.Get(b.ctx, nil), lro.TypeAwaitTimeout, lro.CodeDeadlineExceeded)
		b.service.AssertNoneRunning(t)
		if b.service.Exists(adoptInstance) {
			t.Errorf("script %d: the instance is left", i)
		}
	}
}

// A schema change that a compensation took back is made again by the workflow's
// retry, and one that stands is adopted by its reset.
func TestCompensatedChange(t *testing.T) {
	t.Parallel()
	b := newBench(t, benchOptions{noWorker: true})
	w, err := newWorker(b.ctx, b.client, b.queue, b.reached(), benchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	database := adoptInstance + "/databases/compensated"
	change := func(name, statement string) workflows.Step[spanner.SchemaCommits] {
		s := spanner.UpdateDatabaseDdl(database, spanner.SchemaChange{Name: name, Statements: []string{statement}})
		s.Await.Policy = brisk
		return s
	}
	compensated := func(ctx workflow.Context) (adopted bool, err error) {
		err = workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: time.Minute}, func(ctx workflow.Context, saga *workflows.Saga) error {
			var outcome workflows.StepOutcome
			add := change("add", "ALTER TABLE t ADD COLUMN c INT64")
			add.Outcome = &outcome
			add.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
				_, err := workflows.Run(ctx, nil, change("drop", "ALTER TABLE t DROP COLUMN c"))
				return err
			}
			_, err := workflows.Run(ctx, saga, add)
			if err == nil && workflow.GetInfo(ctx).Attempt == 1 {
				err = errors.New("the first attempt fails, and is undone")
			}
			adopted = outcome.Adopted
			return err
		})
		return adopted, err
	}
	w.RegisterWorkflowWithOptions(compensated, workflow.RegisterOptions{Name: "compensated"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	for _, name := range []string{adoptInstance, database} {
		b.service.Put(name, nil)
	}
	run, err := b.client.ExecuteWorkflow(b.ctx, client.StartWorkflowOptions{
		TaskQueue: b.queue, RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second},
	}, "compensated")
	if err != nil {
		t.Fatal(err)
	}
	var adopted bool
	if err := run.Get(b.ctx, &adopted); err != nil || adopted || b.service.Count("UpdateDatabaseDdl") != 3 {
		t.Errorf("the retry adopted: %t (%v), %d changes, want add, drop, add", adopted, err, b.service.Count("UpdateDatabaseDdl"))
	}
	reset := b.reset(run.GetID())
	if err := reset.Get(b.ctx, &adopted); err != nil || !adopted || b.service.Count("UpdateDatabaseDdl") != 3 {
		t.Errorf("the reset adopted: %t (%v), %d changes, want no more", adopted, err, b.service.Count("UpdateDatabaseDdl"))
	}
}
