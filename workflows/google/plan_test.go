package google_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// A plan says what a saga would do, and starts nothing.
func TestPlan(t *testing.T) {
	t.Parallel()
	const (
		cluster = "projects/p/locations/l/clusters/c"
		taken   = "projects/p/locations/l/clusters/taken"
	)
	env := testsuite.NewEnv(t,
		testsuite.Options{Service: "alloydb.googleapis.com", Faults: []testsuite.Fault{
			testsuite.FailWith(lro.CodeInvalidArgument, "no such network").On("alloydb.projects.locations.backups.create"),
			testsuite.Unavailable().On("alloydb.projects.locations.clusters.create").Times(1),
		}},
		testsuite.Options{Service: "compute.googleapis.com"})
	env.On("alloydb.googleapis.com").Put(taken, nil)
	env.On("compute.googleapis.com").Put("projects/p/global/networks/taken", nil)
	env.ExecuteWorkflow(func(ctx workflow.Context) (workflows.Plan, error) {
		own := google.Start[struct{}]("alloydb.projects.locations.clusters.promote", taken, nil)
		own = own.UndoneBy(func(workflow.Context, lro.Outcome) error { return nil })
		return workflows.PlanSteps(ctx, true,
			google.Start[struct{}]("alloydb.projects.locations.clusters.create", cluster, nil),
			google.Start[struct{}]("alloydb.projects.locations.clusters.instances.create", cluster+"/instances/i", nil),
			google.Start[struct{}]("alloydb.projects.locations.backups.create", "projects/p/locations/l/backups/b", nil),
			google.Start[struct{}]("compute.networks.insert", "projects/p/global/networks/n", nil),
			google.Start[struct{}]("compute.networks.insert", "projects/p/global/networks/taken", nil),
			google.Start[struct{}]("alloydb.projects.locations.clusters.create", taken, nil),
			own)
	})
	var plan workflows.Plan
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if err := env.GetWorkflowResult(&plan); err != nil {
		t.Fatal(err)
	}
	want := `alloydb.projects.locations.clusters.create projects/p/locations/l/clusters/c
    checked; not there; undone by a delete; found again by: requestId
alloydb.projects.locations.clusters.instances.create projects/p/locations/l/clusters/c/instances/i
    not checked: an earlier step makes what it needs; not there; undone by a delete; found again by: requestId
alloydb.projects.locations.backups.create projects/p/locations/l/backups/b
    would be refused: INVALID_ARGUMENT: no such network; not there; undone by a delete; found again by: requestId
compute.networks.insert projects/p/global/networks/n
    not checked: the method has no validateOnly; not there; undone by a delete; found again by: requestId
compute.networks.insert projects/p/global/networks/taken
    would be refused: ALREADY_EXISTS; exists; undone by a delete; found again by: requestId
alloydb.projects.locations.clusters.create projects/p/locations/l/clusters/taken
    would be refused: ALREADY_EXISTS; exists; undone by a delete; found again by: requestId
alloydb.projects.locations.clusters.promote projects/p/locations/l/clusters/taken
    checked; exists; an undo of its own; found again by: requestId
`
	if diff := cmp.Diff(want, plan.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, service := range []string{"alloydb.googleapis.com", "compute.googleapis.com"} {
		if refs := env.On(service).Refs(); len(refs) != 0 {
			t.Errorf("a plan started %v", refs)
		}
	}
}

// What is refused before anything is sent is the plan's error.
func TestPlanRefused(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Service: "alloydb.googleapis.com"})
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		_, err := workflows.PlanSteps(ctx, true, google.Start[struct{}]("alloydb.projects.locations.clusters.promote", "projects/p/locations/l/clusters/c", nil))
		return err
	})
	err := env.GetWorkflowError()
	testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
	if !strings.Contains(err.Error(), "give an undo") {
		t.Errorf("%v", err)
	}
}
