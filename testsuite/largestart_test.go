package testsuite_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A call that makes its resource at once returns no operation to read again. If the response does not
// fit a payload, the step fails as too large, and is undone.
func TestLargeSuccessWithoutName(t *testing.T) {
	t.Parallel()
	run := func(ctx workflow.Context, saga *workflows.Saga, step workflows.Step[thing]) error {
		_, err := workflows.Run(ctx, saga, step)
		return err
	}
	runAll := func(ctx workflow.Context, saga *workflows.Saga, step workflows.Step[thing]) error {
		return workflows.RunAll(ctx, saga, step)
	}
	rows := map[string]struct {
		reason string
		lost   bool
		run    func(workflow.Context, *workflows.Saga, workflows.Step[thing]) error
	}{
		"started":          {"the call returns the response", false, run},
		"adopted":          {"the reply is lost, and the target is the response", true, run},
		"started in a set": {"a set takes it as done", false, runAll},
		"adopted in a set": {"the same", true, runAll},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{Service: libraryService})
			large := json.RawMessage(`{"name":"` + strings.Repeat("x", lro.MaxEncodedSize) + `"}`)
			there, starts := false, 0
			find := func() *starters.Resource {
				if !there {
					return nil
				}
				return &starters.Resource{Owner: starters.Ours, JSON: large}
			}
			env.RegisterStarters(map[string]starters.Activity{
				"acme.Create": starters.Starter[thing]{
					Service: libraryService,
					Find: func(context.Context, starters.Want[thing]) (starters.Seen, error) {
						return starters.Seen{Target: find()}, nil
					},
					Start: func(context.Context, starters.Want[thing], starters.Seen) (lro.Operation, error) {
						there = true
						starts++
						if row.lost {
							return lro.Operation{}, context.DeadlineExceeded
						}
						return lro.Operation{Done: true, Response: large}, nil
					},
				},
				"acme.Delete": starters.Remover{
					Service: libraryService,
					Find:    func(context.Context, string, string) (*starters.Resource, error) { return find(), nil },
					Remove: func(context.Context, string) (lro.Operation, error) {
						there = false
						return lro.Operation{}, nil
					},
				},
			})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					return row.run(ctx, saga, workflows.Step[thing]{Activity: "acme.Create", Undo: "acme.Delete", Target: "things/t"})
				})
			})
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeResultTooLarge, lro.CodeUnknown)
			if there || starts != 1 {
				t.Errorf("%s: after %d starts the thing is left: %t", row.reason, starts, there)
			}
		})
	}
}
