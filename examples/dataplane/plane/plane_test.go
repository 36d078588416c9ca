package plane_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

var in = plane.Input{Project: "projects/p", Location: "l", Network: "projects/1/global/networks/n", ID: "plane"}

// methods are the start methods of the workflow, by their service.
var methods = map[string][]testsuite.Method{
	"compute.googleapis.com":           {"compute.globalAddresses.insert"},
	"servicenetworking.googleapis.com": {"servicenetworking.services.connections.create"},
	"alloydb.googleapis.com":           {"alloydb.projects.locations.clusters.create", "alloydb.projects.locations.clusters.instances.create"},
	"sqladmin.googleapis.com":          {"sql.instances.insert"},
	"memorystore.googleapis.com":       {"memorystore.projects.locations.instances.create"},
	lro.SpannerService:                 {"CreateInstance", "CreateDatabase"},
}

// newEnv is an environment with the services, each of whose starts meets the fault and takes ten minutes.
func newEnv(t *testing.T, fault testsuite.Fault) *testsuite.Env {
	t.Helper()
	var options []testsuite.Options
	for service, starts := range methods {
		o := testsuite.Options{Service: service, Plans: map[testsuite.Method][]testsuite.Script{}}
		for _, method := range starts {
			o.Plans[method] = []testsuite.Script{{RunsFor: 10 * time.Minute}}
			o.Faults = append(o.Faults, fault.On(method))
		}
		options = append(options, o)
	}
	env := testsuite.NewEnv(t, options...)
	plane.Register(env)
	const networking = "servicenetworking.googleapis.com"
	client, err := rest.New(t.Context(), rest.Options{
		Services: []rest.Service{{Name: networking, Endpoint: env.On(networking).Serve(t)}}, WithoutAuthentication: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() }) // a test's end needs no answer
	connections, err := plane.NewConnections(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	env.RegisterStarters(connections.Starters())
	return env
}

// faults are what goes wrong with the first start of each method.
var faults = map[string]testsuite.Fault{
	"nothing":     {},
	"lost reply":  testsuite.LostReply().Times(1),
	"cut reply":   testsuite.CutReply().Times(1),
	"unavailable": testsuite.Unavailable().Times(2),
	"before":      testsuite.DroppedConnection().Times(1),
}

// Whatever goes wrong with a start, each method starts one operation, and all is there.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t, fault)
			env.ExecuteWorkflow(plane.Name, in)
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			for service, starts := range methods {
				for _, method := range starts {
					env.On(service).AssertStarted(t, method, "", 1)
				}
			}
			env.On("alloydb.googleapis.com").AssertReady(t, in.Cluster(), in.Primary())
			env.On("sqladmin.googleapis.com").AssertReady(t, in.SQL())
			env.On(lro.SpannerService).AssertReady(t, in.Spanner(), in.Database())
		})
	}
}

// points are before each step's start, just after it, and in its midst.
func points() []time.Duration {
	var all []time.Duration
	for start := time.Duration(0); start <= 40*time.Minute; start += 10 * time.Minute {
		all = append(all, start, start+time.Second, start+5*time.Minute)
	}
	return all
}

// A cancel at any time leaves nothing on any server, and no method has started two operations.
func TestCancelAtEachPoint(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		for _, at := range points() {
			t.Run(fmt.Sprint(name, " ", at), func(t *testing.T) {
				t.Parallel()
				env := newEnv(t, fault)
				env.RegisterDelayedCallback(env.CancelWorkflow, at)
				env.ExecuteWorkflow(plane.Name, in)
				if env.GetWorkflowError() != nil {
					env.AssertNothingLeft(t)
				}
				for service, starts := range methods {
					for _, method := range starts {
						if started := env.On(service).Started(method, ""); len(started) > 1 {
							t.Errorf("%s has started %v", method, started)
						}
					}
				}
			})
		}
	}
}
