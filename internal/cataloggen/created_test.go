package main

import "testing"

// TestNames has parameters that are ids of what a create makes, and some that look so.
func TestNames(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, field, collection string
		want                      bool
	}{
		{"the singular", "clusterId", "clusters", true},
		{"the last word of a longer one", "autoProtectionPolicyBindingId", "bindings", true},
		{"a shorter one", "testId", "connectivityTests", true},
		{"a plural in -ies", "glossaryId", "glossaries", true},
		{"a plural in -es", "addressId", "addresses", true},
		{"the parent", "parentId", "parents", false},
		{"the project", "projectId", "projects", false},
		{"the request", "requestId", "requests", false},
		{"another resource", "externalId", "workloads", false},
		{"no id", "cluster", "clusters", false},
	}
	for _, row := range rows {
		if got := names(row.field, row.collection); got != row.want {
			t.Errorf("%s: names(%q, %q) = %t", row.reason, row.field, row.collection, got)
		}
	}
}

func TestKind(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, verb, name, path string
		want                     kind
	}{
		{"a create", "POST", "create", "v1/projects/*/things", creates},
		{"compute's word for it", "POST", "insert", "compute/v1/projects/*/global/networks", creates},
		{"sqladmin's", "POST", "CreateBackup", "v1/projects/*/backups", creates},
		{"a delete by any name", "DELETE", "dropThing", "v1/projects/*/things/*", deletes},
		{"a PUT", "PUT", "update", "v1/projects/*/things/*", updates},
		{"a verb on a collection", "POST", "restore", "v1/projects/*/things:restore", actsOnCollection},
		{"a verb on a resource", "POST", "stop", "v1/projects/*/things/*:stop", actsOnResource},
		{"compute's verb", "POST", "start", "compute/v1/projects/*/zones/*/instances/*/start", actsOnResource},
		{"compute's verb on a collection", "POST", "bulkInsert", "compute/v1/projects/*/zones/*/instances/bulkInsert", actsOnCollection},
		{"no name", "POST", "annotate", "v1/videos:annotate", actsWithoutTarget},
	}
	for _, row := range rows {
		m := method{HTTPMethod: row.verb, name: row.name, path: row.path}
		if got := m.kind(); got != row.want {
			t.Errorf("%s: %d, want %d", row.reason, got, row.want)
		}
	}
}
