package google

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// An operation is the method's and the target's by its metadata, or by its name.
func TestOperationsOfTarget(t *testing.T) {
	t.Parallel()
	const cluster = "projects/p/locations/l/clusters/c"
	own := requestID(key, 2)
	tests := []struct {
		reason   string
		method   string
		target   string
		name     string
		metadata string
		want     bool
		owner    starters.Owner
	}{
		{"the common metadata", "alloydb.projects.locations.clusters.create", cluster, "", `{"target":"` + cluster + `","verb":"create"}`, true, ""},
		{"the project's number", "alloydb.projects.locations.clusters.create", cluster, "", `{"target":"projects/123/locations/l/clusters/c","verb":"create"}`, true, ""},
		{"another project", "alloydb.projects.locations.clusters.create", cluster, "", `{"target":"projects/q/locations/l/clusters/c","verb":"create"}`, false, ""},
		{"another verb", "alloydb.projects.locations.clusters.create", cluster, "", `{"target":"` + cluster + `","verb":"update"}`, false, ""},
		{"another target with the same beginning", "alloydb.projects.locations.clusters.create", cluster, "", `{"target":"` + cluster + `2","verb":"create"}`, false, ""},
		{"an update of the same", "alloydb.projects.locations.clusters.patch", cluster, "", `{"target":"` + cluster + `","verb":"update"}`, true, ""},
		{"a verb of its own", "alloydb.projects.locations.clusters.restore", cluster, "", `{"target":"` + cluster + `","verb":"restore"}`, true, ""},
		{"a kind behind the verb", "container.projects.locations.clusters.create", cluster, "", `{"operationType":"CREATE_CLUSTER","targetLink":"https://container.googleapis.com/v1/` + cluster + `"}`, true, ""},
		{"the verb of another kind", "container.projects.locations.clusters.create", cluster, "", `{"operationType":"CREATE_NODE_POOL","targetLink":"https://container.googleapis.com/v1/` + cluster + `"}`, false, ""},
		{"a target inside of it", "container.projects.locations.clusters.create", cluster, "", `{"operationType":"CREATE_CLUSTER","targetLink":"https://container.googleapis.com/v1/` + cluster + `/nodePools/n"}`, false, ""},
		{
			"Compute Engine's mark of the step", "compute.networks.insert", "projects/p/global/networks/n", "",
			`{"operationType":"insert","targetLink":"https://www.googleapis.com/compute/v1/projects/p/global/networks/n","clientOperationId":"` + own + `"}`, true, starters.Ours,
		},
		{
			"Compute Engine's mark of another", "compute.networks.insert", "projects/p/global/networks/n", "",
			`{"operationType":"insert","targetLink":"https://www.googleapis.com/compute/v1/projects/p/global/networks/n","clientOperationId":"x"}`, true, starters.Others,
		},
		{"metadata that is the resource", "run.projects.locations.services.create", "projects/p/locations/l/services/s", "", `{"name":"projects/p/locations/l/services/s","labels":{"awaitop_key":"` + key + `"}}`, true, starters.Ours},
		{
			"an operation of Compute Engine without a mark", "compute.networks.insert", "projects/p/global/networks/n", "",
			`{"operationType":"insert","targetLink":"https://www.googleapis.com/compute/v1/projects/p/global/networks/n"}`, true, starters.Others,
		},
		{"the resource of another workflow", "run.projects.locations.services.create", "projects/p/locations/l/services/s", "", `{"name":"projects/p/locations/l/services/s","labels":{"awaitop_key":"other"}}`, true, starters.Others},
		{"no metadata, and a name below the target's", "firestore.projects.databases.create", "projects/p/databases/d", "projects/p/databases/d/operations/o", ``, true, ""},
		{"no metadata, and a name elsewhere", "firestore.projects.databases.create", "projects/p/databases/d", "projects/p/databases/e/operations/o", ``, false, ""},
		{"the request in the metadata", "bigtableadmin.projects.instances.clusters.create", "projects/p/instances/i/clusters/c", "", `{"originalRequest":{"parent":"projects/p/instances/i","clusterId":"c"}}`, true, ""},
		{"the request of another", "bigtableadmin.projects.instances.clusters.create", "projects/p/instances/i/clusters/c", "", `{"originalRequest":{"parent":"projects/p/instances/i","clusterId":"d"}}`, false, ""},
		{"a database of Cloud SQL, whose link is the instance's", "sql.databases.insert", "projects/p/instances/i/databases/d", "", `{"operationType":"CREATE_DATABASE","targetLink":"https://sqladmin.googleapis.com/sql/v1/projects/p/instances/i"}`, true, ""},
		{"a backup of Cloud SQL, whose target is a collection", "sql.backupRuns.insert", "projects/p/instances/i/backupRuns", "", `{"operationType":"BACKUP_VOLUME","targetLink":"https://sqladmin.googleapis.com/sql/v1/projects/p/instances/i"}`, true, ""},
		{"a backup of another instance", "sql.backupRuns.insert", "projects/p/instances/i/backupRuns", "", `{"operationType":"BACKUP_VOLUME","targetLink":"https://sqladmin.googleapis.com/sql/v1/projects/p/instances/k"}`, false, ""},
		{"GKE may link a zone's cluster as a zone's, and with the project's number", "container.projects.locations.clusters.create", "projects/p/locations/z/clusters/c", "", `{"operationType":"CREATE_CLUSTER","targetLink":"https://container.googleapis.com/v1/projects/7/zones/z/clusters/c"}`, true, ""},
		{"a cluster of another zone", "container.projects.locations.clusters.create", "projects/p/locations/z/clusters/c", "", `{"operationType":"CREATE_CLUSTER","targetLink":"https://container.googleapis.com/v1/projects/7/zones/y/clusters/c"}`, false, ""},
		{"an instance is not its databases", "sql.instances.insert", "projects/p/instances/i", "", `{"operationType":"CREATE_DATABASE","targetLink":"https://sqladmin.googleapis.com/sql/v1/projects/p/instances/i"}`, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(tt.method)
			if err != nil {
				t.Fatal(err)
			}
			op := lro.Operation{Name: tt.name, Metadata: json.RawMessage(tt.metadata)}
			got, ok := m.seen(op, tt.target, key, key)
			if ok != tt.want || got.Owner != tt.owner {
				t.Errorf("%v, %q", ok, got.Owner)
			}
		})
	}
}

// The operations on a target are in the collection whose parent is the longest beginning of its name.
func TestCollections(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ method, target, want string }{
		"a location":               {"alloydb.projects.locations.clusters.instances.create", "projects/p/locations/l/clusters/c/instances/i", "projects/p/locations/l/operations"},
		"a zone":                   {"compute.instances.insert", "projects/p/zones/z/instances/i", "projects/p/zones/z/operations"},
		"no location":              {"compute.globalAddresses.insert", "projects/p/global/addresses/a", "projects/p/global/operations"},
		"a project itself":         {"compute.projects.setCommonInstanceMetadata", "projects/p", "projects/p/global/operations"},
		"a path without global":    {"compute.targetHttpProxies.setUrlMap", "projects/p/targetHttpProxies/t", "projects/p/global/operations"},
		"a project":                {"sql.databases.insert", "projects/p/instances/i/databases/d", "projects/p/operations"},
		"below the target":         {"firestore.projects.databases.create", "projects/p/databases/d", "projects/p/databases/d/operations"},
		"below a word of its own":  {"bigtableadmin.projects.instances.clusters.create", "projects/p/instances/i/clusters/c", "operations/projects/p/instances/i/clusters/c/operations"},
		"a collection for itself":  {"servicenetworking.services.connections.create", "services/s/connections/c", "operations"},
		"a cluster's pool, in GKE": {"container.projects.locations.clusters.nodePools.create", "projects/p/locations/l/clusters/c/nodePools/n", "projects/p/locations/l/operations"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := find(tt.method)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := m.collection(tt.target); got.Name != tt.want {
				t.Errorf("%s", got)
			}
		})
	}
}

// A resource's stage is read from its state, in the words of its service.
func TestStages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reason, method, resource    string
		creating, deleting, deleted bool
	}{
		{"ready", "alloydb.projects.locations.clusters.create", `{"state":"READY"}`, false, false, false},
		{"being made", "alloydb.projects.locations.clusters.create", `{"state":"CREATING"}`, true, false, false},
		{"being deleted", "alloydb.projects.locations.clusters.create", `{"state":"DELETING"}`, false, true, false},
		{"kept after its delete", "alloydb.projects.locations.clusters.create", `{"state":"DELETED"}`, false, false, true},
		{"kept, by its time", "alloydb.projects.locations.clusters.create", `{"state":"READY","deleteTime":"2026-01-01T00:00:00Z"}`, false, false, true},
		{"a cluster that stops is being deleted", "container.projects.locations.clusters.create", `{"status":"STOPPING"}`, false, true, false},
		{"a machine that stops is not", "compute.instances.insert", `{"status":"STOPPING"}`, false, false, false},
		{"a cluster that is being changed is ready", "container.projects.locations.clusters.create", `{"status":"RECONCILING"}`, false, false, false},
		{"Cloud SQL's word", "sql.instances.insert", `{"state":"PENDING_CREATE"}`, true, false, false},
		{"Dataproc's is an object", "dataproc.projects.regions.clusters.create", `{"status":{"state":"CREATING"}}`, true, false, false},
		{"Dataproc's, on its way out", "dataproc.projects.regions.clusters.create", `{"status":{"state":"DELETING"}}`, false, true, false},
		{"a TPU's", "tpu.projects.locations.queuedResources.create", `{"state":{"state":"PROVISIONING"}}`, true, false, false},
		{"a fleet's has a code", "gkehub.projects.locations.memberships.create", `{"state":{"code":"DELETING"}}`, false, true, false},
		{"the service works on it", "cloudbuild/v2:cloudbuild.projects.locations.connections.create", `{"reconciling":true}`, true, false, false},
		{"the service works on its end", "cloudbuild/v2:cloudbuild.projects.locations.connections.create", `{"reconciling":true,"deleteTime":"2026-01-01T00:00:00Z"}`, false, true, false},
		{"the service is done with it", "cloudbuild/v2:cloudbuild.projects.locations.connections.create", `{"reconciling":false}`, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(tt.method)
			if err != nil {
				t.Fatal(err)
			}
			got := m.kind.read(json.RawMessage(tt.resource), "")
			if got.Creating != tt.creating || got.Deleting != tt.deleting || got.Deleted != tt.deleted {
				t.Errorf("%+v", got)
			}
		})
	}
}

// An operation that a requestId was answered with may have made an earlier resource of the name.
func TestIncarnations(t *testing.T) {
	t.Parallel()
	const network, cluster = "compute.networks.insert", "alloydb.projects.locations.clusters.create"
	tests := []struct {
		reason                             string
		method, metadata, response, target string
		other                              bool
	}{
		{"its id", network, `{"targetId":"12"}`, "", `{"name":"n","id":"12"}`, false},
		{"another id, right after", network, `{"targetId":"12","endTime":"2026-01-01T00:00:00Z"}`, "", `{"name":"n","id":"13","creationTimestamp":"2026-01-01T00:00:09Z"}`, true},
		{"no id, and made while the operation ran", network, `{"endTime":"2026-01-01T01:00:00Z"}`, "", `{"name":"n","creationTimestamp":"2026-01-01T00:00:00Z"}`, false},
		{"no id, and made after its end", network, `{"endTime":"2026-01-01T01:00:00Z"}`, "", `{"name":"n","creationTimestamp":"2026-01-01T01:02:00Z"}`, true},
		{"the response's time", cluster, "", `{"createTime":"2026-01-01T00:00:00Z"}`, `{"createTime":"2026-01-01T00:00:00Z","state":"READY"}`, false},
		{"another time than the response's", cluster, "", `{"createTime":"2026-01-01T00:00:00Z"}`, `{"createTime":"2026-01-01T00:00:09Z","state":"READY"}`, true},
		{"it is still being made", cluster, "", "", `{"createTime":"2026-01-01T00:00:00Z","state":"CREATING"}`, true},
		{"nothing tells", cluster, "", "", `{"createTime":"2026-01-01T00:00:00Z","state":"READY"}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(tt.method)
			if err != nil {
				t.Fatal(err)
			}
			op := lro.Operation{Done: true, Metadata: json.RawMessage(tt.metadata), Response: json.RawMessage(tt.response)}
			if got := m.kind.isOther(m.kind.read(json.RawMessage(tt.target), ""), op); got != tt.other {
				t.Errorf("%t", got)
			}
		})
	}
}

// The operation of each method that is not refused can be named: in a form of its own a reply has no more than an id.
func TestEachIsNamed(t *testing.T) {
	t.Parallel()
	refused := map[string]int{}
	for _, service := range catalog.Services() {
		for _, of := range service.Methods() {
			m := method{Method: of}
			if m.Shape == catalog.Standard {
				continue
			}
			if m.CheckAwait() != nil {
				refused[service.Name]++
			} else if collection, _ := m.collection(strings.ReplaceAll(m.Target(), "*", "x")); collection.Name == "" || collection.Validate() != nil {
				t.Errorf("%s: its operations on %s are in no collection", m.ID, m.Target())
			}
		}
	}
	if want := map[string]int{"compute": 20}; !maps.Equal(refused, want) {
		t.Errorf("refused are %v, want %v: those of organizations' policies", refused, want)
	}
}
