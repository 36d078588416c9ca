package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// TestManyUndone: a saga names everything that it could not undo, as far as a payload
// holds it, counts the rest, and shows the first in the Web UI.
func TestManyUndone(t *testing.T) {
	t.Parallel()
	for n, named := range map[int]int{1: 1, 1000: 1000, 12000: 9000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			details := ""
			err := w.run(func(ctx workflow.Context) (err error) {
				defer func() { details = workflow.GetCurrentDetails(ctx) }()
				workflow.SetCurrentDetails(ctx, "mine")
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
					for i := range n {
						name := fmt.Sprintf("projects/p/instances/i/databases/%s%d", strings.Repeat("d", 60), i)
						saga.Add(name, func(workflow.Context) error {
							return &lro.InvalidError{Field: "x", Value: strings.Repeat("e", 300)}
						})
					}
					return &lro.InvalidError{Field: "y"}
				})
			})
			f := testsuite.AssertFailure(t, err, lro.TypeCompensationFailed, lro.CodeUnknown)
			if len(f.Resources) < named || len(f.Resources)+f.ResourcesOmitted != n || len(f.UndoErrors) == 0 {
				t.Errorf("names %d, omits %d, says why of %d", len(f.Resources), f.ResourcesOmitted, len(f.UndoErrors))
			}
			if slices.ContainsFunc(f.Resources, func(name string) bool { return !strings.HasPrefix(name, "projects/p/") }) {
				t.Error("a name is none")
			}
			if size := lro.EncodedSize(f); size > lro.MaxEncodedSize {
				t.Errorf("takes %d bytes", size)
			}
			if len(details) > 65<<10 || !strings.HasPrefix(details, "mine\n\n**could not undo:**\n\n- `projects/p/") || strings.Contains(details, "\n- and ") != (n > 1) {
				t.Errorf("shows %d bytes: %.200s", len(details), details)
			}
		})
	}
}
