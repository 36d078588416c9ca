package google_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

// resource are the fields that the tests read of what a step has made.
type resource struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
}

// class is a method of an exactness class.
type class struct {
	method   string
	target   string
	above    string // a resource that the target is in; "" for none
	exact    catalog.Exactness
	unlisted bool // its service lists no operations, and the resource has no state: nothing tells that one runs
}

// classes has a method of each class and form of operations that can be undone.
var classes = map[string]class{
	"requestId and label":          {method: "alloydb.projects.locations.clusters.create", target: "projects/p/locations/l/clusters/c", exact: catalog.ByRequestID},
	"requestId alone, Compute":     {method: "compute.networks.insert", target: "projects/p/global/networks/n", exact: catalog.ByRequestID},
	"requestId, in a resource":     {method: "alloydb.projects.locations.clusters.instances.create", target: "projects/p/locations/l/clusters/c/instances/i", above: "projects/p/locations/l/clusters/c", exact: catalog.ByRequestID},
	"label":                        {method: "redis.projects.locations.instances.create", target: "projects/p/locations/l/instances/i", exact: catalog.ByLabel},
	"label, GKE":                   {method: "container.projects.locations.clusters.create", target: "projects/p/locations/l/clusters/c", exact: catalog.ByLabel},
	"label, Cloud SQL":             {method: "sql.instances.insert", target: "projects/p/instances/i", exact: catalog.ByLabel},
	"own id and metadata":          {method: "bigtableadmin.projects.instances.clusters.create", target: "projects/p/instances/i/clusters/c", above: "projects/p/instances/i", exact: catalog.ByIDAndMetadata},
	"own id and metadata, a pool":  {method: "container.projects.locations.clusters.nodePools.create", target: "projects/p/locations/l/clusters/c/nodePools/n", above: "projects/p/locations/l/clusters/c", exact: catalog.ByIDAndMetadata},
	"own id and age":               {method: "apikeys.projects.locations.keys.create", target: "projects/p/locations/global/keys/k", exact: catalog.ByIDAndAge, unlisted: true},
	"own id, and age of operation": {method: "firestore.projects.databases.create", target: "projects/p/databases/d", exact: catalog.ByIDAndAge},
}

// withoutName is a class whose resource has its id in clusterName, and no name. Nothing is known of the metadata of
// its operations.
var withoutName = class{method: "dataproc.projects.regions.clusters.create", target: "projects/p/regions/r/clusters/c", exact: catalog.ByRequestID}

// host is the service of a class's method.
func (c class) host(t *testing.T) string {
	t.Helper()
	m, err := catalog.Find(c.method)
	if err != nil {
		t.Fatal(err)
	}
	if m.Exactness != c.exact {
		t.Errorf("%s is of class %q, want %q", c.method, m.Exactness, c.exact)
	}
	return m.Service.Host
}

// env is an environment of the class's service, with faults of its calls.
func (c class) env(t *testing.T, script testsuite.Script, faults ...testsuite.Fault) *testsuite.Env {
	t.Helper()
	host := c.host(t)
	env := testsuite.NewEnv(t, testsuite.Options{
		Service: host, Faults: faults,
		Plans: map[testsuite.Method][]testsuite.Script{testsuite.Method(c.method): {script}},
	})
	if c.above != "" {
		env.On(host).Put(c.above, nil)
	}
	return env
}

// provision runs the class's step in a saga, and fails after it if the test says so.
func provision(c class, fail bool) func(ctx workflow.Context) (resource, error) {
	return func(ctx workflow.Context) (made resource, err error) {
		err = workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
			made, err = workflows.Run(ctx, saga, google.Start[resource](c.method, c.target, map[string]any{"description": "d"}))
			if err == nil && fail {
				err = errFail
			}
			return err
		})
		return made, err
	}
}

var errFail = &lro.InvalidError{Field: "test", Want: "an undo"}

// startFault is what happens to the call that starts an operation.
type startFault struct {
	reason string
	faults []testsuite.Fault
}

func startFaults(method testsuite.Method) map[string]startFault {
	return map[string]startFault{
		"none":               {"the step runs, at all", nil},
		"reply lost":         {"the call has acted", []testsuite.Fault{testsuite.LostReply().On(method).Times(1)}},
		"cut before":         {"the call has not acted", []testsuite.Fault{testsuite.DroppedConnection().On(method).Times(1)}},
		"cut after":          {"the call has acted, and half of the reply came", []testsuite.Fault{testsuite.CutReply().On(method).Times(1)}},
		"503 then success":   {"a front end gives up", []testsuite.Fault{testsuite.Unavailable().On(method).Times(2)}},
		"replies lost twice": {"the second attempt's, too", []testsuite.Fault{testsuite.LostReply().On(method).Times(2)}},
		"a page for a reply": {"a proxy answers for the service", []testsuite.Fault{testsuite.HTMLPage(200).On(method).Times(1)}},
		"slow":               {"the attempt ends before its reply", []testsuite.Fault{testsuite.Slow(2 * time.Minute).On(method).Times(1)}},
	}
}

// One operation is started whatever happens to the call, and its result is the resource.
func TestStartFaults(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		method := testsuite.Method(c.method)
		for fault, tt := range startFaults(method) {
			t.Run(name+"/"+fault, func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute}, tt.faults...)
				env.ExecuteWorkflow(provision(c, false))
				if err := env.GetWorkflowError(); err != nil {
					t.Fatalf("%s: %v", tt.reason, err)
				}
				var made resource
				if err := env.GetWorkflowResult(&made); err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(c.target, made.Name) || made.Name == "" {
					t.Errorf("%s: the result is %+v", tt.reason, made)
				}
				env.AssertStarted(t, method, c.target, 1)
				if !c.unlisted {
					env.AssertReady(t, c.target)
				}
			})
		}
	}
}

// So it is of a call that makes nothing, whose operation alone tells of its target and time.
func TestChangeFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]class{
		"metadata":           {method: "memcache.projects.locations.instances.patch", target: "projects/p/locations/l/instances/i", exact: catalog.ByMetadata},
		"metadata, a delete": {method: "file.projects.locations.instances.delete", target: "projects/p/locations/l/instances/i", exact: catalog.ByMetadata},
		"metadata, a verb":   {method: "composer.projects.locations.environments.checkUpgrade", target: "projects/p/locations/l/environments/e", exact: catalog.ByMetadata},
		"metadata, GKE":      {method: "container.projects.locations.clusters.completeIpRotation", target: "projects/p/locations/l/clusters/c", exact: catalog.ByMetadata},
		"age":                {method: "firestore.projects.databases.exportDocuments", target: "projects/p/databases/d", exact: catalog.ByAge},
		"age, of a data set": {method: "healthcare.projects.locations.datasets.deidentify", target: "projects/p/locations/l/datasets/d", exact: catalog.ByAge},
	} {
		method := testsuite.Method(c.method)
		for fault, tt := range startFaults(method) {
			t.Run(name+"/"+fault, func(t *testing.T) {
				t.Parallel()
				env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute}, tt.faults...)
				env.Put(c.target, nil)
				env.ExecuteWorkflow(func(ctx workflow.Context) error {
					_, err := workflows.Run(ctx, nil, google.Start[any](c.method, c.target, nil))
					return err
				})
				if err := env.GetWorkflowError(); err != nil {
					t.Fatalf("%s: %v", tt.reason, err)
				}
				env.AssertStarted(t, method, c.target, 1)
			})
		}
	}
}

// An operation that has failed before the step has seen it is the step's, and is not started again.
func TestFailsUnheard(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		if c.unlisted {
			continue // nothing tells that one was started
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := testsuite.Method(c.method)
			script := testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")}
			// The call acts, and the attempt ends before the reply, as if its worker died.
			unheard := []testsuite.Fault{testsuite.LostReply().On(method).Times(1), testsuite.Slow(2 * time.Minute).On(method).Times(1)}
			env := c.env(t, script, unheard...)
			env.ExecuteWorkflow(provision(c, false))
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationFailed, lro.CodeInternal)
			env.AssertStarted(t, method, c.target, 1)
		})
	}
}

// The undo deletes what the step made, and leaves nothing; also after a lost reply.
func TestUndo(t *testing.T) {
	t.Parallel()
	all := maps.Clone(classes)
	all["requestId, without a name"] = withoutName
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: time.Minute}, testsuite.LostReply().On(testsuite.Method(c.method)).Times(1))
			env.ExecuteWorkflow(provision(c, true))
			if err := env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "an undo") {
				t.Errorf("the workflow ended in %v", err)
			}
			env.AssertStarted(t, testsuite.Method(c.method), c.target, 1)
			if env.Exists(c.target) {
				t.Errorf("%s is left", c.target)
			}
			env.AssertNoneRunning(t)
		})
	}
}

// A stranger's resource of the name fails the step, and is not deleted.
func TestStranger(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: time.Minute})
			env.Put(c.target, map[string]any{"labels": map[string]any{"team": "other"}})
			env.ExecuteWorkflow(provision(c, true))
			testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeStartFailed, lro.CodeAlreadyExists)
			env.AssertStarted(t, testsuite.Method(c.method), c.target, 0)
			env.AssertReady(t, c.target)
		})
	}
}

// A cancel while the operation runs leaves nothing behind.
func TestCanceled(t *testing.T) {
	t.Parallel()
	for name, c := range classes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute}, testsuite.LostReply().On(testsuite.Method(c.method)).Times(1))
			env.RegisterDelayedCallback(env.CancelWorkflow, time.Second)
			env.ExecuteWorkflow(provision(c, false))
			if env.GetWorkflowError() == nil && !env.Exists(c.target) {
				t.Error("the workflow succeeded, and its resource is gone")
			}
			if !c.unlisted {
				env.AssertNoneRunning(t)
			}
			if env.GetWorkflowError() != nil && env.Exists(c.target) {
				t.Errorf("%s is left after %v", c.target, env.GetWorkflowError())
			}
			if n := len(env.Started(testsuite.Method(c.method), c.target)); n > 1 {
				t.Errorf("%d operations were started", n)
			}
		})
	}
}

// What a saga could not undo is refused before anything is sent, unless the step says what its undo is.
func TestUndoUnknown(t *testing.T) {
	t.Parallel()
	const cluster = "projects/p/locations/l/clusters/c"
	without := workflows.Step[struct{}].WithoutUndo
	compensated := func(s workflows.Step[struct{}]) workflows.Step[struct{}] {
		return s.UndoneBy(func(workflow.Context, lro.Outcome) error { return nil })
	}
	alone := func(s workflows.Step[struct{}]) workflows.Step[struct{}] {
		s.Compensate = func(workflow.Context, lro.Outcome) error { return nil }
		return s
	}
	tests := []struct {
		reason  string
		method  string
		target  string
		change  func(workflows.Step[struct{}]) workflows.Step[struct{}]
		refused string
	}{
		{"a verb makes nothing that could be deleted", "alloydb.projects.locations.clusters.promote", cluster, nil, "it makes no resource"},
		{"an update, too", "alloydb.projects.locations.clusters.patch", cluster, nil, "it makes no resource"},
		{"the service chooses the id", "sql.backupRuns.insert", "projects/p/instances/i/backupRuns", nil, "the service chooses"},
		{"a build expires", "cloudbuild.projects.locations.builds.create", "projects/p/locations/l/builds", nil, "no delete of what it makes"},
		{"a Compensate comes before the delete, and does not replace it", "alloydb.projects.locations.clusters.patch", cluster, alone, "give it to UndoneBy"},
		{"an undo would not help", "firebase.projects.webApps.create", "projects/p/webApps", nil, "where the id stands"},
		{"there is nothing to undo, the step says", "alloydb.projects.locations.clusters.promote", cluster, without, ""},
		{"the step has its own undo", "alloydb.projects.locations.clusters.patch", cluster, compensated, ""},
		{"a delete cannot be undone, and need not be", "alloydb.projects.locations.clusters.delete", cluster, without, ""},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			host := class{method: tt.method, exact: exactnessOf(t, tt.method)}.host(t)
			env := testsuite.NewEnv(t, testsuite.Options{Service: host})
			if strings.HasSuffix(tt.target, "/c") {
				env.Put(tt.target, nil)
			}
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) error {
					step := google.Start[struct{}](tt.method, tt.target, nil)
					if tt.change != nil {
						step = tt.change(step)
					}
					_, err := workflows.Run(ctx, saga, step)
					return err
				})
			})
			err := env.GetWorkflowError()
			if tt.refused == "" {
				if err != nil {
					t.Error(err)
				}
				env.AssertStarted(t, testsuite.Method(tt.method), "", 1)
				return
			}
			testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if !strings.Contains(err.Error(), tt.refused) || !strings.Contains(tt.refused, "id stands") && !strings.Contains(err.Error(), "WithoutUndo") {
				t.Errorf("it says %v, want %q and what to do", err, tt.refused)
			}
			if calls := env.Calls(); len(calls) != 0 {
				t.Errorf("%d requests were sent", len(calls))
			}
		})
	}
}

func exactnessOf(t *testing.T, method string) catalog.Exactness {
	t.Helper()
	m, err := catalog.Find(method)
	if err != nil {
		t.Fatal(err)
	}
	return m.Exactness
}

// A cluster that holds an instance is deleted if the step says so, and only then.
func TestForceUndo(t *testing.T) {
	t.Parallel()
	const cluster, create = "projects/p/locations/l/clusters/c", "alloydb.projects.locations.clusters.create"
	for _, force := range []bool{false, true} {
		env := testsuite.NewEnv(t, testsuite.Options{Service: "alloydb.googleapis.com"})
		env.ExecuteWorkflow(func(ctx workflow.Context) error {
			return workflows.WithSaga(ctx, workflows.SagaOptions{UndoWindow: time.Hour}, func(ctx workflow.Context, saga *workflows.Saga) error {
				step := google.Start[struct{}](create, cluster, nil)
				step.ForceUndo = force
				if _, err := workflows.Run(ctx, saga, step); err != nil {
					return err
				}
				inside := google.Start[struct{}]("alloydb.projects.locations.clusters.instances.create", cluster+"/instances/i", nil)
				if _, err := workflows.Run(ctx, nil, inside); err != nil { // of somebody else's, as far as the saga knows
					return err
				}
				return errFail
			})
		})
		if env.Exists(cluster) == force {
			t.Errorf("force %t: exists is %t, %v", force, !force, env.GetWorkflowError())
		}
	}
}
