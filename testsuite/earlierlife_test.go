package testsuite_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// A database was made and dropped, and its operation is still listed. The reply of the next
// CreateDatabase is lost, and lists show its operation late: the step waits for its own.
func TestCreateAfterEarlierLife(t *testing.T) {
	t.Parallel()
	const orders = "projects/p/instances/i/databases/orders"
	env := testsuite.NewEnv(t, testsuite.Options{
		Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {
			{RunsFor: time.Minute},
			{RunsFor: 10 * time.Minute, HiddenFor: 30 * time.Second},
		}},
		Faults: []testsuite.Fault{testsuite.LostReply().On("CreateDatabase").Calls(2, 2)},
	})
	env.Put("projects/p/instances/i", map[string]any{"processingUnits": 100})
	var first, second workflows.StepOutcome
	runs := 0
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		_ = createThenFail(ctx, spanner.CreateDatabase(orders, spanner.DatabaseOptions{}), &first, func() {})
		_ = workflow.Sleep(ctx, 24*time.Hour)
		return createThenFail(ctx, spanner.CreateDatabase(orders, spanner.DatabaseOptions{}), &second, func() { runs = len(env.Running()) })
	})
	if first.Ref == second.Ref || !second.Adopted {
		t.Errorf("the step ended with %s (adopted %t); the operation of the earlier life is %s", second.Ref, second.Adopted, first.Ref)
	}
	if runs != 0 || env.Exists(orders) {
		t.Errorf("%d operations ran after the step; the database is left: %t", runs, env.Exists(orders))
	}
}

// createThenFail runs a step in a saga that fails, so that the step is undone.
func createThenFail[T any](ctx workflow.Context, step workflows.Step[T], outcome *workflows.StepOutcome, then func()) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		step.Outcome = outcome
		if _, err := workflows.Run(ctx, saga, step); err != nil {
			return err
		}
		then()
		return errors.New("something later fails")
	})
}

// thing is a resource of an API that has labels and times.
type thing struct {
	Name       string            `json:"name,omitempty"`
	Labels     map[string]string `json:"labels,omitempty"`
	CreateTime time.Time         `json:"createTime,omitzero"`
}

func (th *thing) seen(key string) *starters.Resource {
	if th == nil {
		return nil
	}
	raw, _ := json.Marshal(th) // a struct of strings and a time
	return &starters.Resource{Owner: starters.OwnerByLabel(th.Labels, key), CreateTime: th.CreateTime, JSON: raw}
}

// The same with a starter of the caller's own: the undo deletes what the step has made.
func TestOwnStarterAfterEarlierLife(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Service: libraryService})
	before := env.Now().Add(-48 * time.Hour)
	old, err := env.GetOperation(context.Background(), env.Start("operations/old", testsuite.Script{End: testsuite.Succeed(thing{CreateTime: before})}))
	if err != nil {
		t.Fatal(err)
	}
	var made *thing
	env.RegisterStarters(map[string]starters.Activity{
		"acme.Create": starters.Starter[thing]{
			Service: libraryService,
			Find: func(_ context.Context, want starters.Want[thing]) (starters.Seen, error) {
				return starters.Seen{Target: made.seen(want.Key), Operations: []starters.Operation{{Operation: old, StartTime: before}}}, nil
			},
			Start: func(_ context.Context, want starters.Want[thing], _ starters.Seen) (lro.Operation, error) {
				made = &thing{Name: want.Target, Labels: map[string]string{starters.LabelKey: want.Key}, CreateTime: env.Now()}
				return lro.Operation{}, errors.New("connection reset by peer")
			},
		},
		"acme.Delete": starters.Remover{
			Service: libraryService,
			Find: func(_ context.Context, _, key string) (*starters.Resource, error) {
				return made.seen(key), nil
			},
			Remove: func(context.Context, string) (lro.Operation, error) {
				made = nil
				return lro.Operation{}, nil
			},
		},
	})
	var outcome workflows.StepOutcome
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		step := workflows.Step[thing]{Activity: "acme.Create", Undo: "acme.Delete", Target: "things/t", Request: thing{}}
		return createThenFail(ctx, step, &outcome, func() {})
	})
	if outcome.Ref.Name == old.Name || made != nil {
		t.Errorf("the step ended with %q; the thing is left: %t; %v", outcome.Ref.Name, made != nil, env.GetWorkflowError())
	}
}
