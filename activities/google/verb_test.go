package google

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// The verb in metadata is the method's, in whichever of the services' forms.
func TestVerbs(t *testing.T) {
	t.Parallel()
	const (
		groups   = "compute.instanceGroupManagers.insert"
		policies = "networksecurity.projects.locations.gatewaySecurityPolicies.create"
		versions = "appengine.apps.services.versions.create"
		clusters = "container.projects.locations.clusters."
		pools    = clusters + "nodePools."
		datasets = "healthcare.projects.locations.datasets."
	)
	rows := []struct {
		reason   string
		method   string
		metadata string
		want     bool
	}{
		{"no verb", groups, `{}`, true},
		{"the word alone", groups, `{"operationType":"insert"}`, true},
		{"Compute Engine's whole method", groups, `{"operationType":"compute.instanceGroupManagers.insert"}`, true},
		{"another method of the same", groups, `{"operationType":"compute.instanceGroupManagers.resize"}`, false},
		{"a kind with a plural in -ies", policies, `{"verb":"CREATE_GATEWAY_SECURITY_POLICY"}`, true},
		{"a kind inside of it", policies, `{"verb":"CREATE_GATEWAY_SECURITY_POLICY_RULE"}`, false},
		{"a kind with a plural in -sses", "compute.addresses.insert", `{"operationType":"createAddress"}`, true},
		{"a kind with a plural in -ses", "sql.databases.insert", `{"operationType":"CREATE_DATABASE"}`, true},
		{"a gRPC method", versions, `{"method":"google.appengine.v1.Versions.CreateVersion"}`, true},
		{"another gRPC method", versions, `{"method":"google.appengine.v1.Versions.DeleteVersion"}`, false},
		{"the field of older metadata", versions, `{"apiMethod":"google.appengine.v1.Versions.CreateVersion"}`, true},
		{"the field of the Healthcare API", datasets + "create", `{"apiMethodName":"google.cloud.healthcare.v1.dataset.DatasetService.CreateDataset"}`, true},
		{"another method in it", datasets + "create", `{"apiMethodName":"google.cloud.healthcare.v1.dicom.DicomService.ImportDicomData"}`, false},
		{"what it works with, behind the verb", datasets + "dicomStores.import", `{"apiMethodName":"google.cloud.healthcare.v1.dicom.DicomService.ImportDicomData"}`, true},
		{"what another works with", datasets + "dicomStores.export", `{"apiMethodName":"google.cloud.healthcare.v1.dicom.DicomService.ImportDicomData"}`, false},
		{"a verb of more words", "redis.projects.locations.instances.rescheduleMaintenance", `{"verb":"reschedule-maintenance"}`, true},
		{"Kubernetes Engine calls most changes one thing", clusters + "setResourceLabels", `{"operationType":"UPDATE_CLUSTER"}`, true},
		{"not the creation", clusters + "create", `{"operationType":"UPDATE_CLUSTER"}`, false},
		{"an update of its version is another", clusters + "update", `{"operationType":"UPGRADE_MASTER"}`, true},
		{"that of a pool, too", pools + "update", `{"operationType":"UPGRADE_NODES"}`, true},
		{"a pool's size", pools + "setSize", `{"operationType":"SET_NODE_POOL_SIZE"}`, true},
		{"a pool's size is not its management", pools + "setManagement", `{"operationType":"SET_NODE_POOL_SIZE"}`, false},
		{"Cloud SQL makes replicas by the same method", "sql.instances.insert", `{"operationType":"CREATE_REPLICA"}`, true},
		{"a database is not", "sql.databases.insert", `{"operationType":"CREATE_REPLICA"}`, false},
		{"a backup", "sql.backupRuns.insert", `{"operationType":"BACKUP_VOLUME"}`, true},
		{"its restore", "sql.instances.restoreBackup", `{"operationType":"RESTORE_VOLUME"}`, true},
		{"a restart is no update", "sql.instances.restart", `{"operationType":"UPDATE"}`, false},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(row.method)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.isVerb(verbOf(fieldsOf(json.RawMessage(row.metadata)))); got != row.want {
				t.Errorf("%t", got)
			}
		})
	}
}

// Where metadata has no verb, its type may be that of another method.
func TestOtherTypes(t *testing.T) {
	t.Parallel()
	const tables, clusters, endpoints = "bigtableadmin.projects.instances.tables.", "bigtableadmin.projects.instances.clusters.", "aiplatform.projects.locations.endpoints."
	rows := []struct {
		reason, method, name string
		want                 bool
	}{
		{"its own", tables + "restore", "google.bigtable.admin.v2.RestoreTableMetadata", false},
		{"what the service does afterwards", tables + "restore", "google.bigtable.admin.v2.OptimizeRestoredTableMetadata", true},
		{"an update of what it has made", tables + "restore", "google.bigtable.admin.v2.UpdateTableMetadata", true},
		{"a backup of the table names it", tables + "restore", "google.bigtable.admin.v2.CreateBackupMetadata", true},
		{"its own, by the kind", clusters + "create", "google.bigtable.admin.v2.CreateClusterMetadata", false},
		{"an update", clusters + "create", "google.bigtable.admin.v2.UpdateClusterMetadata", true},
		{"a change is no creation", clusters + "update", "google.bigtable.admin.v2.CreateClusterMetadata", true},
		{"a change that is named otherwise", clusters + "partialUpdateCluster", "google.bigtable.admin.v2.UpdateClusterMetadata", false},
		{"a word between", endpoints + "create", "google.cloud.aiplatform.v1.CreateEndpointOperationMetadata", false},
		{"a model in it", endpoints + "create", "google.cloud.aiplatform.v1.DeployModelOperationMetadata", true},
		{"its own verb", endpoints + "deployModel", "google.cloud.aiplatform.v1.DeployModelOperationMetadata", false},
		{"that of all methods", endpoints + "create", "google.cloud.aiplatform.v1.OperationMetadata", false},
		{"a kind that begins as a verb", "config.projects.locations.deployments.create", "google.cloud.config.v1.DeploymentOperationMetadata", false},
		{"no metadata", endpoints + "create", "google.cloud.aiplatform.v1.DeployModelResponse", false},
		{"none", endpoints + "create", "", false},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(row.method)
			if err != nil {
				t.Fatal(err)
			}
			metadata := fields{"@type": text("type.googleapis.com/" + row.name)}
			if got := m.isOtherType(metadata); got != row.want {
				t.Errorf("%t", got)
			}
			op := lro.Operation{Name: "projects/p/operations/o", Metadata: metadata.with("name", text("projects/p/x/t")).json()}
			if _, got := m.seen(op, "projects/p/x/t", key, key); got == row.want {
				t.Errorf("it is seen as one of the method: %t", got)
			}
		})
	}
}

// Each method of the table of words is one of the catalog.
func TestEnumeratedVerbs(t *testing.T) {
	t.Parallel()
	known := map[catalog.Shape][]string{}
	for _, s := range catalog.Services() {
		for _, m := range s.Methods() {
			known[m.Shape] = append(known[m.Shape], method{Method: m}.lastWords(2))
		}
	}
	for shape, byWord := range enumerated {
		for word, methods := range byWord {
			if word != letters(word) {
				t.Errorf("%q has more than small letters", word)
			}
			for id := range methods {
				if !slices.Contains(known[shape], id) {
					t.Errorf("%s: the catalog has no method %q", strings.ToUpper(word), id)
				}
			}
		}
	}
}
