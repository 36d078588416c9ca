package catalog

import (
	"errors"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, key, want string }{
		{"one version has it", "alloydb.projects.locations.clusters.create", "alloydb/v1:alloydb.projects.locations.clusters.create"},
		{"with its version", "notebooks/v1:notebooks.projects.locations.instances.create", "notebooks/v1:notebooks.projects.locations.instances.create"},
		{"the versions agree", "apigateway.projects.locations.apis.create", "apigateway/v1:apigateway.projects.locations.apis.create"},
		{"an operation in one version only", "run.projects.locations.services.create", "run/v2:run.projects.locations.services.create"},
		{"ids that begin otherwise", "sql.instances.insert", "sqladmin/v1:sql.instances.insert"},
		{"a beta, where that is all", "firebase.projects.addFirebase", "firebase/v1beta1:firebase.projects.addFirebase"},
	}
	for _, row := range rows {
		m, err := Find(row.key)
		if err != nil || m.Key() != row.want {
			t.Errorf("%s: %v, %v, want %q", row.reason, m, err, row.want)
		}
	}
}

func TestFindErrors(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, key, field, want string }{
		{
			"a letter is missing", "alloydb.projects.locations.cluster.create", "method",
			`method "alloydb.projects.locations.cluster.create": not in the catalog (google.golang.org/api v0.311.0); did you mean "alloydb.projects.locations.clusters.create"?`,
		},
		{
			"versions differ", "notebooks.projects.locations.instances.create", "method",
			`method "notebooks.projects.locations.instances.create": notebooks/v1 and notebooks/v2 differ; write "notebooks/v2:notebooks.projects.locations.instances.create"`,
		},
		{
			"no document", "telcoautomation.projects.locations.instances.create", "service",
			`service "telcoautomation": no service of this name has a discovery document; await its operations by a pattern of your own, start them with your client`,
		},
		{
			"a service with a letter too few", "aloydb.projects.locations.clusters.create", "service",
			`service "aloydb": no service of this name has a discovery document; did you mean "alloydb"? If not, await its operations by a pattern of your own, start them with your client`,
		},
		{
			"starts nothing", "storage.buckets.insert", "method",
			`method "storage.buckets.insert": not in the catalog (google.golang.org/api v0.311.0); it starts no operation, or there is no such method`,
		},
		{
			"the service's name, where ids begin otherwise", "sqladmin.instances.insert", "method",
			`method "sqladmin.instances.insert": the ids of sqladmin begin with "sql."; did you mean "sql.instances.insert"?`,
		},
		{
			"the same, with a version", "sqladmin/v1:sqladmin.instances.insert", "method",
			`method "sqladmin/v1:sqladmin.instances.insert": the ids of sqladmin begin with "sql."; did you mean "sql.instances.insert"?`,
		},
		{
			"the same, of a method that starts nothing", "sqladmin.tiers.list", "method",
			`method "sqladmin.tiers.list": the ids of sqladmin begin with "sql."; it starts no operation, or there is no such method`,
		},
		{
			"such a name alone", "sqladmin", "method",
			`method "sqladmin": the ids of sqladmin begin with "sql."; write one whole, such as "sql.Backups.CreateBackup"`,
		},
		{
			"what ids begin with", "sql", "method",
			`method "sql": the beginning of ids; write one whole, such as "sql.Backups.CreateBackup"`,
		},
		{
			"a method's parent", "redis.projects.locations.instances", "method",
			`method "redis.projects.locations.instances": the beginning of ids; write one whole, such as "redis.projects.locations.instances.create"`,
		},
		{
			"no such version", "alloydb/v9:alloydb.projects.locations.clusters.create", "service",
			`service "alloydb/v9": not in the catalog (google.golang.org/api v0.311.0); its versions are v1`,
		},
	}
	for _, row := range rows {
		_, err := Find(row.key)
		var e *Error
		if !errors.As(err, &e) || e.Field != row.field || err.Error() != row.want {
			t.Errorf("%s:\n got %v\nwant %s", row.reason, err, row.want)
		}
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, key string
		check       func(*Method) error
		want        string
	}{
		{"derived", "alloydb.projects.locations.clusters.create", (*Method).CheckID, ""},
		{"derived", "alloydb.projects.locations.clusters.create", (*Method).CheckUndo, ""},
		{"derived", "alloydb.projects.locations.clusters.create", (*Method).CheckExactness, ""},
		{"derived", "alloydb.projects.locations.clusters.create", (*Method).CheckAwait, ""},
		{
			"no get and no delete", "servicenetworking.services.connections.create", (*Method).CheckUndo,
			`method "servicenetworking.services.connections.create": no get and no delete of what it makes is known; give an undo, or say that there is none`,
		},
		{
			"no delete", "cloudbuild.projects.builds.create", (*Method).CheckUndo,
			`method "cloudbuild.projects.builds.create": no delete of what it makes is known; give an undo, or say that there is none`,
		},
		{
			"it makes nothing", "alloydb.projects.locations.clusters.promote", (*Method).CheckUndo,
			`method "alloydb.projects.locations.clusters.promote": it makes no resource that could be deleted; give an undo, or say that there is none`,
		},
		{
			"a get and a delete of a name that the service chooses", "sql.backupRuns.insert", (*Method).CheckUndo,
			`method "sql.backupRuns.insert": the service chooses the id of what it makes; give an undo, or say that there is none`,
		},
		{
			"a GET starts it", "datamigration.projects.locations.migrationJobs.fetchSourceObjects", (*Method).CheckVerb,
			`method "datamigration.projects.locations.migrationJobs.fetchSourceObjects": it is a GET, which a proxy may repeat; start it with a starter of your own`,
		},
		{
			"the path is a verb alone", "cloudsearch.initializeCustomer", (*Method).CheckTarget,
			`method "cloudsearch.initializeCustomer": its path names no resource, which a step has as its target; start it with a starter of your own`,
		},
		{
			"an old form", "container.projects.zones.clusters.nodePools.create", (*Method).CheckID,
			`method "container.projects.zones.clusters.nodePools.create": not known where the id stands; use the locations form`,
		},
		{
			"nothing by hand", "firebase.projects.webApps.create", (*Method).CheckID,
			`method "firebase.projects.webApps.create": not known where the id stands; start it with a starter of your own`,
		},
		{
			"no metadata", "accesscontextmanager.accessPolicies.create", (*Method).CheckExactness,
			`method "accesscontextmanager.accessPolicies.create": nothing tells its operation from another's, so a lost reply may start it twice; allow that explicitly`,
		},
		{
			"no get of operations", "cloudidentity.groups.create", (*Method).CheckAwait,
			`method "cloudidentity.groups.create": the service has no method that reads its operations; a reply that is not done cannot be awaited`,
		},
		{
			"none of an organization's operations", "compute.firewallPolicies.addRule", (*Method).CheckAwait,
			`method "compute.firewallPolicies.addRule": the service has no method that reads its operations; a reply that is not done cannot be awaited`,
		},
		{"a project's operations are in global", "compute.projects.setCommonInstanceMetadata", (*Method).CheckAwait, ""},
	}
	for _, row := range rows {
		m, err := Find(row.key)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		var got string
		if err := row.check(m); err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.reason, got, row.want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	among := []string{"spanner", "alloydb", "compute"}
	rows := []struct{ reason, word, want string }{
		{"a letter too few", "spaner", "spanner"},
		{"two letters changed", "allaydd", "alloydb"},
		{"another case", "Compute", "compute"},
		{"too far", "datastream", ""},
		{"nothing", "", ""},
	}
	for _, row := range rows {
		if got := nearest(row.word, among, 2); got != row.want {
			t.Errorf("%s: %q, want %q", row.reason, got, row.want)
		}
	}
}
