package catalog

import "testing"

func TestRequest(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, key, target, line, id string }{
		{"a create", "alloydb.projects.locations.clusters.create", "projects/p/locations/l/clusters/c", "POST v1/projects/p/locations/l/clusters", "c"},
		{"a verb on a collection that makes one", "alloydb.projects.locations.clusters.restore", "projects/p/locations/l/clusters/c", "POST v1/projects/p/locations/l/clusters:restore", "c"},
		{"a verb on a resource", "alloydb.projects.locations.clusters.promote", "projects/p/locations/l/clusters/c", "POST v1/projects/p/locations/l/clusters/c:promote", ""},
		{"a delete", "alloydb.projects.locations.clusters.delete", "projects/p/locations/l/clusters/c", "DELETE v1/projects/p/locations/l/clusters/c", ""},
		{"compute's create", "compute.networks.insert", "projects/p/global/networks/n", "POST compute/v1/projects/p/global/networks", "n"},
		{"compute's verb", "compute.instances.start", "projects/p/zones/z/instances/i", "POST compute/v1/projects/p/zones/z/instances/i/start", ""},
		{"the server's id", "cloudbuild.projects.builds.create", "projects/p/builds", "POST v1/projects/p/builds", ""},
		{"an id in a statement", "spanner.projects.instances.databases.create", "projects/p/instances/i/databases/d", "POST v1/projects/p/instances/i/databases", "d"},
		{"an id in a name", "composer.projects.locations.environments.create", "projects/p/locations/l/environments/e", "POST v1/projects/p/locations/l/environments", "e"},
		{"a POST to the resource itself", "servicenetworking.services.connections.deleteConnection", "services/s/connections/c", "POST v1/services/s/connections/c", ""},
		{"no target", "vision.images.asyncBatchAnnotate", "images", "POST v1/images:asyncBatchAnnotate", ""},
	}
	for _, row := range rows {
		m, err := Find(row.key)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		line, id, ok := m.Request(row.target)
		if !ok || line.String() != row.line || id != row.id {
			t.Errorf("%s: %q with %q, %t, want %q with %q", row.reason, line, id, ok, row.line, row.id)
		}
		if _, _, ok := m.Request(row.target + "/x/y"); ok {
			t.Errorf("%s: takes a name of another form", row.reason)
		}
	}
}

func TestMade(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, key, name, get, del string }{
		{"as usual", "alloydb.projects.locations.clusters.create", "projects/p/locations/l/clusters/c", "GET v1/projects/p/locations/l/clusters/c", "DELETE v1/projects/p/locations/l/clusters/c"},
		{"the server's id", "cloudbuild.projects.builds.create", "projects/p/builds/b", "GET v1/projects/p/builds/b", ""},
		{"a delete by a POST", "compute.globalVmExtensionPolicies.insert", "projects/p/global/vmExtensionPolicies/e", "GET compute/v1/projects/p/global/vmExtensionPolicies/e", "POST compute/v1/projects/p/global/vmExtensionPolicies/e/delete"},
		{"it makes nothing", "alloydb.projects.locations.clusters.promote", "projects/p/locations/l/clusters/c", "", ""},
	}
	for _, row := range rows {
		m, err := Find(row.key)
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		if got, ok := m.GetMade(row.name); ok != (row.get != "") || ok && got.String() != row.get {
			t.Errorf("%s: get %q, %t, want %q", row.reason, got, ok, row.get)
		}
		if got, ok := m.DeleteMade(row.name); ok != (row.del != "") || ok && got.String() != row.del {
			t.Errorf("%s: delete %q, %t, want %q", row.reason, got, ok, row.del)
		}
	}
}

// TestMethods reads all fields of some lines.
func TestMethods(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, key string
		check       func(*Method) bool
	}{
		{"id in the query", "alloydb.projects.locations.clusters.create", func(m *Method) bool {
			return m.IDPlace == Place{InQuery, "clusterId"} && m.RequestID == Place{InQuery, "requestId"} && m.Exactness == ByRequestID && m.Delete == DeleteByOperation
		}},
		{"wrapped, with a plain delete", "spanner.projects.instances.create", func(m *Method) bool {
			return m.IDPlace == Place{InBody, "instanceId"} && m.Body == "instance" && m.Delete == DeleteNow && m.Labels == "labels" && m.Exactness == ByLabel
		}},
		{"its own shape", "sql.instances.insert", func(m *Method) bool {
			return m.Shape == SQLAdmin && m.Labels == "settings.userLabels" && m.Metadata.User && m.Exactness == ByLabel
		}},
		{"one of two shapes", "dns/v1:dns.managedZones.patch", func(m *Method) bool { return m.Shape == DNS && m.Metadata.Resource }},
		{"the other", "dns.outboundEndpoints.create", func(m *Method) bool { return m.Shape == Standard }},
		{"the caller's id of the operation", "spanner.projects.instances.databases.updateDdl", func(m *Method) bool { return m.OperationID == Place{InBody, "operationId"} }},
		{"a mask and an etag", "run.projects.locations.services.patch", func(m *Method) bool {
			return m.UpdateMask.In == InQuery && m.ETag.In == InBody && m.AllowMissing.In == InQuery && m.ValidateOnly.In == InQuery
		}},
		{"force", "alloydb.projects.locations.clusters.delete", func(m *Method) bool { return m.Force.In == InQuery && !m.Makes() }},
	}
	for _, row := range rows {
		m, err := Find(row.key)
		if err != nil || !row.check(m) {
			t.Errorf("%s: %+v, %v", row.reason, m, err)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for e, want := range map[Exactness]string{ByRequestID: "requestId", ByNothing: "nothing in the document", 0: "Exactness(0)", 8: "Exactness(8)"} {
		if e.String() != want {
			t.Errorf("%d: %q, want %q", int(e), e, want)
		}
	}
	for w, want := range map[Where]string{Nowhere: "nowhere", Unknown: "unknown", -1: "Where(-1)", 99: "Where(99)"} {
		if w.String() != want {
			t.Errorf("%d: %q, want %q", int(w), w, want)
		}
	}
}

// An age tells an operation from others only if the operation says what it works on, and metadata only if the service
// lists its operations.
func TestExactnessByOperations(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct {
		reason  string
		refused bool
	}{
		"ces.projects.locations.apps.exportApp":                                  {"neither its name nor its metadata has the target", true},
		"healthcare.projects.locations.datasets.deidentify":                      {"its name is below the dataset's", false},
		"alloydb.projects.locations.clusters.create":                             {"a requestId tells", false},
		"cloudbuild.projects.locations.builds.create":                            {"metadata tells, and nothing lists it", true},
		"cloudbuild.projects.locations.connections.create":                       {"so it does, and the id is the caller's", false},
		"alloydb.projects.locations.clusters.promote":                            {"a requestId tells of a verb, too", false},
		"redis.projects.locations.instances.patch":                               {"metadata tells, in a list", false},
		"sql.instances.restart":                                                  {"so it does in a form of its own", false},
		"bigtableadmin.projects.instances.partialUpdateInstance":                 {"so it does where a list has many parents", false},
		"firebase.projects.iosApps.create":                                       {"nothing tells", true},
		"appengine.projects.locations.applications.patch":                        {"the lists of the service are those of other targets", true},
		"pubsublite.admin.projects.locations.subscriptions.seek":                 {"its name begins with no parent of operations", true},
		"ml.projects.locations.studies.trials.checkEarlyStoppingState":           {"its operations are in a location, without a list", true},
		"aiplatform.projects.locations.featureGroups.patch":                      {"its operations are below it, without a list", true},
		"aiplatform.projects.locations.datasets.import":                          {"its operations are below it, in a list", false},
		"retail.projects.locations.catalogs.branches.products.import":            {"its requestId has no effect, and no operation has the target", true},
		"auditmanager.projects.locations.auditReports.generate":                  {"one of two collections has a list", false},
		"networkmanagement.projects.locations.networkMonitoringProviders.delete": {"the list is that of one location", false},
	} {
		m, err := Find(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.CheckExactness(); (got != nil) != want.refused {
			t.Errorf("%s: %s: %v", id, want.reason, got)
		}
	}
}

// The operations on a target are in the collection of the nearest parent, and in one with a list before another.
func TestOperationsOn(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]struct {
		reason, method string
		name           string
		listed         bool
	}{
		"projects/p/locations/l/clusters/c":                        {"in its location", "alloydb.projects.locations.clusters.patch", "projects/p/locations/l/operations", true},
		"projects/p/locations/l/featureGroups/f":                   {"the nearest has no list", "aiplatform.projects.locations.featureGroups.patch", "projects/p/locations/l/featureGroups/f/operations", false},
		"projects/p/locations/l/auditReports":                      {"operationDetails have the same parent, without a list", "auditmanager.projects.locations.auditReports.generate", "projects/p/locations/l/operations", true},
		"projects/p/instances/i":                                   {"Bigtable's stand below a word", "bigtableadmin.projects.instances.partialUpdateInstance", "operations/projects/p/instances/i/operations", true},
		"projects/p/locations/global/networkMonitoringProviders/n": {"the one location with operations", "networkmanagement.projects.locations.networkMonitoringProviders.delete", "projects/p/locations/global/operations", true},
		"projects/p/locations/l/networkMonitoringProviders/n":      {"another location", "networkmanagement.projects.locations.networkMonitoringProviders.delete", "", false},
	} {
		m, err := Find(want.method)
		if err != nil {
			t.Fatal(err)
		}
		of, name := m.OperationsOn(target)
		if name != want.name || (of != nil) != (name != "") || m.ListsOperationsOn(target) != want.listed {
			t.Errorf("%s: %q, in a list: %t", want.reason, name, m.ListsOperationsOn(target))
		}
		if got := m.CheckExactnessOn(target); (got == nil) != want.listed && m.RequestID.In == Nowhere {
			t.Errorf("%s: %v", want.reason, got)
		}
	}
}
