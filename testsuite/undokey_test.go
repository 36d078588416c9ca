package testsuite_test

import (
	"context"
	"testing"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A starter may make its operations' ids of the key as it likes: a compensation starts its own
// operation all the same.
func TestCompensationOfAnyID(t *testing.T) {
	t.Parallel()
	for name, suffix := range map[string]string{"key": "", "generation": "_2", "dash": "-1", "long": "_generation2"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{Service: libraryService})
			var keys []string
			env.RegisterStarters(map[string]starters.Activity{
				"acme.Change": starters.Starter[struct{}]{
					Service: libraryService, Changes: true,
					Find: func(_ context.Context, want starters.Want[struct{}]) (starters.Seen, error) {
						return starters.Seen{Target: &starters.Resource{Undated: true}, OperationID: want.Key + suffix}, nil
					},
					Start: func(ctx context.Context, want starters.Want[struct{}], seen starters.Seen) (lro.Operation, error) {
						keys = append(keys, want.Key)
						return env.GetOperation(ctx, env.Start("operations/"+seen.OperationID, testsuite.Script{}))
					},
				},
			})
			change := workflows.Step[struct{}]{Activity: "acme.Change", Target: "things/t"}
			undone := change
			undone.Compensate = func(ctx workflow.Context, _ lro.Outcome) error {
				back := change
				back.Name = "back"
				_, err := workflows.Run(ctx, nil, back)
				return err
			}
			var outcome workflows.StepOutcome
			env.ExecuteWorkflow(func(ctx workflow.Context) error { return createThenFail(ctx, undone, &outcome, func() {}) })
			if len(keys) != 2 || keys[0] == keys[1] {
				t.Errorf("starts with the keys %q, want the change and its undo: %v", keys, env.GetWorkflowError())
			}
		})
	}
}
