package google_test

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// Services of one form of names, and the resource that each has in these tests.
const (
	cloudSQL = "sqladmin.googleapis.com"
	bigtable = "bigtableadmin.googleapis.com"
	sameName = "projects/p/instances/i"
)

// sameNames is an environment of three services that each call a resource projects/p/instances/i.
func sameNames(t *testing.T) *testsuite.Env {
	t.Helper()
	return testsuite.NewEnv(t, testsuite.Options{}, testsuite.Options{Service: cloudSQL}, testsuite.Options{Service: bigtable})
}

// An operation that takes no cancel goes with its resource, if that is deleted. The resource of another service that has
// the same name is not that.
func TestUndoOfSameNames(t *testing.T) {
	t.Parallel()
	stuck := spanner.UpdateInstance(sameName, []string{"nodeCount"}, spanner.Instance{NodeCount: 2})
	rows := map[string]struct {
		reason string
		made   func(ctx workflow.Context, saga *workflows.Saga) error
		left   []string
	}{
		"Cloud SQL's": {"its delete does not end Spanner's operation", func(ctx workflow.Context, saga *workflows.Saga) error {
			_, err := workflows.Run(ctx, saga, google.Start[struct{}]("sql.instances.insert", sameName, nil))
			return err
		}, []string{"//spanner.googleapis.com/" + sameName}},
		"Spanner's": {"the operation ends with the instance", func(ctx workflow.Context, saga *workflows.Saga) error {
			_, err := workflows.Run(ctx, saga, spanner.CreateInstance(sameName, spanner.Instance{}))
			return err
		}, nil},
		"Spanner's, by the catalog's name": {"the service of an operation is the same, whatever has started it", func(ctx workflow.Context, saga *workflows.Saga) error {
			_, err := workflows.Run(ctx, saga, google.Start[struct{}]("spanner.projects.instances.create", sameName, nil))
			return err
		}, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := sameNames(t)
			if row.left != nil {
				env.Put(sameName, nil)
			}
			env.Plan("UpdateInstance", testsuite.Script{End: testsuite.RunForever(), OnCancel: testsuite.IgnoreCancel()})
			env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Minute)
			began := env.Now()
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					if err := row.made(ctx, saga); err != nil {
						return err
					}
					_, err := workflows.Run(ctx, saga, stuck)
					return err
				})
			})
			failure, _ := lro.AsFailure(env.GetWorkflowError())
			if (failure.Type == lro.TypeCompensationFailed) != (row.left != nil) || !slices.Equal(failure.Resources, row.left) {
				t.Errorf("%s: left %q, %v", row.reason, failure.Resources, env.GetWorkflowError())
			}
			if took := env.Now().Sub(began); (took > workflows.DefaultUndoWindow) != (row.left != nil) {
				t.Errorf("%s: it took %v", row.reason, took)
			}
			if env.On(cloudSQL).Exists(sameName) {
				t.Errorf("%s: Cloud SQL's is left", row.reason)
			}
		})
	}
}

// What is left of two services is named by its service if the names are equal, and told apart also where an operation
// could not be found.
func TestLeftOfSameNames(t *testing.T) {
	t.Parallel()
	const insert, create = "sql.instances.insert", "bigtableadmin.projects.instances.create"
	denied := testsuite.PermissionDenied()
	rows := map[string]struct {
		reason string
		other  string // target of Bigtable's
		lost   bool   // Cloud SQL's operation, and it cannot be looked for
		left   []string
	}{
		"equal names":      {"each is named in full", sameName, false, []string{"//" + bigtable + "/" + sameName, "//" + cloudSQL + "/" + sameName}},
		"different names":  {"a name says enough", sameName + "2", false, []string{sameName + "2", sameName}},
		"equal, not found": {"the method stands for the service", sameName, true, []string{"//" + bigtable + "/" + sameName, insert + " " + sameName}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := sameNames(t)
			env.On(cloudSQL).AddFaults(denied.On("sql.instances.delete"))
			env.On(bigtable).AddFaults(denied.On("bigtableadmin.projects.instances.delete"))
			if row.lost {
				env.On(cloudSQL).AddFaults(testsuite.LostReply().On(insert).Times(1), denied.On("sql.instances.get").Calls(2, 0), denied.On(testsuite.MethodList).Calls(2, 0))
			}
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					sql := google.Start[struct{}](insert, sameName, nil)
					err := workflows.RunAllWithOptions(ctx, saga, workflows.RunAllOptions{OnFailure: workflows.AwaitRest},
						sql, google.Start[struct{}](create, row.other, nil))
					if err == nil {
						err = errFail
					}
					return err
				})
			})
			failure := testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeCompensationFailed, lro.CodeUnknown)
			slices.Sort(failure.Resources)
			slices.Sort(row.left)
			if !slices.Equal(failure.Resources, row.left) {
				t.Errorf("%s: left %q, want %q", row.reason, failure.Resources, row.left)
			}
		})
	}
}

// A plan lets a service check a step on what is there, although an earlier step makes something of that name in another
// service.
func TestPlanOfSameNames(t *testing.T) {
	t.Parallel()
	const place = "projects/p/locations/l/clusters/c"
	rows := map[string]struct {
		reason  string
		first   string
		checked bool
	}{
		"another service": {"the cluster is there", "container.projects.locations.clusters.create", true},
		"the same":        {"the cluster is to be made", "alloydb.projects.locations.clusters.create", false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{Service: "alloydb.googleapis.com"}, testsuite.Options{Service: "container.googleapis.com"})
			if row.checked {
				env.Put(place, nil)
			}
			env.ExecuteWorkflow(func(ctx workflow.Context) (workflows.Plan, error) {
				return workflows.PlanSteps(ctx, true, google.Start[struct{}](row.first, place, nil),
					google.Start[struct{}]("alloydb.projects.locations.clusters.instances.create", place+"/instances/i", nil))
			})
			var plan workflows.Plan
			if err := env.GetWorkflowResult(&plan); err != nil {
				t.Fatal(err)
			}
			if plan[1].Checked != row.checked || plan[1].Refusal != nil {
				t.Errorf("%s: %s", row.reason, plan)
			}
		})
	}
}
