package testsuite_test

import (
	"testing"

	"github.com/awaitop/awaitop/testsuite"
)

// The bodies of each form: the operation when it starts, the resource meanwhile, and the operation at its end.
func TestStartForms(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason    string
		options   testsuite.Options
		exchanges []exchange
	}{
		"common metadata": {
			"the metadata has target, verb and createTime", starts("alloydb.googleapis.com", createCluster),
			[]exchange{
				{0, "GET", "v1/" + cluster, "", `404 {"error":{"code":404,"message":"Cluster not found: ` + cluster + `","status":"NOT_FOUND"}}`},
				{0, "POST", "v1/" + place + "/clusters?clusterId=c&requestId=" + first, `{"labels":{"awaitop_key":"k"},"network":"n"}`, `200 {"name":"` + place + `/operations/operation-1","metadata":` +
					`{"@type":"type.googleapis.com/google.cloud.alloydb.v1.OperationMetadata","apiVersion":"v1","createTime":"2026-03-01T12:00:00Z","requestedCancellation":false,"target":"` + cluster + `","verb":"create"}}`},
				{0, "GET", "v1/" + cluster, "", `200 {"createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","labels":{"awaitop_key":"k"},"name":"` + cluster + `","network":"n","state":"CREATING"}`},
				{minute, "GET", "v1/" + place + "/operations/operation-1", "", `200 {"name":"` + place + `/operations/operation-1","done":true,"metadata":` +
					`{"@type":"type.googleapis.com/google.cloud.alloydb.v1.OperationMetadata","apiVersion":"v1","createTime":"2026-03-01T12:00:00Z","endTime":"2026-03-01T12:01:00Z","requestedCancellation":false,"target":"` + cluster + `","verb":"create"},` +
					`"response":{"@type":"type.googleapis.com/google.cloud.alloydb.v1.Cluster","createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","labels":{"awaitop_key":"k"},"name":"` + cluster + `","network":"n","state":"READY"}}`},
				{0, "GET", "v1/" + place + "/clusters?filter=labels.awaitop_key%3Dk", "", `200 {"clusters":[{"createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","labels":{"awaitop_key":"k"},"name":"` + cluster + `","network":"n","state":"READY"}]}`},
				{0, "GET", "v1/" + place + "/clusters?filter=labels.awaitop_key%3Dother", "", `200 {}`},
			},
		},
		"the request in the metadata": {
			"the body wraps the resource; the delete is no operation", starts("bigtableadmin.googleapis.com", "bigtableadmin.projects.instances.create"),
			[]exchange{
				{0, "POST", "v2/projects/p/instances", `{"instanceId":"i","instance":{"displayName":"d"}}`, `200 {"name":"operations/projects/p/instances/i/operations/operation-1","metadata":` +
					`{"@type":"type.googleapis.com/google.cloud.bigtableadmin.v2.CreateInstanceMetadata","originalRequest":{"instance":{"displayName":"d"},"instanceId":"i","parent":"projects/p"},"requestTime":"2026-03-01T12:00:00Z"}}`},
				{minute, "GET", "v2/operations/projects/p/operations?filter=done%3Dfalse", "", `200 {}`},
				{0, "GET", "v2/projects/p/instances/i", "", `200 {"createTime":"2026-03-01T12:00:00Z","displayName":"d","name":"projects/p/instances/i","state":"READY"}`},
				{0, "DELETE", "v2/projects/p/instances/i", "", `200 {}`},
				{0, "DELETE", "v2/projects/p/instances/i", "", `404 {"error":{"code":404,"message":"Resource not found: projects/p/instances/i","status":"NOT_FOUND"}}`},
			},
		},
		"no metadata": {
			"the documents have none", starts("firestore.googleapis.com", "firestore.projects.databases.create"),
			[]exchange{
				{0, "POST", "v1/projects/p/databases?databaseId=d", `{}`, `200 {"name":"projects/p/databases/d/operations/operation-1"}`},
			},
		},
		"compute": {
			"the form of Compute Engine: clientOperationId is the requestId, labels cannot be set", starts("compute.googleapis.com", "compute.globalAddresses.insert"),
			[]exchange{
				{0, "POST", "compute/v1/projects/p/global/addresses?requestId=" + first, `{"name":"a","labels":{"x":"y"},"prefixLength":16}`, `200 {"clientOperationId":"` + first + `","id":"1000000000000000001","insertTime":"2026-03-01T12:00:00Z","kind":"compute#operation","name":"operation-1","operationType":"insert","progress":0,` +
					`"selfLink":"https://www.googleapis.com/compute/v1/projects/p/global/operations/operation-1","startTime":"2026-03-01T12:00:00Z","status":"RUNNING","targetId":"1000000000000000002","targetLink":"https://www.googleapis.com/compute/v1/projects/p/global/addresses/a","user":"awaitop@test.iam.gserviceaccount.com"}`},
				{0, "GET", "compute/v1/projects/p/global/addresses/a", "", `200 {"creationTimestamp":"2026-03-01T12:00:00Z","id":"1000000000000000002","name":"a","prefixLength":16,"selfLink":"https://www.googleapis.com/compute/v1/projects/p/global/addresses/a","status":"RESERVING"}`},
				{minute, "GET", "compute/v1/projects/p/global/addresses?maxResults=1", "", `200 {"items":[{"creationTimestamp":"2026-03-01T12:00:00Z","id":"1000000000000000002","name":"a","prefixLength":16,"selfLink":"https://www.googleapis.com/compute/v1/projects/p/global/addresses/a","status":"RESERVED"}]}`},
				{0, "POST", "compute/v1/projects/p/global/addresses", `{"name":"a"}`, `409 {"error":{"code":409,"errors":[{"domain":"global","message":"Address already exists: projects/p/global/addresses/a","reason":"alreadyExists"}],"message":"Address already exists: projects/p/global/addresses/a"}}`},
				{0, "DELETE", "compute/v1/projects/p/global/addresses/a", "", `200 {"endTime":"2026-03-01T12:01:00Z","id":"1000000000000000003","insertTime":"2026-03-01T12:01:00Z","kind":"compute#operation","name":"operation-2","operationType":"delete","progress":100,` +
					`"selfLink":"https://www.googleapis.com/compute/v1/projects/p/global/operations/operation-2","startTime":"2026-03-01T12:01:00Z","status":"DONE","targetId":"1000000000000000002","targetLink":"https://www.googleapis.com/compute/v1/projects/p/global/addresses/a","user":"awaitop@test.iam.gserviceaccount.com"}`},
			},
		},
		"container": {
			"the form of Kubernetes Engine: the name and the labels stand in the wrapped cluster", starts("container.googleapis.com", "container.projects.locations.clusters.create"),
			[]exchange{
				{0, "POST", "v1/" + place + "/clusters", `{"cluster":{"name":"c","resourceLabels":{"k":"v"}}}`, `200 {"location":"l","name":"operation-1","operationType":"CREATE_CLUSTER","selfLink":"https://container.googleapis.com/v1/` + place + `/operations/operation-1",` +
					`"startTime":"2026-03-01T12:00:00Z","status":"RUNNING","targetLink":"https://container.googleapis.com/v1/` + cluster + `"}`},
				{minute, "GET", "v1/" + cluster, "", `200 {"createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","name":"c","resourceLabels":{"k":"v"},"selfLink":"https://container.googleapis.com/v1/` + cluster + `","status":"RUNNING"}`},
			},
		},
		"sqladmin": {
			"the form of Cloud SQL: labels stand in the settings", starts("sqladmin.googleapis.com", "sql.instances.insert"),
			[]exchange{
				{0, "POST", "v1/projects/p/instances", `{"name":"i","settings":{"userLabels":{"k":"v"}}}`, `200 {"insertTime":"2026-03-01T12:00:00Z","kind":"sql#operation","name":"operation-1","operationType":"CREATE","selfLink":"https://sqladmin.googleapis.com/v1/projects/p/operations/operation-1",` +
					`"startTime":"2026-03-01T12:00:00Z","status":"RUNNING","targetId":"i","targetLink":"https://sqladmin.googleapis.com/v1/projects/p/instances/i","targetProject":"p","user":"awaitop@test.iam.gserviceaccount.com"}`},
				{minute, "GET", "v1/projects/p/instances/i", "", `200 {"createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","name":"i","selfLink":"https://sqladmin.googleapis.com/v1/projects/p/instances/i","settings":{"userLabels":{"k":"v"}},"state":"RUNNABLE"}`},
				{0, "GET", "v1/projects/p/instances/j", "", `404 {"error":{"code":404,"errors":[{"domain":"global","message":"DatabaseInstance not found: projects/p/instances/j","reason":"notFound"}],"message":"DatabaseInstance not found: projects/p/instances/j"}}`},
			},
		},
		"dns": {
			"the form of managed zones, which no method of the catalog makes", starts("dns.googleapis.com", "dns.managedZones.patch"),
			[]exchange{
				{0, "PATCH", "dns/v1/projects/p/managedZones/z", `{}`, `200 {"id":"operation-1","kind":"dns#operation","startTime":"2026-03-01T12:00:00Z","status":"pending","type":"update","user":"awaitop@test.iam.gserviceaccount.com"}`},
			},
		},
		"the whole name in the body": {
			"as Composer takes it", starts("composer.googleapis.com"),
			[]exchange{
				{0, "POST", "v1/" + place + "/environments", `{"name":"other/environments/e"}`, `400 {"error":{"code":400,"message":"name must be ` + place + `/environments/e","status":"INVALID_ARGUMENT"}}`},
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			serve(t, tt.options).lines(tt.exchanges)
		})
	}
}
