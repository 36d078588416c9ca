package sweep

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/catalog"
)

// A parent has the collections that the catalog knows directly below it.
func TestBelow(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		service, name string
		want          []string // with the first letter of the kind
	}{
		"Spanner's project": {"spanner.googleapis.com", "projects/p", []string{
			"o projects/p/instanceConfigOperations", "r projects/p/instanceConfigs", "r projects/p/instances",
		}},
		"Spanner's instance, with the aggregates": {"spanner.googleapis.com", "projects/p/instances/i", []string{
			"o projects/p/instances/i/backupOperations", "o projects/p/instances/i/databaseOperations",
			"o projects/p/instances/i/instancePartitionOperations", "o projects/p/instances/i/operations",
		}},
		"AlloyDB's location": {"alloydb.googleapis.com", "projects/p/locations/l", []string{
			"o projects/p/locations/l/operations", "r projects/p/locations/l/backups", "r projects/p/locations/l/clusters",
		}},
		"AlloyDB's cluster":             {"alloydb.googleapis.com", "projects/p/locations/l/clusters/c", []string{"r projects/p/locations/l/clusters/c/instances"}},
		"AlloyDB's project":             {"alloydb.googleapis.com", "projects/p", nil},
		"Bigtable's odd operations":     {"bigtableadmin.googleapis.com", "projects/p", []string{"r projects/p/instances"}},
		"Compute Engine's zone":         {"compute.googleapis.com", "projects/p/zones/z", []string{"o projects/p/zones/z/operations"}},
		"a service outside of it":       {"library.example.com", "projects/p", []string{"o projects/p/operations"}},
		"a resource without any":        {"spanner.googleapis.com", "projects/p/instances/i/databases/d/databaseRoles/r", nil},
		"Cloud SQL: labels in settings": {"sqladmin.googleapis.com", "projects/p", []string{"o projects/p/operations", "r projects/p/instances"}},
	}
	for reason, row := range rows {
		var got []string
		for _, place := range below(orphans.Place{Kind: orphans.Parent, Service: row.service, Name: row.name, Found: true}) {
			if place.Service != row.service || !place.Found {
				t.Errorf("%s: %+v", reason, place)
			}
			got = append(got, string(place.Kind[:1])+" "+place.Name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", reason, diff)
		}
	}
}

// Each collection of resources that a sweep lists has a method that makes its resources, and their request lines.
func TestMakers(t *testing.T) {
	t.Parallel()
	count := 0
	for _, host := range catalog.Hosts() {
		for _, s := range catalog.ServicesAt(host) {
			for _, m := range s.Methods() {
				if m.Labels == "" || m.Made() == "" {
					continue
				}
				count++
				if found := maker(host, parentOf(m.Made())); found == nil {
					t.Errorf("%s: no method makes what it makes", m.Key())
				}
			}
		}
	}
	if count < 250 {
		t.Errorf("%d methods make resources with labels: are they found?", count)
	}
}
