package workflows_test

import (
	"slices"
	"testing"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// A failure names what is left and nothing else: a database whose drop is refused goes with its instance.
func TestLeftIsThere(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		denied []testsuite.Method
		failed bool // whether the database's creation fails, so that the instance alone is there
		left   []string
	}{
		"nothing":         {reason: "all is undone"},
		"drop":            {reason: "the database goes with its instance", denied: []testsuite.Method{"DropDatabase"}},
		"delete":          {reason: "the instance is left, without the database", denied: []testsuite.Method{"DeleteInstance"}, left: []string{instanceName}},
		"both":            {reason: "nothing goes", denied: []testsuite.Method{"DropDatabase", "DeleteInstance"}, left: []string{instanceName, databaseName}},
		"delete, no drop": {reason: "there is no database", denied: []testsuite.Method{"DropDatabase", "DeleteInstance"}, failed: true, left: []string{instanceName}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var faults []testsuite.Fault
			for _, method := range row.denied {
				faults = append(faults, testsuite.PermissionDenied().On(method))
			}
			w := newProvisioning(t, faults...)
			if row.failed {
				w.plan("CreateDatabase", failing)
			}
			err := w.run(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instanceName, spanner.Instance{})); err != nil {
						return err
					}
					if _, err := workflows.Run(ctx, saga, spanner.CreateDatabase(databaseName, spanner.DatabaseOptions{})); err != nil {
						return err
					}
					return errUndo
				})
			})
			checkLeft(t, row.reason, err, row.left...)
			for _, name := range []string{instanceName, databaseName} {
				if exists := w.service.Exists(name); exists != slices.Contains(row.left, name) {
					t.Errorf("%s: %s exists: %t", row.reason, name, exists)
				}
			}
		})
	}
}

// checkLeft compares the names in a failure of a saga with what is left; nothing is left if err is another error.
func checkLeft(t *testing.T, reason string, err error, want ...string) {
	t.Helper()
	f, _ := lro.AsFailure(err)
	if err == nil || (f.Type == lro.TypeCompensationFailed) != (len(want) > 0) || len(want) > 0 && !slices.Equal(f.Resources, want) {
		t.Errorf("%s: %v names %v, want %v", reason, err, f.Resources, want)
	}
}
