package testsuite_test

import (
	"testing"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// made is a resource of any service that the saga makes.
type made struct {
	service, name string
	method        testsuite.Method
	body          map[string]any
}

// plane has a resource of each form of operations, each in its own service.
var plane = []made{
	{"compute.googleapis.com", "projects/p/global/addresses/a", "compute.globalAddresses.insert", map[string]any{"prefixLength": 16}},
	{"alloydb.googleapis.com", cluster, createCluster, map[string]any{"network": "n"}},
	{"sqladmin.googleapis.com", "projects/p/instances/i", "sql.instances.insert", map[string]any{"databaseVersion": "POSTGRES_18"}},
	{"container.googleapis.com", cluster, "container.projects.locations.clusters.create", map[string]any{"initialNodeCount": 1}},
	{"bigtableadmin.googleapis.com", "projects/p/instances/i", "bigtableadmin.projects.instances.create", map[string]any{"displayName": "d"}},
	{"memorystore.googleapis.com", place + "/instances/m", "memorystore.projects.locations.instances.create", map[string]any{"shardCount": 1}},
}

// A saga over services of every form, whose first replies are lost: each method starts one operation, and
// the undo leaves nothing.
func TestSagaOverServices(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		fault  testsuite.Fault
		fails  bool
	}{
		"succeeds":      {"each reply is lost once", testsuite.LostReply().Times(1), false},
		"fails":         {"all is undone", testsuite.LostReply().Times(1), true},
		"before it":     {"the first request of each does not arrive", testsuite.DroppedConnection().Times(1), false},
		"unavailable":   {"each is refused twice", testsuite.Unavailable().Times(2), true},
		"reply is cut":  {"within the body", testsuite.CutReply().Times(1), true},
		"undisturbed":   {"nothing goes wrong", testsuite.Fault{}, false},
		"undone at end": {"nothing goes wrong before", testsuite.Fault{}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var options []testsuite.Options
			for _, m := range plane {
				options = append(options, testsuite.Options{
					Service: m.service, Faults: []testsuite.Fault{tt.fault.On(m.method)},
					Plans: map[testsuite.Method][]testsuite.Script{m.method: {{RunsFor: 10 * minute}}},
				})
			}
			env := testsuite.NewEnv(t, options...)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					for _, m := range plane {
						if _, err := workflows.Run(ctx, saga, google.Start[map[string]any](string(m.method), m.name, m.body)); err != nil {
							return err
						}
					}
					if tt.fails {
						return temporal.NewApplicationError("no", "Test")
					}
					return nil
				})
			})
			err := env.GetWorkflowError()
			if (err != nil) != tt.fails {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			for _, m := range plane {
				env.On(m.service).AssertStarted(t, m.method, m.name, 1)
				if !tt.fails {
					env.On(m.service).AssertReady(t, m.name)
				}
			}
			if tt.fails {
				env.AssertNothingLeft(t)
			}
		})
	}
}

// Steps side by side that a service refuses side by side wait for each other.
func TestSagaInTheWay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		service string
		parent  string
		method  testsuite.Method
		targets []string
	}{
		"sql": {
			"409 operationInProgress", "sqladmin.googleapis.com", "projects/p/instances/i",
			"sql.databases.insert", []string{"projects/p/instances/i/databases/a", "projects/p/instances/i/databases/b"},
		},
		"container": {
			"FAILED_PRECONDITION names the operation", "container.googleapis.com", cluster,
			"container.projects.locations.clusters.nodePools.create", []string{cluster + "/nodePools/a", cluster + "/nodePools/b"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{
				Service: tt.service, Plans: map[testsuite.Method][]testsuite.Script{tt.method: {{RunsFor: 5 * minute}}},
			})
			env.Put(tt.parent, nil)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				var steps []workflows.AnyStep
				for _, target := range tt.targets {
					steps = append(steps, google.Start[struct{}](string(tt.method), target, nil))
				}
				return workflows.RunAll(ctx, nil, steps...)
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			env.AssertReady(t, tt.targets...)
			for _, target := range tt.targets {
				env.AssertStarted(t, tt.method, target, 1)
			}
			if calls := env.Count(tt.method); calls < 3 {
				t.Errorf("%d calls: nothing was in the way", calls)
			}
		})
	}
}
