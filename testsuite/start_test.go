package testsuite_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

const (
	place   = "projects/p/locations/l"
	cluster = place + "/clusters/c"
	first   = "11111111-1111-1111-1111-111111111111"
	second  = "22222222-2222-2222-2222-222222222222"

	createCluster = "alloydb.projects.locations.clusters.create"
	deleteCluster = "alloydb.projects.locations.clusters.delete"
)

// lines are exchanges with whole paths. A reply that ends with a space is a status alone.
func (s served) lines(exchanges []exchange) {
	s.t.Helper()
	for i, e := range exchanges {
		s.clock.Advance(e.advance)
		got := request(s.t, s.url+"/"+e.path, e.verb, e.body)
		if strings.HasSuffix(e.want, " ") { // the status alone
			got = got[:min(len(got), len(e.want))]
		}
		if diff := cmp.Diff(e.want, got); diff != "" {
			s.t.Errorf("%d: %s %s (-want +got):\n%s", i, e.verb, e.path, diff)
		}
	}
}

// starts runs every start of the methods for a minute.
func starts(service string, methods ...testsuite.Method) testsuite.Options {
	options := plan(methods...)
	options.Service = service
	return options
}

// A requestId answers with its operation for an hour, whatever has become of the resource.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Service: "alloydb.googleapis.com"})
	create := func(parent, id string) string { return "v1/" + parent + "/clusters?clusterId=c&requestId=" + id }
	name := func(path string) string {
		_, fields := s.send(httpCall{"POST", path, map[string]any{}})
		text, _ := fields["name"].(string)
		return text
	}
	made := name(create(place, first))
	if again := name(create(place, first)); again != made {
		t.Errorf("the same request started %s, want %s", again, made)
	}
	if other := name(create("projects/p/locations/m", first)); other == made || other == "" {
		t.Errorf("in another parent the requestId started %q, want an operation of its own", other)
	}
	s.want(httpCall{"POST", create(place, second), map[string]any{}}, 409)
	s.want(httpCall{verb: "DELETE", path: "v1/" + cluster + "?requestId=" + first}, 200)
	s.clock.Advance(59 * minute)
	if old := name(create(place, first)); old != made || s.service.Exists(cluster) {
		t.Errorf("after the delete the request started %s, want the old success %s", old, made)
	}
	s.clock.Advance(minute)
	if late := name(create(place, first)); late == made || !s.service.Exists(cluster) {
		t.Errorf("after an hour the request started %s, want a new one", late)
	}
	s.service.AssertStarted(t, createCluster, cluster, 2)
	for _, bad := range []string{"00000000-0000-0000-0000-000000000000", "key"} {
		s.want(httpCall{"POST", create(place, bad), map[string]any{}}, 400)
	}
}

// validateOnly checks, and makes nothing.
func TestValidateOnly(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Service: "alloydb.googleapis.com"})
	path := "v1/" + place + "/clusters?clusterId=c&validateOnly=true&requestId=" + first
	s.lines([]exchange{{0, "POST", path, `{}`, `200 {"done":true,"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}}`}})
	if s.service.Exists(cluster) {
		t.Error("it has made the cluster")
	}
	s.service.AssertStarted(t, createCluster, "", 0)
	s.service.Put(cluster, nil)
	s.want(httpCall{"POST", path, nil}, 409)
}

// What a failed create and a delete leave behind, by the service's options.
func TestWhatStays(t *testing.T) {
	t.Parallel()
	fails := map[testsuite.Method][]testsuite.Script{createCluster: {{End: testsuite.Fail(lro.CodeInternal, "no")}, {}}}
	tests := map[string]struct {
		reason  string
		options testsuite.Options
		failed  int // the status of a get after the create that failed
		deleted int // after the delete
		again   int // of another create
	}{
		"nothing":       {"the default", testsuite.Options{Plans: fails}, 404, 404, 200},
		"keeps failed":  {"as Cloud SQL", testsuite.Options{Plans: fails, KeepsFailed: true}, 200, 404, 200},
		"keeps deleted": {"as pools of IAM", testsuite.Options{Plans: fails, KeepsDeleted: true}, 404, 200, 409},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Service = "alloydb.googleapis.com"
			s := serve(t, tt.options)
			create := httpCall{"POST", "v1/" + place + "/clusters?clusterId=c", nil}
			s.want(create, 200)
			if s.want(httpCall{verb: "GET", path: "v1/" + cluster}, tt.failed); tt.failed == 404 {
				s.want(create, 200)
			}
			s.want(httpCall{verb: "DELETE", path: "v1/" + cluster}, 200)
			s.want(httpCall{verb: "GET", path: "v1/" + cluster}, tt.deleted)
			s.service.AssertNothingLeft(t)
			s.want(create, tt.again)
		})
	}
}

// Faults meet start methods by their ids, and a lost reply has started one.
func TestFaultsOfStarts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		fault   testsuite.Fault
		status  int
		started int
	}{
		"lost reply":         {"the service has acted", testsuite.LostReply(), 0, 1},
		"cut reply":          {"the same", testsuite.CutReply(), 0, 1},
		"dropped connection": {"before the service acts", testsuite.DroppedConnection(), 0, 0},
		"unavailable":        {"in its place", testsuite.Unavailable(), 503, 0},
		"of a stranger":      {"in its place", testsuite.FailWith(lro.CodeAlreadyExists, "no"), 409, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, testsuite.Options{Service: "alloydb.googleapis.com", Faults: []testsuite.Fault{tt.fault.On(createCluster).For(cluster).Times(1)}})
			create := httpCall{"POST", "v1/" + place + "/clusters?clusterId=c", nil}
			s.want(create, tt.status)
			s.service.AssertStarted(t, createCluster, cluster, tt.started)
			s.service.AssertCalls(t, createCluster, 1)
			s.want(create, 200+209*tt.started)
			s.service.AssertCalls(t, createCluster, 2)
			s.service.AssertCalls(t, "alloydb.projects.locations.clusters.get", 0)
		})
	}
}

// Connections have one name for all networks, no get, and a delete by POST.
func TestConnections(t *testing.T) {
	t.Parallel()
	const (
		parent   = "v1/services/servicenetworking.googleapis.com/connections"
		one      = parent + "/servicenetworking-googleapis-com"
		network  = "projects/1/global/networks/n"
		body     = `{"network":"` + network + `","reservedPeeringRanges":["a"]}`
		other    = `{"network":"` + network + `","reservedPeeringRanges":["b"]}`
		listed   = parent + "?network=projects/1/global/networks/n"
		notFound = `404 {"error":{"code":404,"message":"Connection not found: services/servicenetworking.googleapis.com/connections/servicenetworking-googleapis-com?network=` + network + `","status":"NOT_FOUND"}}`
		remove   = `{"consumerNetwork":"` + network + `"}`
	)
	s := serve(t, starts("servicenetworking.googleapis.com", "servicenetworking.services.connections.create"))
	s.lines([]exchange{
		{0, "GET", listed, "", "200 {}"},
		{0, "POST", parent, `{"network":"projects/p/global/networks/n"}`, `400 {"error":{"code":400,"message":"network \"projects/p/global/networks/n\" is not projects/NUMBER/global/networks/NETWORK","status":"INVALID_ARGUMENT"}}`},
		{0, "POST", one, remove, notFound},
		{0, "POST", parent, body, `200 {"name":"operations/operation-1"}`},
		{minute, "GET", listed, "", `200 {"connections":[{"network":"` + network + `","peering":"servicenetworking-googleapis-com","reservedPeeringRanges":["a"],"service":"services/servicenetworking.googleapis.com"}]}`},
		{0, "POST", parent, other, `200 {"name":"operations/operation-2"}`},
		{minute, "GET", "v1/operations/operation-2", "", `200 {"name":"operations/operation-2","done":true,"error":{"code":9,"message":"Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection."}}`},
		{0, "PATCH", one, other, `400 {"error":{"code":400,"message":"a range is removed from services/servicenetworking.googleapis.com/connections/servicenetworking-googleapis-com?network=` + network + `: set force","status":"FAILED_PRECONDITION"}}`},
		{0, "PATCH", one + "?force=true", other, "200 "},
		{0, "GET", listed, "", `200 {"connections":[{"network":"` + network + `","peering":"servicenetworking-googleapis-com","reservedPeeringRanges":["b"],"service":"services/servicenetworking.googleapis.com"}]}`},
		{0, "POST", one, remove, "200 "},
		{0, "POST", one, remove, notFound},
		{0, "GET", listed, "", "200 {}"},
	})
	s.service.AssertNothingLeft(t)
	s.service.AssertStarted(t, "servicenetworking.services.connections.create", "", 2)
}

// Misspelled methods, and plans of what starts nothing, are refused by the service's own methods.
func TestInvalidStarts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		options testsuite.Options
		field   string
	}{
		"a fault of another service": {"its methods are others", testsuite.Options{Faults: []testsuite.Fault{testsuite.Unavailable().On("redis.projects.locations.instances.create")}}, "options.faults[0].on"},
		"a plan of a get":            {"it starts nothing", testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{"alloydb.projects.locations.clusters.get": {{}}}}, "options.plans"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Service = "alloydb.googleapis.com"
			_, err := testsuite.NewService(tt.options)
			if invalid, ok := err.(*lro.InvalidError); !ok || invalid.Field != tt.field {
				t.Errorf("%s: error %v, want one of %s", tt.reason, err, tt.field)
			}
		})
	}
}
