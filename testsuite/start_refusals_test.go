package testsuite_test

import (
	"testing"

	"github.com/awaitop/awaitop/testsuite"
)

// What a start is refused for, in the words of each service.
func TestStartRefusals(t *testing.T) {
	t.Parallel()
	const alloydb, sql, compute = "alloydb.googleapis.com", "sqladmin.googleapis.com", "compute.googleapis.com"
	sqlPlan := starts(sql, "sql.instances.patch", "sql.databases.insert")
	tests := map[string]struct {
		reason    string
		options   testsuite.Options
		exchanges []exchange
	}{
		"parents": {
			"what a resource stands in must be there and ready", starts(alloydb, createCluster),
			[]exchange{
				{0, "POST", "v1/" + cluster + "/instances?instanceId=i", "", `404 {"error":{"code":404,"message":"Resource not found: ` + cluster + `","status":"NOT_FOUND"}}`},
				{0, "POST", "v1/" + place + "/clusters?clusterId=c", "", "200 "},
				{0, "POST", "v1/" + cluster + "/instances?instanceId=i", "", `400 {"error":{"code":400,"message":"Operation ` + place + `/operations/operation-1 is currently creating ` + cluster + `. Please wait and try again once it is done.","status":"FAILED_PRECONDITION"}}`},
				{minute, "POST", "v1/" + cluster + "/instances?instanceId=i", "", "200 "},
			},
		},
		"force": {
			"a cluster with instances is deleted with force alone, and takes them along", starts(alloydb, deleteCluster),
			[]exchange{
				{0, "POST", "v1/" + place + "/clusters?clusterId=c", "", "200 "},
				{0, "POST", "v1/" + cluster + "/instances?instanceId=i", "", "200 "},
				{0, "DELETE", "v1/" + cluster, "", `400 {"error":{"code":400,"message":"` + cluster + ` is not empty: delete what it holds, or set force","status":"FAILED_PRECONDITION"}}`},
				{0, "DELETE", "v1/" + cluster + "?force=true", "", "200 "},
				{0, "GET", "v1/" + cluster, "", `200 {"createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","name":"` + cluster + `","state":"DELETING"}`},
				{minute, "GET", "v1/" + cluster + "/instances/i", "", `404 {"error":{"code":404,"message":"Instance not found: ` + cluster + `/instances/i","status":"NOT_FOUND"}}`},
			},
		},
		"etag": {
			"an update and a delete of another state are ABORTED", starts(alloydb),
			[]exchange{
				{0, "POST", "v1/" + place + "/clusters?clusterId=c", `{"displayName":"a","network":"n"}`, "200 "},
				{0, "PATCH", "v1/" + cluster + "?updateMask=display_name", `{"displayName":"b","network":"x","etag":"other"}`, `409 {"error":{"code":409,"message":"etag other is not that of ` + cluster + `","status":"ABORTED"}}`},
				{0, "PATCH", "v1/" + cluster + "?updateMask=display_name", `{"displayName":"b","network":"x","etag":"aGc5MXZ0ZXlvMC4w"}`, "200 "},
				{0, "GET", "v1/" + cluster, "", `200 {"createTime":"2026-03-01T12:00:00Z","displayName":"b","etag":"aGc5MXZ0ZXlvMC4x","name":"` + cluster + `","network":"n","state":"READY"}`},
				{0, "DELETE", "v1/" + cluster + "?etag=aGc5MXZ0ZXlvMC4w", "", `409 {"error":{"code":409,"message":"etag aGc5MXZ0ZXlvMC4w is not that of ` + cluster + `","status":"ABORTED"}}`},
				{0, "DELETE", "v1/" + cluster + "?etag=aGc5MXZ0ZXlvMC4x", "", "200 "},
			},
		},
		"verbs": {
			"a verb needs its resource, changes nothing, and is in the way of others", starts(alloydb, "alloydb.projects.locations.clusters.export"),
			[]exchange{
				{0, "POST", "v1/" + cluster + ":export", "", `404 {"error":{"code":404,"message":"Resource not found: ` + cluster + `","status":"NOT_FOUND"}}`},
				{0, "POST", "v1/" + place + "/clusters?clusterId=c", "", "200 "},
				{0, "POST", "v1/" + cluster + ":export", "", "200 "},
				{0, "GET", "v1/" + cluster, "", `200 {"createTime":"2026-03-01T12:00:00Z","etag":"aGc5MXZ0ZXlvMC4w","name":"` + cluster + `","state":"READY"}`},
				{0, "DELETE", "v1/" + cluster, "", `400 {"error":{"code":400,"message":"Operation ` + place + `/operations/operation-2 is currently doing export of ` + cluster + `. Please wait and try again once it is done.","status":"FAILED_PRECONDITION"}}`},
			},
		},
		"what a method does not take": {
			"an unknown parameter or field is refused, and a missing id", starts(alloydb),
			[]exchange{
				{0, "POST", "v1/" + place + "/clusters", "", `400 {"error":{"code":400,"message":"clusterId is missing","status":"INVALID_ARGUMENT"}}`},
				{0, "POST", "v1/" + place + "/clusters?clusterId=c&force=true", "", `400 {"error":{"code":400,"message":"unknown name \"force\": cannot bind query parameter","status":"INVALID_ARGUMENT"}}`},
				{0, "POST", "v1/" + place + "/clusters?clusterId=c", `{"requestId":"` + first + `"}`, `400 {"error":{"code":400,"message":"invalid JSON payload: unknown name \"requestId\"","status":"INVALID_ARGUMENT"}}`},
				{0, "POST", "v1/" + place + "/clusters?clusterId=c", `{`, `400 {"error":{"code":400,"message":"invalid JSON payload: unexpected EOF","status":"INVALID_ARGUMENT"}}`},
				{0, "POST", "v1/" + place + "/nothings", `{}`, `404 {"error":{"code":404,"message":"method not found: ` + place + `/nothings","status":"NOT_FOUND"}}`},
			},
		},
		"sql": {
			"one operation at a time in an instance", sqlPlan,
			[]exchange{
				{0, "POST", "v1/projects/p/instances", `{"name":"i"}`, "200 "},
				{0, "POST", "v1/projects/p/instances/i/databases", `{"name":"d"}`, "200 "},
				{0, "POST", "v1/projects/p/instances/i/databases", `{"name":"e"}`, `409 {"error":{"code":409,"errors":[{"domain":"global","message":"Operation failed because another operation was already in progress. Try your request after the current operation is complete.","reason":"operationInProgress"}],` +
					`"message":"Operation failed because another operation was already in progress. Try your request after the current operation is complete."}}`},
				{minute, "POST", "v1/projects/p/instances/i/databases", `{"name":"e"}`, "200 "},
			},
		},
		"compute": {
			"the resource is not ready", starts(compute, "compute.networks.insert"),
			[]exchange{
				{0, "POST", "compute/v1/projects/p/global/networks", `{"name":"n"}`, "200 "},
				{0, "POST", "compute/v1/projects/p/global/networks/n/addPeering", `{}`, `400 {"error":{"code":400,"errors":[{"domain":"global","message":"The resource 'projects/p/global/networks/n' is not ready","reason":"resourceNotReady"}],"message":"The resource 'projects/p/global/networks/n' is not ready"}}`},
				{minute, "POST", "compute/v1/projects/p/global/networks/n/addPeering", `{}`, "200 "},
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
