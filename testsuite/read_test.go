package testsuite_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/awaitop/awaitop/internal/exampletest"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// What a change has left of a resource, as the service holds it.
func ExampleService_Resource() {
	const patch, cache = "redis.projects.locations.instances.patch", "projects/p/locations/l/instances/orders"
	exampletest.Run(func(t testing.TB) {
		env := testsuite.NewEnv(t, testsuite.Options{Service: "redis.googleapis.com"})
		env.Put(cache, map[string]any{"memorySizeGb": 1, "tier": "BASIC"})
		env.ExecuteWorkflow(func(ctx workflow.Context) error {
			_, err := workflows.Run(ctx, nil, google.StartRequest[struct{}](patch, cache, google.Request{
				Body: map[string]any{"memorySizeGb": 4}, UpdateMask: []string{"memorySizeGb"},
			}))
			return err
		})
		var instance struct {
			MemorySizeGB int `json:"memorySizeGb"`
			Tier, State  string
		}
		fmt.Println(env.Resource(cache, &instance), instance.MemorySizeGB, instance.Tier, instance.State)
	})
	// Output: true 4 BASIC READY
}

// A resource is read as a Get would return it, at each point of its life. No call is recorded.
func TestResource(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason        string
		options       testsuite.Options
		method        testsuite.Method
		create        httpCall
		name          string
		failing       bool
		meantime, end string // states, "" for no resource
	}{
		"made":   {reason: "as its operation runs and ends", create: httpCall{"POST", "v1/" + place + "/clusters?clusterId=c", map[string]any{}}, meantime: "CREATING", end: "READY"},
		"failed": {reason: "there is nothing any more", failing: true, create: httpCall{"POST", "v1/" + place + "/clusters?clusterId=c", map[string]any{}}, meantime: "CREATING"},
		"kept":   {reason: "the service keeps what has failed", failing: true, options: testsuite.Options{KeepsFailed: true}, create: httpCall{"POST", "v1/" + place + "/clusters?clusterId=c", map[string]any{}}, meantime: "CREATING", end: "FAILED"},
		"Spanner's": {reason: "they are read likewise", options: testsuite.Options{Service: "spanner.googleapis.com"}, method: "CreateInstance", name: instance,
			create: httpCall{"POST", "v1/projects/p/instances", map[string]any{"instanceId": "i", "instance": map[string]any{}}}, meantime: "CREATING", end: "READY"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if row.options.Service == "" {
				row.options.Service, row.method, row.name = "alloydb.googleapis.com", createCluster, cluster
			}
			script := testsuite.Script{RunsFor: minute}
			if row.failing {
				script.End = testsuite.Fail(lro.CodeInternal, "no")
			}
			row.options.Plans = map[testsuite.Method][]testsuite.Script{row.method: {script}}
			s := serve(t, row.options)
			s.want(row.create, 200)
			before := s.service.Count()
			for _, want := range []string{row.meantime, row.end} {
				var got struct{ Name, State string }
				if found := s.service.Resource(row.name, &got); found != (want != "") || got.State != want || found && got.Name != row.name {
					t.Errorf("%s: found %t, %+v, want state %q", row.reason, found, got, want)
				}
				s.clock.Advance(2 * time.Minute)
			}
			if s.service.Count() != before {
				t.Errorf("%s: a read was recorded", row.reason)
			}
		})
	}
}

// A resource is read into what its JSON fits: what it does not fit fails the test, and what is not there changes nothing.
func TestResourceInto(t *testing.T) {
	t.Parallel()
	service := testsuite.ForTest(t, testsuite.Options{})
	service.Put(instance, map[string]any{"nodeCount": 3})
	var typed spanner.Instance
	var raw json.RawMessage
	fields, message := map[string]any{"kept": true}, &structpb.Struct{}
	for _, into := range []any{&typed, &raw, &fields, message} {
		if !service.Resource(instance, into) {
			t.Errorf("%T: not found", into)
		}
	}
	var decoded map[string]any
	if err := json.Unmarshal(raw, &decoded); err != nil {
		t.Fatal(err)
	}
	got := []any{typed.NodeCount, decoded["nodeCount"], fields["nodeCount"], message.AsMap()["nodeCount"]}
	if diff := cmp.Diff([]any{3, 3.0, 3.0, 3.0}, got); diff != "" {
		t.Errorf("node counts (-want +got):\n%s", diff)
	}
	other := spanner.Instance{NodeCount: 7}
	if service.Resource(instance+"2", &other) || other.NodeCount != 7 {
		t.Errorf("what is not there was read: %+v", other)
	}
	runRefusals(t, []refusal{{"a type that it does not fit", func(s *testsuite.Service) {
		s.Put(instance, nil)
		s.Resource(instance, new(int))
	}, "into", "*int"}})
}

// What Compute Engine makes again under a name has another id, and each operation has that of the resource that it was
// about.
func TestComputeIDs(t *testing.T) {
	t.Parallel()
	const network = "compute/v1/projects/p/global/networks"
	s := serve(t, testsuite.Options{Service: "compute.googleapis.com"})
	id := func(verb, path string, body map[string]any) (own, target string) {
		fields := s.want(httpCall{verb, path, body}, 200)
		own, _ = fields["id"].(string)
		target, _ = fields["targetId"].(string)
		return own, target
	}
	seen := map[string]bool{}
	for range 2 {
		inserted, target := id("POST", network, map[string]any{"name": "n"})
		resource, _ := id("GET", network+"/n", nil)
		changed, changes := id("PATCH", network+"/n", map[string]any{"mtu": 1500})
		deleted, deletes := id("DELETE", network+"/n", nil)
		if resource == "" || target != resource || changes != resource || deletes != resource {
			t.Errorf("the network is %q, its operations are about %q, %q and %q", resource, target, changes, deletes)
		}
		for _, one := range []string{inserted, resource, changed, deleted} {
			if one == "" || seen[one] {
				t.Errorf("the id %q is none, or is there twice", one)
			}
			seen[one] = true
		}
	}
}
