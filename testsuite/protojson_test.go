package testsuite_test

import (
	"testing"

	"github.com/awaitop/awaitop/testsuite"
)

// MoveInstance answers as the reference says: its metadata is a
// MoveInstanceMetadata, its response the Instance, with the new config.
func TestMoveInstance(t *testing.T) {
	t.Parallel()
	s := serve(t, plan("MoveInstance"))
	s.service.Put(instance, map[string]any{"config": "projects/p/instanceConfigs/eur3", "nodeCount": 1})
	const operation = instance + "/operations/_auto_op_1"
	resource := func(config string) string {
		return `"config":"projects/p/instanceConfigs/` + config + `","createTime":"2026-03-01T12:00:00Z","name":"projects/p/instances/i","nodeCount":1,"state":"READY"}`
	}
	metadata := func(progress string) string {
		return `"metadata":{"@type":"` + instanceType + `MoveInstanceMetadata","progress":{` + progress + `"startTime":"2026-03-01T12:00:00Z"},"targetConfig":"projects/p/instanceConfigs/nam3"}`
	}
	s.run([]exchange{
		{0, moveInstance.verb, moveInstance.path, moveInstance.body, `200 {"name":"` + operation + `",` + metadata("") + `}`},
		{minute / 2, "GET", operation, "", `200 {"name":"` + operation + `",` + metadata(`"progressPercent":50,`) + `}`},
		{0, "GET", instance, "", `200 {` + resource("eur3")},
		{minute / 2, "GET", operation, "", `200 {"name":"` + operation + `","done":true,` + metadata(`"endTime":"2026-03-01T12:01:00Z","progressPercent":100,`) +
			`,"response":{"@type":"` + instanceType + `Instance",` + resource("nam3") + `}`},
		{0, "GET", instance, "", `200 {` + resource("nam3")},
	})
}

// Requests are read as proto JSON, and what is read back is written as proto JSON:
// enums by name, and no zero values.
func TestProtoJSON(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{})
	const made = `"createTime":"2026-03-01T12:00:00Z","edition":"ENTERPRISE","labels":{"team":"a"},"name":"projects/p/instances/i"`
	s.run([]exchange{
		{0, "POST", "projects/p/instances", `{"instance_id":"i","instance":{"edition":2,"node_count":0,"displayName":"","labels":{"team":"a"}}}`,
			`200 {"name":"projects/p/instances/i/operations/_auto_op_1","done":true,"metadata":{"@type":"` + instanceType +
				`CreateInstanceMetadata","endTime":"2026-03-01T12:00:00Z","instance":{"edition":"ENTERPRISE","labels":{"team":"a"},"name":"projects/p/instances/i"},"startTime":"2026-03-01T12:00:00Z"},` +
				`"response":{"@type":"` + instanceType + `Instance",` + made + `,"state":"READY"}}`},
		{0, "POST", instance + "/databases", `{"createStatement":"CREATE DATABASE d","databaseDialect":2}`,
			`200 {"name":"` + database + `/operations/_auto_op_2","done":true,"metadata":{"@type":"` + databaseType + `CreateDatabaseMetadata","database":"` + database + `"},` +
				`"response":{"@type":"` + databaseType + `Database","createTime":"2026-03-01T12:00:00Z","databaseDialect":"POSTGRESQL","name":"` + database + `","state":"READY"}}`},
		{0, "GET", database + "/ddl", "", `200 {}`},
		{0, "PATCH", instance, `{"instance":{"edition":0},"fieldMask":"edition,labels"}`,
			`200 {"name":"` + instance + `/operations/_auto_op_3","done":true,"metadata":{"@type":"` + instanceType +
				`UpdateInstanceMetadata","endTime":"2026-03-01T12:00:00Z","instance":{"name":"projects/p/instances/i"},"startTime":"2026-03-01T12:00:00Z"},` +
				`"response":{"@type":"` + instanceType + `Instance","createTime":"2026-03-01T12:00:00Z","name":"projects/p/instances/i","state":"READY"}}`},
		{0, "GET", instance, "", `200 {"createTime":"2026-03-01T12:00:00Z","name":"projects/p/instances/i","state":"READY"}`},
		{0, "POST", "projects/p/instances", `{"instanceId":"j","instance":{"nodes":1}}`,
			`400 {"error":{"code":400,"message":"invalid JSON payload: unknown name \"nodes\" at instance","status":"INVALID_ARGUMENT"}}`},
		{0, "POST", "projects/p/instances", `{"instanceId":"j","instance":{"edition":"GOLD"}}`,
			`400 {"error":{"code":400,"message":"invalid JSON payload: \"GOLD\" at instance.edition is not a value of the enum","status":"INVALID_ARGUMENT"}}`},
		{0, "GET", "projects/p/instances?filter=nodes:1", "",
			`400 {"error":{"code":400,"message":"filter \"nodes:1\": \"nodes\" cannot be filtered by, want one of [name displayName labels.]","status":"INVALID_ARGUMENT"}}`},
		{0, "GET", instance + "/databases?filter=name:d", "",
			`400 {"error":{"code":400,"message":"filter \"name:d\": this list takes no filter","status":"INVALID_ARGUMENT"}}`},
	})
}
