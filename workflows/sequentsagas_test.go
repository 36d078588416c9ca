package workflows_test

import (
	"errors"
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// makes is a saga that makes the instance by a step of a name, and ends with an error.
func makes(ctx workflow.Context, step string, end error) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		create := spanner.CreateInstance(instanceName, spanner.Instance{})
		create.Name = step
		if _, err := workflows.Run(ctx, saga, create); err != nil {
			return err
		}
		return end
	})
}

// Two sagas of one workflow, one after the other. A step of the same name has the same key, so that the second saga would
// take the first one's instance for its own.
func TestSequentSagas(t *testing.T) {
	t.Parallel()
	late := errors.New("late")
	tests := map[string]struct {
		reason string
		first  error
		step   string // of the second
		fails  lro.FailureType
		says   string
		starts int
		exists bool
	}{
		"the same name":       {"its undo would delete what the first has made", nil, "make", lro.TypeInvalidInput, "is the name of a step of an earlier saga of the workflow, whose operation is //spanner", 1, true},
		"another name":        {"the instance is not the step's own", nil, "again", lro.TypeStartFailed, "exists and was not made", 1, true},
		"the first is undone": {"nothing is left of it, so the name is free", late, "make", "", "late", 2, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newProvisioning(t)
			err := w.run(func(ctx workflow.Context) error {
				if err := makes(ctx, "make", tt.first); tt.first == nil && err != nil {
					return err
				}
				return makes(ctx, tt.step, late)
			})
			if failure, _ := lro.AsFailure(err); err == nil || !strings.Contains(err.Error(), tt.says) || tt.fails != "" && failure.Type != tt.fails {
				t.Errorf("%s: %v, want %s %q", tt.reason, err, tt.fails, tt.says)
			}
			if w.service.Exists(instanceName) != tt.exists {
				t.Errorf("%s: the instance exists: %v, want %v", tt.reason, !tt.exists, tt.exists)
			}
			w.service.AssertCalls(t, testsuite.Method("CreateInstance"), tt.starts)
		})
	}
}
