package google_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// part is a step of a set over services.
type part struct {
	host   string
	method testsuite.Method
	target string
}

// plane is a resource of each form of operations.
var plane = []part{
	{lro.SpannerService, "CreateInstance", "projects/p/instances/i"},
	{"alloydb.googleapis.com", "alloydb.projects.locations.clusters.create", "projects/p/locations/l/clusters/c"},
	{"compute.googleapis.com", "compute.networks.insert", "projects/p/global/networks/n"},
	{"container.googleapis.com", "container.projects.locations.clusters.create", "projects/p/locations/l/clusters/c"},
	{"sqladmin.googleapis.com", "sql.instances.insert", "projects/p/instances/i"},
	{"bigtableadmin.googleapis.com", "bigtableadmin.projects.instances.create", "projects/p/instances/i"},
}

// step is the step that makes the resource.
func (p part) step() workflows.Step[resource] {
	if p.host == lro.SpannerService {
		return workflows.Step[resource](spanner.CreateInstance(p.target, spanner.Instance{}))
	}
	return google.Start[resource](string(p.method), p.target, nil)
}

// planeEnv is an environment of all services, in which each operation runs for 20 min, but for the one at index odd,
// which has a script and faults of its own.
func planeEnv(t *testing.T, odd int, script testsuite.Script, faults ...testsuite.Fault) *testsuite.Env {
	t.Helper()
	var options []testsuite.Options
	for i, p := range plane {
		o := testsuite.Options{Service: p.host, Plans: map[testsuite.Method][]testsuite.Script{p.method: {{RunsFor: 20 * time.Minute}}}}
		if i == odd {
			o.Plans[p.method], o.Faults = []testsuite.Script{script}, faults
		}
		options = append(options, o)
	}
	return testsuite.NewEnv(t, options...)
}

// provisionPlane makes all of it side by side in a saga, and checks each result.
func provisionPlane(ctx workflow.Context) error {
	return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
		var steps []workflows.Step[resource]
		for _, p := range plane {
			steps = append(steps, p.step())
		}
		made, err := workflows.RunEach(ctx, saga, steps...)
		for i, one := range made {
			if err == nil && (one.Name == "" || !strings.HasSuffix(plane[i].target, one.Name)) {
				return fmt.Errorf("the result of %s is %q", plane[i].method, one.Name)
			}
		}
		return err
	})
}

// A set over services of all forms is made as a whole, or undone as a whole, whichever of them goes wrong.
func TestRunAllOverServices(t *testing.T) {
	t.Parallel()
	minute := testsuite.Script{RunsFor: time.Minute}
	for odd, p := range plane {
		rows := map[string]struct {
			reason  string
			script  testsuite.Script
			faults  []testsuite.Fault
			cancel  bool
			failure lro.FailureType // "" for none
		}{
			"succeeds":   {reason: "all are made", script: minute},
			"reply lost": {reason: "its operation is found", script: minute, faults: []testsuite.Fault{testsuite.LostReply().On(p.method).Times(1)}},
			"fails":      {reason: "the others are canceled, and undone", script: testsuite.Script{RunsFor: time.Minute, End: testsuite.Fail(lro.CodeInternal, "no")}, failure: lro.TypeOperationFailed},
			"refused":    {reason: "the others may be started already", script: minute, faults: []testsuite.Fault{testsuite.PermissionDenied().On(p.method)}, failure: lro.TypeStartFailed},
			"canceled":   {reason: "so is each operation", script: testsuite.Script{RunsFor: 30 * time.Minute}, cancel: true},
		}
		for name, row := range rows {
			t.Run(string(p.method)+"/"+name, func(t *testing.T) {
				t.Parallel()
				env := planeEnv(t, odd, row.script, row.faults...)
				if row.cancel {
					env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Minute)
				}
				env.ExecuteWorkflow(provisionPlane)
				err := env.GetWorkflowError()
				if failure, _ := lro.AsFailure(err); failure.Type != row.failure && !row.cancel || temporal.IsCanceledError(err) != row.cancel {
					t.Errorf("%s: %v", row.reason, err)
				}
				for _, p := range plane {
					if err == nil {
						env.On(p.host).AssertReady(t, p.target)
						env.On(p.host).AssertStarted(t, p.method, p.target, 1)
					}
				}
				if err != nil {
					env.AssertNothingLeft(t)
				}
			})
		}
	}
}

// Two steps of a set that make the same under names of their own are one success and one failure, and the undo leaves
// nothing.
func TestRunAllTheSameTwice(t *testing.T) {
	t.Parallel()
	for i, p := range plane {
		t.Run(string(p.method), func(t *testing.T) {
			t.Parallel()
			env := planeEnv(t, i, testsuite.Script{RunsFor: 5 * time.Minute})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					one, two := p.step(), p.step()
					two.Name = "the same again"
					return workflows.RunAll(ctx, saga, one, two)
				})
			})
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeStartFailed, lro.CodeAlreadyExists)
			env.On(p.host).AssertStarted(t, p.method, p.target, 1)
			env.AssertNothingLeft(t)
		})
	}
}

// A step that is run twice without a saga, which would refuse the second one's name, changes twice.
func TestSameNameWithoutASaga(t *testing.T) {
	t.Parallel()
	rows := map[string]struct{ host, method, target string }{
		"requestId":          {"alloydb.googleapis.com", "alloydb.projects.locations.clusters.patch", "projects/p/locations/l/clusters/c"},
		"requestId, Compute": {"compute.googleapis.com", "compute.networks.patch", "projects/p/global/networks/n"},
		"metadata":           {"redis.googleapis.com", "redis.projects.locations.instances.patch", "projects/p/locations/l/instances/i"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := testsuite.NewEnv(t, testsuite.Options{
				Service: row.host, Plans: map[testsuite.Method][]testsuite.Script{testsuite.Method(row.method): {{RunsFor: 5 * time.Minute}}},
			})
			env.Put(row.target, nil)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				for _, size := range []int{1, 2, 3} {
					step := google.Start[struct{}](row.method, row.target, map[string]any{"size": size})
					if _, err := workflows.Run(ctx, nil, step); err != nil {
						return err
					}
				}
				return nil
			})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			env.AssertStarted(t, testsuite.Method(row.method), row.target, 3)
			var got struct{ Size int }
			if env.Resource(row.target, &got); got.Size != 3 {
				t.Errorf("the last change is %d", got.Size)
			}
		})
	}
}
