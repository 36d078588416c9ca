package google

import (
	"encoding/json"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// The nearest operation to the target is the one in the way.
func TestNearness(t *testing.T) {
	t.Parallel()
	const (
		insert, database = "sql.databases.insert", "projects/p/instances/i/databases/d"
		pools, pool      = "container.projects.locations.clusters.nodePools.create", "projects/p/locations/l/clusters/c/nodePools/n"
		gkeLink          = "https://container.googleapis.com/v1/projects/12/locations/l/clusters/"
		sqlLink          = "https://sqladmin.googleapis.com/v1/projects/p/instances/"
	)
	tests := []struct {
		reason, method, target, operation, metadata string
		want                                        nearness
	}{
		{"the target's own", pools, pool, "", `{"targetLink":"` + gkeLink + `c/nodePools/n"}`, onIt},
		{"that of what the target is in", pools, pool, "", `{"targetLink":"` + gkeLink + `c"}`, around},
		{"a sibling's", pools, pool, "", `{"targetLink":"` + gkeLink + `c/nodePools/m"}`, beside},
		{"one of another cluster", pools, pool, "", `{"targetLink":"` + gkeLink + `d/nodePools/n"}`, elsewhere},
		{"a name that begins alike", pools, pool, "", `{"targetLink":"` + gkeLink + `c2/nodePools/m"}`, elsewhere},
		{"Cloud SQL's link is the instance's", insert, database, "", `{"targetLink":"` + sqlLink + `i"}`, around},
		{"one of another instance", insert, database, "", `{"targetLink":"` + sqlLink + `i2"}`, elsewhere},
		{"nothing is around it: a location is no resource", "redis.projects.locations.instances.patch", "projects/p/locations/l/instances/i", "", `{"target":"projects/p/locations/l/instances/k"}`, elsewhere},
		{"one in it", "alloydb.projects.locations.clusters.patch", "projects/p/locations/l/clusters/c", "", `{"target":"projects/p/locations/l/clusters/c/instances/i"}`, within},
		{"no metadata, and a name below it", "firestore.projects.databases.patch", "projects/p/databases/d", "projects/p/databases/d/operations/o", ``, onIt},
		{"no metadata, and a name elsewhere", "firestore.projects.databases.patch", "projects/p/databases/d", "projects/p/databases/e/operations/o", ``, elsewhere},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(tt.method)
			if err != nil {
				t.Fatal(err)
			}
			op := lro.Operation{Name: tt.operation, Metadata: json.RawMessage(tt.metadata)}
			if got := nearnessOf(op, tt.target, m.around(tt.target)); got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}
