package google

import (
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// What the starter would overwrite, leave out or send twice is refused, with the field and its value.
func TestOverwrittenInput(t *testing.T) {
	t.Parallel()
	const (
		cluster, createCluster = "projects/p/locations/l/clusters/c", "alloydb.projects.locations.clusters.create"
		instance, createSQL    = "projects/p/instances/i", "sql.instances.insert"
		restore                = "alloydb.projects.locations.clusters.restore"
		gke                    = "container.projects.locations.clusters.create"
		network, createNetwork = "projects/p/global/networks/n", "compute.networks.insert"
		job, verify            = "projects/p/locations/l/migrationJobs/j", "datamigration.projects.locations.migrationJobs.verify"
	)
	rows := []struct {
		reason  string
		method  string
		target  string
		request string
		field   string // "" for a request that is right
		says    string
	}{
		{"labels that are no object", createCluster, cluster, `{"body":{"labels":["a"]}}`, "request.body.labels", `["a"]`},
		{"a label that is no text", createCluster, cluster, `{"body":{"labels":{"team":7}}}`, "request.body.labels.team", "7"},
		{"a label that is null", createCluster, cluster, `{"body":{"labels":{"team":null}}}`, "request.body.labels.team", "null"},
		{"the step's own label", createCluster, cluster, `{"body":{"labels":{"awaitop_key":"mine"}}}`, "request.body.labels.awaitop_key", "the starter sets it"},
		{"labels that are null are none", createCluster, cluster, `{"body":{"labels":null}}`, "", ""},
		{"labels under another name", gke, cluster, `{"body":{"resourceLabels":"a"}}`, "request.body.resourceLabels", "a"},
		{"labels under that name in another spelling", gke, cluster, `{"body":{"resource_labels":{"a":"b"}}}`, "request.body.resource_labels", "resourceLabels"},
		{"settings that are no object", createSQL, instance, `{"body":{"settings":"db-f1-micro"}}`, "request.body.settings", "db-f1-micro"},
		{"labels inside of the settings", createSQL, instance, `{"body":{"settings":{"userLabels":[]}}}`, "request.body.settings.userLabels", "[]"},
		{"the same, in the resource of a request that wraps it", restore, cluster, `{"body":{"labels":1}}`, "request.body.labels", "1"},
		{"labels that the request cannot set are the caller's", createNetwork, network, `{"body":{"labels":[1]}}`, "", ""},

		{"a check is no start", createCluster, cluster, `{"body":{"validateOnly":true}}`, "request.body.validateOnly", "PlanSteps"},
		{"in its other spelling", restore, cluster, `{"body":{"validate_only":true}}`, "request.body.validate_only", "true"},
		{"a requestId of the caller's", restore, cluster, `{"body":{"requestId":"1"}}`, "request.body.requestId", "step's key"},
		{"in its other spelling", createCluster, cluster, `{"body":{"request_id":"1"}}`, "request.body.request_id", "1"},

		{"another id than the target's", createNetwork, network, `{"body":{"name":"m"}}`, "request.body.name", `"n"`},
		{"the target's id", createNetwork, network, `{"body":{"name":"n"}}`, "", ""},
		{"another id in the wrapped resource", gke, cluster, `{"body":{"name":"d"}}`, "request.body.name", `"c"`},
		{"an id that is no text", createSQL, instance, `{"body":{"name":7}}`, "request.body.name", "7"},
		{"another name than the target's", "composer.projects.locations.environments.create", "projects/p/locations/l/environments/e", `{"body":{"name":"e"}}`, "request.body.name", "projects/p/locations/l/environments/e"},
		{"a field that the starter sets beside the resource is none of the resource's", restore, cluster, `{"body":{"clusterId":"d"}}`, "", ""},

		{"the body of a delete", "alloydb.projects.locations.clusters.delete", cluster, `{"body":{"force":true}}`, "request.body", "force"},
		{"an empty body of a delete", "alloydb.projects.locations.clusters.delete", cluster, `{"body":{}}`, "", ""},
		{"two masks", verify, job, `{"body":{"updateMask":"a"},"updateMask":["b"]}`, "request.body.updateMask", "Request.UpdateMask"},
		{"a mask in the body alone", verify, job, `{"body":{"updateMask":"a"}}`, "", ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			_, _, err := made(t, row.method, row.target, row.request)
			testRefusal(t, err, row.field, row.says)
		})
	}
}

// A parameter that the starter sets, in any spelling, one that the method does not take, and one of every
// request are refused.
func TestParameters(t *testing.T) {
	t.Parallel()
	const (
		cluster, create, patch, remove = "projects/p/locations/l/clusters/c", "alloydb.projects.locations.clusters.create",
			"alloydb.projects.locations.clusters.patch", "alloydb.projects.locations.clusters.delete"
	)
	rows := []struct {
		reason string
		method string
		name   string
		wants  string // "" for a parameter that is right
	}{
		{"the id", create, "clusterId", "target"},
		{"the id in its other spelling, which the API takes as well", create, "cluster_id", "target"},
		{"the requestId", create, "request_id", "step's key"},
		{"a check", create, "validate_only", "PlanSteps"},
		{"a mask", patch, "update_mask", "Request.UpdateMask"},
		{"a mask of a method that takes none", create, "updateMask", "takes in its URL"},
		{"its other spelling", patch, "allow_missing", "allowMissing"},
		{"a slip", patch, "allowmissing", "allowMissing"},
		{"the right one", patch, "allowMissing", ""},
		{"of a method that does not take it", create, "allowMissing", "takes in its URL"},
		{"force, of one that takes it", remove, "force", ""},
		{"force, of one that does not", create, "force", "takes in its URL"},
		{"another spelling of one that the catalog does not know", create, "some_thing", "someThing"},
		{"one that the catalog does not know", create, "someThing", ""},
		{"one with an underscore in the documents", create, "_since", ""},
		{"credentials", create, "access_token", "every request"},
		{"a part of the reply", create, "fields", "every request"},
		{"credentials in another spelling", create, "accessToken", "every request"},
		{"in upper case", create, "KEY", "every request"},
		{"who pays", create, "userProject", "every request"},
		{"who pays, in its other spelling", create, "user_project", "every request"},
		{"whose quota", create, "quotaUser", "every request"},
		{"whose quota, in lower case", create, "quotauser", "every request"},
		{"a system parameter", create, "$key", "with a $"},
		{"who pays, as a system parameter", create, "$userProject", "with a $"},
		{"the verb", create, "$httpMethod", "with a $"},
		{"the form of errors", create, "$.xgafv", "with a $"},
		{"with an encoded letter", create, "user%50roject", "with a $"},
		{"with an encoded $", create, "%24key", "with a $"},
		{"a header", create, "X-Goog-User-Project", "with a $"},
		{"the path's parent", create, "parent", "in the path"},
		{"the target's name", patch, "name", "in the path"},
		{"a collection's id in the path", create, "projectsId", "in the path"},
		{"the same, of one", create, "project_id", "in the path"},
		{"no name", create, "", "with a $"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			_, _, err := made(t, row.method, cluster, `{"parameters":{"`+row.name+`":"true"}}`)
			field := ""
			if row.wants != "" {
				field = "request.parameters." + row.name
			}
			testRefusal(t, err, field, row.wants)
		})
	}
}

// testRefusal wants input to be refused for a field, with a text; not at all if the field is "".
func testRefusal(t *testing.T, err error, field, says string) {
	t.Helper()
	var invalid *lro.InvalidError
	switch {
	case field == "" && err != nil:
		t.Error(err)
	case field != "" && (!errors.As(err, &invalid) || invalid.Field != field || !strings.Contains(strings.ReplaceAll(err.Error(), `\"`, `"`), says)):
		t.Errorf("%v; want %s, %q", err, field, says)
	}
}

// A refusal says what to write in Go, and names the service as the worker's configuration does.
func TestRemedies(t *testing.T) {
	t.Parallel()
	m, err := find("run.projects.locations.jobs.run")
	if err != nil {
		t.Fatal(err)
	}
	other := &lro.InvalidError{Field: "target.name", Want: "another name"}
	rows := []struct {
		reason string
		err    error
		field  string
		says   string
	}{
		{"it may start twice", m.check(Request{}, "projects/p/locations/l/jobs/j"), "method", "MayStartTwice in the step's Request"},
		{"there is no undo", m.checkUndo(), "method", "UndoneBy or WithoutUndo"},
		{"a *rest.Client does not serve it", m.unserved("target", &lro.InvalidError{Field: "target.service", Want: "a service registered with this worker: a.example.com"}), "method", "run.googleapis.com, or a pattern such as *.googleapis.com, among the services of the worker's configuration, which has: a.example.com"},
		{"none of a router's clients does", m.unserved("target", &lro.InvalidError{Field: "service", Want: "another"}), "method", "is of run.googleapis.com, which this worker does not serve"},
		{"another refusal stays", m.unserved("target", other), "target.name", "another name"},
		{"none stays none", m.unserved("target", nil), "", ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			testRefusal(t, row.err, row.field, row.says)
		})
	}
}
