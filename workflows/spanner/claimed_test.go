package spanner_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// An outcome whose operation has a name that is no operation's proves nothing, and is refused.
func TestUndoOperationRefusesOddNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"o", "operations/o", "/", instance} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newDatabaseEnv(t)
			metadata := map[string]any{"@type": "type.googleapis.com/google.spanner.admin.database.v1.CreateDatabaseMetadata", "database": database}
			env.ExecuteWorkflow(workflows.UndoOperationName, runInput(createDatabase, map[string]any{"createStatement": "CREATE DATABASE orders"}, map[string]any{
				"outcome": map[string]any{"operation": map[string]any{"name": name, "done": true, "metadata": metadata}},
			}))
			if f := testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeInvalidInput, lro.CodeInvalidArgument); f.Field != "outcome.ref" {
				t.Errorf("%v names %q, want outcome.ref", env.GetWorkflowError(), f.Field)
			}
		})
	}
}
