package spanner_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

const (
	createDatabase    = "spanner.projects.instances.databases.create"
	updateDatabaseDdl = "spanner.projects.instances.databases.updateDdl"
)

// runInput is the input of a run in JSON.
func runInput(method string, body, more map[string]any) map[string]any {
	in := map[string]any{"method": method, "target": database, "key": "order 7", "step": method, "request": map[string]any{"body": body}}
	for field, value := range more {
		in[field] = value
	}
	return in
}

// newDatabaseEnv has the instance, and operations that run for 5 min.
func newDatabaseEnv(t *testing.T) *testsuite.Env {
	t.Helper()
	script := testsuite.Script{RunsFor: 5 * time.Minute}
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {script}, "UpdateDatabaseDdl": {script}}})
	env.Put(instance, nil)
	return env
}

// The methods that have starters of their own run by name as all others do. What a run has made, an undo deletes if the
// outcome proves it: nothing marks a database.
func TestRunOperation(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{"known": true, "unknown": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newDatabaseEnv(t)
			var created, changed workflows.RunOutcome
			var undone workflows.UndoOutcome
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{})
				since := map[string]any{"since": workflow.Now(ctx)}
				create := runInput(createDatabase, map[string]any{"createStatement": "CREATE DATABASE orders", "extraStatements": []string{"CREATE TABLE t"}}, since)
				if err := workflow.ExecuteChildWorkflow(ctx, workflows.RunOperationName, create).Get(ctx, &created); err != nil {
					return err
				}
				change := runInput("spanner/v1:"+updateDatabaseDdl, map[string]any{"statements": []string{"CREATE INDEX x ON t (id)"}}, map[string]any{"withoutUndo": true})
				if err := workflow.ExecuteChildWorkflow(ctx, workflows.RunOperationName, change).Get(ctx, &changed); err != nil {
					return err
				}
				if known {
					create["outcome"] = created
				}
				return workflow.ExecuteChildWorkflow(ctx, workflows.UndoOperationName, create).Get(ctx, &undone)
			})
			if !known {
				testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeCompensationFailed, lro.CodeUnknown)
				if !env.Exists(database) {
					t.Errorf("%s is gone", database)
				}
				return
			}
			if err := env.GetWorkflowError(); err != nil || undone.Removal != workflows.RemovalDeleted {
				t.Fatalf("%v, removal %q", err, undone.Removal)
			}
			env.AssertStarted(t, "CreateDatabase", database, 1)
			env.AssertStarted(t, "UpdateDatabaseDdl", database, 1)
			env.AssertNothingLeft(t, database)
			if !strings.Contains(string(created.Operation.Response), `"name":"`+database+`"`) || !strings.Contains(string(changed.Operation.Metadata), "commitTimestamps") {
				t.Errorf("the database is %s, and the change %s", created.Operation.Response, changed.Operation.Metadata)
			}
		})
	}
}

// Of a run that is canceled nothing is left.
func TestRunOperationCanceled(t *testing.T) {
	t.Parallel()
	env := newDatabaseEnv(t)
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Minute)
	env.ExecuteWorkflow(workflows.RunOperationName, runInput(createDatabase, nil, map[string]any{"failWhenCanceled": true}))
	testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationCanceled, lro.CodeCanceled)
	env.AssertNothingLeft(t, database)
}

// What the starters refuse is named by its path in the input.
func TestRunOperationInvalid(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		reason, method string
		body, more     map[string]any
		field          string
	}{
		"another database": {"the target has the id", createDatabase, map[string]any{"createStatement": "CREATE DATABASE other"}, nil, "request.body.createStatement"},
		"no statement":     {"it is no CREATE DATABASE", createDatabase, map[string]any{"createStatement": "DROP DATABASE d"}, nil, "request.body.createStatement"},
		"misspelled":       {"the API has no such field", createDatabase, map[string]any{"dialect": "POSTGRESQL"}, nil, "request.body.dialect"},
		"no change":        {"nothing to run", updateDatabaseDdl, nil, map[string]any{"withoutUndo": true}, "request.body.statements"},
		"an id":            {"the starter chooses it", updateDatabaseDdl, map[string]any{"statements": []string{"a"}, "operationId": "mine"}, map[string]any{"withoutUndo": true}, "request.body.operationId"},
		"no undo":          {"a change makes nothing", updateDatabaseDdl, map[string]any{"statements": []string{"a"}}, nil, "withoutUndo"},
		"mask":             {"the method takes none", createDatabase, nil, map[string]any{"request": map[string]any{"updateMask": []string{"a"}}}, "request.updateMask"},
		"parameters":       {"the method takes none", createDatabase, nil, map[string]any{"request": map[string]any{"parameters": map[string]string{"b": "c"}}}, "request.parameters.b"},
		"another version":  {"there is none", "spanner/v9:" + createDatabase, nil, nil, "service"},
		"target":           {"no database", createDatabase, nil, map[string]any{"target": instance}, "target"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, name := range []string{workflows.RunOperationName, workflows.UndoOperationName} {
				env := newDatabaseEnv(t)
				env.ExecuteWorkflow(name, runInput(row.method, row.body, row.more))
				f, _ := lro.AsFailure(env.GetWorkflowError())
				if f.Type != lro.TypeInvalidInput || f.Field != row.field || !strings.Contains(f.Reason, row.field) {
					t.Errorf("%s: %s: %v names %q, want %q", name, row.reason, env.GetWorkflowError(), f.Field, row.field)
				}
			}
		})
	}
}

// A worker that does not serve Spanner says so.
func TestRunOperationUnserved(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Service: "redis.googleapis.com"})
	env.ExecuteWorkflow(workflows.RunOperationName, runInput(createDatabase, nil, map[string]any{"startTimeout": "1m"}))
	failure, _ := lro.AsFailure(env.GetWorkflowError())
	if failure.Type == "" || !strings.Contains(env.GetWorkflowError().Error(), "the test environment serves redis.googleapis.com only") {
		t.Errorf("%v of type %q", env.GetWorkflowError(), failure.Type)
	}
}
