package google_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// inTurn runs steps one after the other.
func inTurn(ctx workflow.Context, saga *workflows.Saga, steps ...workflows.Step[struct{}]) error {
	for _, step := range steps {
		if _, err := workflows.Run(ctx, saga, step); err != nil {
			return err
		}
	}
	return nil
}

// together runs them side by side.
func together(ctx workflow.Context, saga *workflows.Saga, steps ...workflows.Step[struct{}]) error {
	_, err := workflows.RunEach(ctx, saga, steps...)
	return err
}

// Two changes of one cluster in a saga have names of their own if their masks differ. Changes of one name are refused
// before the second one is sent, and the refusal names both.
func TestChangesOfOneTarget(t *testing.T) {
	t.Parallel()
	const patch, cluster = "alloydb.projects.locations.clusters.patch", "projects/p/locations/l/clusters/c"
	change := func(mask ...string) workflows.Step[struct{}] {
		return google.StartRequest[struct{}](patch, cluster, google.Request{
			Body: map[string]any{"displayName": "c", "annotations": map[string]any{"a": "b"}}, UpdateMask: mask,
		}).WithoutUndo()
	}
	named := func(name string, step workflows.Step[struct{}]) workflows.Step[struct{}] {
		step.Name = name
		return step
	}
	rows := map[string]struct {
		reason  string
		run     func(workflow.Context, *workflows.Saga, ...workflows.Step[struct{}]) error
		steps   []workflows.Step[struct{}]
		started int
		refused []string // texts of the refusal
	}{
		"other fields":            {"the mask is part of the name", inTurn, []workflows.Step[struct{}]{change("displayName"), change("annotations")}, 2, nil},
		"the same fields":         {"their keys would be equal", inTurn, []workflows.Step[struct{}]{change("displayName"), change("displayName")}, 1, []string{patch + " " + cluster + " displayName", "of the saga before", "/operations/operation-", "a Name of its own"}},
		"no mask":                 {"nothing tells them apart", inTurn, []workflows.Step[struct{}]{change(), change()}, 1, []string{patch + " " + cluster, "of the saga before"}},
		"names of their own":      {"as the refusal asks", inTurn, []workflows.Step[struct{}]{change("displayName"), named("again", change("displayName"))}, 2, nil},
		"the same, side by side":  {"nothing is sent", together, []workflows.Step[struct{}]{change("displayName"), change("annotations"), change("displayName")}, 0, []string{"steps[0]", "steps[2]", "a Name of its own"}},
		"other names, in the way": {"one waits for the other", together, []workflows.Step[struct{}]{change("displayName"), change("annotations")}, 2, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{
				Service: "alloydb.googleapis.com", Plans: map[testsuite.Method][]testsuite.Script{patch: {{RunsFor: time.Minute}}},
			})
			env.Put(cluster, nil)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					return row.run(ctx, saga, row.steps...)
				})
			})
			err := env.GetWorkflowError()
			if (err == nil) != (row.refused == nil) {
				t.Errorf("%s: %v", row.reason, err)
			}
			if row.refused != nil {
				failure := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
				for _, text := range row.refused {
					if failure.Field != "step.name" || !strings.Contains(failure.Reason, text) {
						t.Errorf("%s: %s is refused with %q, want %q in it", row.reason, failure.Field, failure.Reason, text)
					}
				}
			}
			env.AssertStarted(t, patch, cluster, row.started)
		})
	}
}
