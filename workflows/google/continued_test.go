package google_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// change starts a change of the key, until it is started.
func change(ctx workflow.Context, in starters.StartInput) (out starters.StartOutput, err error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range 20 {
		if err = workflow.ExecuteActivity(ctx, names.Start, in).Get(ctx, &out); err != nil || out.Found {
			return out, err
		}
		in.Known, out = out.Again.Known, starters.StartOutput{}
		_ = workflow.Sleep(ctx, 5*time.Second)
	}
	return out, errNotStarted
}

// Three runs of a workflow that continues as new make three changes, though their key is one: of a service that takes
// a request id and of one that does not, one after the other and after a lost reply. A reset of the third makes none.
func TestChangesOfContinuedRuns(t *testing.T) {
	t.Parallel()
	methods := map[testsuite.Method]struct{ service, target string }{
		"alloydb.projects.locations.clusters.patch":             {"alloydb.googleapis.com", "projects/p/locations/l/clusters/c"},
		"redis.projects.locations.instances.failover":           {"redis.googleapis.com", "projects/p/locations/l/instances/i"},
		"alloydb.projects.locations.clusters.instances.restart": {"alloydb.googleapis.com", "projects/p/locations/l/clusters/c/instances/i"},
		"compute.subnetworks.patch":                             {"compute.googleapis.com", "projects/p/regions/r/subnetworks/s"},
	}
	faults := map[string][]testsuite.Fault{"": nil, "lost": {testsuite.LostReply().Times(0)}}
	for method, m := range methods {
		faults["lost"] = []testsuite.Fault{testsuite.LostReply().On(method).Times(1)}
		for name, fault := range faults {
			t.Run(string(method)+name, func(t *testing.T) {
				t.Parallel()
				env := testsuite.NewEnv(t, testsuite.Options{
					Service: m.service, OwnForm: true, Faults: fault,
					Plans: map[testsuite.Method][]testsuite.Script{method: {{RunsFor: time.Second}}},
				})
				env.Put(m.target, nil)
				env.ExecuteWorkflow(func(ctx workflow.Context) error { return threeRuns(ctx, string(method), m.target) })
				if err := env.GetWorkflowError(); err != nil {
					t.Error(err)
				}
				env.AssertStarted(t, method, m.target, 3)
			})
		}
	}
}

// threeRuns makes the same change in each run, and once more after a reset of the last one.
func threeRuns(ctx workflow.Context, method, target string) error {
	in := starters.StartInput{Target: target, Method: method, Key: "mine", Since: workflow.Now(ctx)}
	var last lro.Ref
	for run := range 3 {
		if run > 0 {
			in.Retried, in.ChangesSince = true, workflow.Now(ctx)
		}
		out, err := change(ctx, in)
		if err != nil {
			return err
		}
		last = out.Ref
		_ = workflow.Sleep(ctx, 2*time.Minute)
	}
	in.ChangesRetried = true
	out, err := change(ctx, in)
	if err == nil && out.Ref != last {
		return errNotStarted
	}
	return err
}
