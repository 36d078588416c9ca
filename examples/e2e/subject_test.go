package e2e

import (
	"slices"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// subject is a workflow of an example that tests disturb. Each run of it has an id, which the names of its resources
// have.
type subject struct {
	workflow string
	input    func(id string, pace provision.Pace) any
	parts    func(id string) []part
}

// part is what one step of a subject makes or changes.
type part struct {
	service string
	start   testsuite.Method
	target  string // of the operation, as the service names it
	times   int    // how many operations a run that succeeds starts by the method for the target
	undo    testsuite.Method
	named   string // the target in a failure, if that is another
	blind   bool   // nothing tells its operation from others: a start whose operation failed before it was seen is made again
}

// name is the part's in a failure.
func (p part) name() string {
	if p.named != "" {
		return p.named
	}
	return p.target
}

// nameAmong is the part's among the names of a failure, with its service before it or without, "" if it has none there.
func (p part) nameAmong(names []string) string {
	for _, name := range []string{"//" + p.service + "/" + p.name(), p.name()} {
		if slices.Contains(names, name) {
			return name
		}
	}
	return ""
}

// stays reports whether the part is a resource, and not a change of one.
func (p part) stays() bool { return p.undo != "" }

// refusable reports whether the delete of the part can be told from those of other runs.
func (p part) refusable() bool { return p.stays() && p.named == "" }

// serviceNames are those of the subject's parts.
func (s subject) serviceNames() []string {
	names := []string{lro.SpannerService} // which each bench has
	for _, p := range s.parts("any") {
		names = append(names, p.service)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// methods are those that start a service's operations, and those that delete what these made.
func (s subject) methods(service string) (starts, undos []testsuite.Method) {
	for _, p := range s.parts("any") {
		if p.service == service && !slices.Contains(starts, p.start) {
			starts = append(starts, p.start)
		}
		if p.service == service && p.stays() && !slices.Contains(undos, p.undo) {
			undos = append(undos, p.undo)
		}
	}
	return starts, undos
}

// provisioned provisions Spanner in steps, one after the other and side by side.
var provisioned = subject{
	workflow: provision.Name,
	input: func(id string, pace provision.Pace) any {
		return provision.Input{
			Project: "projects/p", Instance: id, Config: "c", Units: 100,
			Databases: []string{"one", "two"}, Schema: []string{"CREATE TABLE t"}, Index: "CREATE INDEX x", Backup: "b",
			Pace: pace,
		}
	},
	parts: func(id string) []part {
		instance := "projects/p/instances/" + id
		one, two := instance+"/databases/one", instance+"/databases/two"
		on := func(start testsuite.Method, target string, times int, undo testsuite.Method) part {
			return part{service: lro.SpannerService, start: start, target: target, times: times, undo: undo}
		}
		return []part{
			on("CreateInstance", instance, 1, "DeleteInstance"),
			on("CreateDatabase", one, 1, "DropDatabase"),
			on("CreateDatabase", two, 1, "DropDatabase"),
			on("UpdateDatabaseDdl", one, 2, ""), // the schema and the index
			on("UpdateDatabaseDdl", two, 1, ""),
			on("CreateBackup", instance+"/backups/b", 1, "DeleteBackup"),
		}
	},
}

// The services of the data plane beside Spanner.
const (
	computeService     = "compute.googleapis.com"
	networkingService  = "servicenetworking.googleapis.com"
	alloydbService     = "alloydb.googleapis.com"
	sqladminService    = "sqladmin.googleapis.com"
	memorystoreService = "memorystore.googleapis.com"
)

// planeInput is a data plane in a network of its own.
func planeInput(id string) plane.Input {
	return plane.Input{Project: "projects/p", Location: "l", Network: "projects/1/global/networks/" + id, ID: id}
}

// planed provisions a data plane: three branches over six APIs.
var planed = subject{
	workflow: plane.Name,
	input: func(id string, pace provision.Pace) any {
		in := planeInput(id)
		in.Pace = plane.Pace(pace)
		return in
	},
	parts: func(id string) []part {
		in := planeInput(id)
		on := func(service string, start testsuite.Method, target string, undo testsuite.Method) part {
			return part{service: service, start: start, target: target, times: 1, undo: undo}
		}
		connection := on(networkingService, "servicenetworking.services.connections.create",
			"services/servicenetworking.googleapis.com/connections/servicenetworking-googleapis-com?network="+in.Network,
			"servicenetworking.services.connections.deleteConnection")
		connection.named, connection.blind = plane.Connect(in.Network, in.ID).Target, true
		return []part{
			on(computeService, "compute.globalAddresses.insert", in.AddressRange(), "compute.globalAddresses.delete"),
			connection,
			on(alloydbService, "alloydb.projects.locations.clusters.create", in.Cluster(), "alloydb.projects.locations.clusters.delete"),
			on(alloydbService, "alloydb.projects.locations.clusters.instances.create", in.Primary(), "alloydb.projects.locations.clusters.instances.delete"),
			on(sqladminService, "sql.instances.insert", in.SQL(), "sql.instances.delete"),
			on(lro.SpannerService, "CreateInstance", in.Spanner(), "DeleteInstance"),
			on(lro.SpannerService, "CreateDatabase", in.Database(), "DropDatabase"),
			on(memorystoreService, "memorystore.projects.locations.instances.create", in.Cache(), "memorystore.projects.locations.instances.delete"),
		}
	},
}
