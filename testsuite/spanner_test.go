package testsuite_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

const (
	minute       = time.Minute
	instanceType = "type.googleapis.com/google.spanner.admin.instance.v1."
	databaseType = "type.googleapis.com/google.spanner.admin.database.v1."
)

func notFound(what, name string) string {
	return `404 {"error":{"code":404,"message":"` + what + ` not found: ` + name + `","status":"NOT_FOUND"}}`
}

// plan runs every start for a minute.
func plan(methods ...testsuite.Method) testsuite.Options {
	plans := map[testsuite.Method][]testsuite.Script{}
	for _, method := range methods {
		plans[method] = []testsuite.Script{{RunsFor: minute}}
	}
	return testsuite.Options{Plans: plans}
}

func TestInstances(t *testing.T) {
	t.Parallel()
	s := serve(t, plan("CreateInstance", "UpdateInstance"))
	const create = `{"instanceId":"i","instance":{"displayName":"one","nodeCount":1}}`
	s.run([]exchange{
		{0, "GET", instance, "", notFound("Instance", instance)},
		{0, "POST", "projects/p/instances", create, `200 {"name":"projects/p/instances/i/operations/_auto_op_1","metadata":{"@type":"` + instanceType +
			`CreateInstanceMetadata","instance":{"displayName":"one","name":"projects/p/instances/i","nodeCount":1},"startTime":"2026-03-01T12:00:00Z"}}`},
		{0, "GET", instance, "", `200 {"createTime":"2026-03-01T12:00:00Z","displayName":"one","name":"projects/p/instances/i","nodeCount":1,"state":"CREATING"}`},
		{0, "POST", "projects/p/instances", create, `409 {"error":{"code":409,"message":"Instance already exists: projects/p/instances/i","status":"ALREADY_EXISTS"}}`},
		{minute, "GET", instance + "/operations/_auto_op_1", "", `200 {"name":"projects/p/instances/i/operations/_auto_op_1","done":true,"metadata":{"@type":"` + instanceType +
			`CreateInstanceMetadata","endTime":"2026-03-01T12:01:00Z","instance":{"displayName":"one","name":"projects/p/instances/i","nodeCount":1},"startTime":"2026-03-01T12:00:00Z"},` +
			`"response":{"@type":"` + instanceType + `Instance","createTime":"2026-03-01T12:00:00Z","displayName":"one","name":"projects/p/instances/i","nodeCount":1,"state":"READY"}}`},
		{0, "PATCH", instance, `{"fieldMask":"node_count","instance":{"nodeCount":3,"displayName":"ignored"}}`, `200 {"name":"projects/p/instances/i/operations/_auto_op_2","metadata":{"@type":"` + instanceType +
			`UpdateInstanceMetadata","instance":{"displayName":"ignored","name":"projects/p/instances/i","nodeCount":3},"startTime":"2026-03-01T12:01:00Z"}}`},
		{0, "GET", "projects/p/instances", "", `200 {"instances":[{"createTime":"2026-03-01T12:00:00Z","displayName":"one","name":"projects/p/instances/i","nodeCount":1,"state":"READY"}]}`},
		{minute, "GET", "projects/p/instances", "", `200 {"instances":[{"createTime":"2026-03-01T12:00:00Z","displayName":"one","name":"projects/p/instances/i","nodeCount":3,"state":"READY"}]}`},
		{0, "DELETE", instance, "", `200 {}`},
		{0, "DELETE", instance, "", notFound("Instance", instance)},
		{0, "PATCH", instance, `{"fieldMask":"node_count"}`, notFound("Instance", instance)},
		{0, "GET", "projects/p/instances", "", `200 {}`},
		{0, "POST", "projects/p/instances", `{}`, `400 {"error":{"code":400,"message":"instanceId is missing","status":"INVALID_ARGUMENT"}}`},
		{0, "POST", "projects/p/instances", `{`, `400 {"error":{"code":400,"message":"invalid JSON payload: unexpected EOF","status":"INVALID_ARGUMENT"}}`},
	})
	// The records of operations outlive what they made.
	page, err := s.service.ListOperations(t.Context(), lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: instance + "/operations"}})
	if err != nil || len(page.Operations) != 2 {
		t.Errorf("%d operations are left (%v), want both", len(page.Operations), err)
	}
	want := map[testsuite.Method]int{
		"GetInstance": 2, "CreateInstance": 4, testsuite.MethodGet: 1, "UpdateInstance": 2,
		"ListInstances": 3, "DeleteInstance": 2, testsuite.MethodList: 1,
	}
	for method, calls := range want {
		s.service.AssertCalls(t, method, calls)
	}
}

// What a create made is gone when it is canceled or fails.
func TestUnmadeResources(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance": {{RunsFor: time.Hour}, {RunsFor: minute, End: testsuite.Fail(lro.CodeResourceExhausted, "no room")}, {}},
	}})
	const create = `{"instanceId":"i"}`
	first := lro.Ref{Service: lro.SpannerService, Name: instance + "/operations/_auto_op_1"}
	s.do("POST", "projects/p/instances", create)
	if !s.service.Exists(instance) {
		t.Error("an instance being created does not exist")
	}
	s.do("POST", first.Name+":cancel", "")
	s.service.AssertCanceled(t, first)
	if s.service.Exists(instance) {
		t.Error("an instance exists whose creation was canceled")
	}
	s.do("POST", "projects/p/instances", create)
	s.clock.Advance(minute)
	if s.service.Exists(instance) {
		t.Error("an instance exists whose creation failed")
	}
	s.do("POST", "projects/p/instances", create)
	if !s.service.Exists(instance) {
		t.Error("the third creation, done at once, made no instance")
	}
}

func TestDatabases(t *testing.T) {
	t.Parallel()
	s := serve(t, plan("CreateDatabase", "UpdateDatabase"))
	const create = "{\"createStatement\":\"CREATE DATABASE `d`\",\"extraStatements\":[\"CREATE TABLE t\"],\"databaseDialect\":\"POSTGRESQL\"}"
	s.run([]exchange{{0, "POST", instance + "/databases", create, notFound("Instance", instance)}})
	s.service.Put(instance, nil)
	ready := `{"createTime":"2026-03-01T12:00:00Z","databaseDialect":"POSTGRESQL","name":"projects/p/instances/i/databases/d","state":"READY"}`
	s.run([]exchange{
		{0, "POST", instance + "/databases", create, `200 {"name":"projects/p/instances/i/databases/d/operations/_auto_op_1","metadata":{"@type":"` + databaseType +
			`CreateDatabaseMetadata","database":"projects/p/instances/i/databases/d"}}`},
		{0, "POST", instance + "/databases", create, `409 {"error":{"code":409,"message":"Database already exists: projects/p/instances/i/databases/d","status":"ALREADY_EXISTS"}}`},
		{minute, "GET", database, "", "200 " + ready},
		{0, "GET", instance + "/databases", "", `200 {"databases":[` + ready + `]}`},
		{0, "GET", database + "/ddl", "", `200 {"statements":["CREATE TABLE t"]}`},
		{0, "PATCH", database + "?updateMask=version_retention_period", `{"versionRetentionPeriod":"2h"}`, `200 {"name":"projects/p/instances/i/databases/d/operations/_auto_op_2","metadata":{"@type":"` + databaseType +
			`UpdateDatabaseMetadata","progress":{"startTime":"2026-03-01T12:01:00Z"},"request":{"database":{"name":"projects/p/instances/i/databases/d","versionRetentionPeriod":"2h"},"updateMask":"versionRetentionPeriod"}}}`},
		{minute, "GET", database, "", `200 {"createTime":"2026-03-01T12:00:00Z","databaseDialect":"POSTGRESQL","name":"projects/p/instances/i/databases/d","state":"READY","versionRetentionPeriod":"2h"}`},
		{0, "PATCH", database, `{}`, `400 {"error":{"code":400,"message":"updateMask is missing","status":"INVALID_ARGUMENT"}}`},
		{0, "DELETE", database + "/operations/_auto_op_1", "", `501 {"error":{"code":501,"message":"the operation cannot be deleted","status":"UNIMPLEMENTED"}}`},
		{0, "DELETE", database, "", `200 {}`},
		{0, "DELETE", database, "", notFound("Database", database)},
		{0, "GET", database + "/ddl", "", notFound("Database", database)},
		{0, "PATCH", database + "?updateMask=reconciling", `{}`, notFound("Database", database)},
		{0, "PATCH", database + "?updateMask=x", `{}`, `400 {"error":{"code":400,"message":"invalid field mask: \"x\" is no field of Database","status":"INVALID_ARGUMENT"}}`},
		{0, "POST", instance + "/databases", `{"createStatement":"DROP DATABASE d"}`, `400 {"error":{"code":400,"message":"createStatement \"DROP DATABASE d\" is no CREATE DATABASE","status":"INVALID_ARGUMENT"}}`},
	})
}

func TestUpdateDatabaseDdl(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"UpdateDatabaseDdl": {{}, {RunsFor: minute, EndPercent: 50, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicates")}},
	}})
	s.run([]exchange{{0, "PATCH", database + "/ddl", `{"statements":["a"]}`, notFound("Database", database)}})
	s.service.Put(database, nil)
	const first, second = database + "/operations/first", database + "/operations/second"
	exists := `409 {"error":{"code":409,"message":"Operation already exists: ` + first + `","status":"ALREADY_EXISTS"}}`
	s.run([]exchange{
		{0, "PATCH", database + "/ddl", `{"statements":["CREATE TABLE t"],"operationId":"first"}`, `200 {"name":"` + first + `","done":true,"metadata":{"@type":"` + databaseType +
			`UpdateDatabaseDdlMetadata","commitTimestamps":["2026-03-01T12:00:00Z"],"database":"projects/p/instances/i/databases/d","progress":[{"endTime":"2026-03-01T12:00:00Z","progressPercent":100,"startTime":"2026-03-01T12:00:00Z"}],"statements":["CREATE TABLE t"]},` +
			`"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}}`},
		{0, "PATCH", database + "/ddl", `{"statements":["CREATE TABLE t"],"operationId":"first"}`, exists},
		{0, "PATCH", database + "/ddl", `{"statements":["CREATE TABLE u","CREATE UNIQUE INDEX v"],"operationId":"second"}`, `200 {"name":"` + second + `","metadata":{"@type":"` + databaseType +
			`UpdateDatabaseDdlMetadata","database":"projects/p/instances/i/databases/d","progress":[{"startTime":"2026-03-01T12:00:00Z"}],"statements":["CREATE TABLE u","CREATE UNIQUE INDEX v"]}}`},
		{minute, "GET", second, "", `200 {"name":"` + second + `","done":true,"metadata":{"@type":"` + databaseType +
			`UpdateDatabaseDdlMetadata","commitTimestamps":["2026-03-01T12:01:00Z"],"database":"projects/p/instances/i/databases/d","progress":[{"endTime":"2026-03-01T12:01:00Z","progressPercent":100,"startTime":"2026-03-01T12:00:00Z"}],"statements":["CREATE TABLE u","CREATE UNIQUE INDEX v"]},` +
			`"error":{"code":9,"message":"duplicates"}}`},
		{0, "GET", database + "/ddl", "", `200 {"statements":["CREATE TABLE t","CREATE TABLE u"]}`},
		{0, "DELETE", database, "", `200 {}`},
		{0, "PATCH", database + "/ddl", `{"statements":["a"]}`, notFound("Database", database)},
	})
	// The id of an operation answers ALREADY_EXISTS in the next life of the
	// database too.
	s.service.Put(database, nil)
	s.run([]exchange{
		{0, "PATCH", database + "/ddl", `{"statements":["a"],"operationId":"first"}`, exists},
		{0, "PATCH", database + "/ddl", `{"operationId":"third"}`, `400 {"error":{"code":400,"message":"statements are missing","status":"INVALID_ARGUMENT"}}`},
		{0, "PATCH", database + "/ddl", `{"statements":["a"],"operationId":"3rd"}`, `400 {"error":{"code":400,"message":"operationId \"3rd\" does not match ^[a-z][a-z0-9_]*$","status":"INVALID_ARGUMENT"}}`},
	})
}

func TestBackupsAndRestore(t *testing.T) {
	t.Parallel()
	s := serve(t, plan("CreateBackup", "RestoreDatabase", "OptimizeRestoredDatabase"))
	const backup = instance + "/backups/b"
	s.service.Put(instance, nil)
	s.run([]exchange{{0, "POST", instance + "/backups?backupId=b", `{"database":"` + database + `"}`, notFound("Database", database)}})
	s.service.Put(database, nil)
	body := func(state string) string {
		return `{"createTime":"2026-03-01T12:00:00Z","database":"projects/p/instances/i/databases/d","expireTime":"2027-01-01T00:00:00Z","name":"projects/p/instances/i/backups/b","state":"` + state + `"}`
	}
	restored := instance + "/databases/r"
	info := `"backupInfo":{"backup":"projects/p/instances/i/backups/b","sourceDatabase":"projects/p/instances/i/databases/d"}`
	s.run([]exchange{
		{0, "POST", instance + "/backups?backupId=b", `{"database":"` + database + `","expireTime":"2027-01-01T00:00:00Z"}`, `200 {"name":"` + backup + `/operations/_auto_op_1","metadata":{"@type":"` + databaseType +
			`CreateBackupMetadata","database":"projects/p/instances/i/databases/d","name":"projects/p/instances/i/backups/b","progress":{"startTime":"2026-03-01T12:00:00Z"}}}`},
		{0, "GET", backup, "", "200 " + body("CREATING")},
		{0, "POST", instance + "/backups?backupId=b", `{"database":"` + database + `"}`, `409 {"error":{"code":409,"message":"Backup already exists: projects/p/instances/i/backups/b","status":"ALREADY_EXISTS"}}`},
		{minute, "GET", instance + "/backups", "", `200 {"backups":[` + body("READY") + `]}`},
		{0, "POST", instance + "/backups:copy", `{"backupId":"c","sourceBackup":"` + backup + `","expireTime":"2028-01-01T00:00:00Z"}`, `200 {"name":"` + instance + `/backups/c/operations/_auto_op_2","done":true,"metadata":{"@type":"` + databaseType +
			`CopyBackupMetadata","name":"projects/p/instances/i/backups/c","progress":{"endTime":"2026-03-01T12:01:00Z","progressPercent":100,"startTime":"2026-03-01T12:01:00Z"},"sourceBackup":"projects/p/instances/i/backups/b"},` +
			`"response":{"@type":"` + databaseType + `Backup","createTime":"2026-03-01T12:01:00Z","database":"projects/p/instances/i/databases/d","expireTime":"2028-01-01T00:00:00Z","name":"projects/p/instances/i/backups/c","state":"READY"}}`},
		{0, "POST", instance + "/databases:restore", `{"databaseId":"r","backup":"` + backup + `"}`, `200 {"name":"` + restored + `/operations/_auto_op_3","metadata":{"@type":"` + databaseType +
			`RestoreDatabaseMetadata",` + info + `,"name":"projects/p/instances/i/databases/r","progress":{"startTime":"2026-03-01T12:01:00Z"},"sourceType":"BACKUP"}}`},
		{minute, "GET", restored, "", `200 {"createTime":"2026-03-01T12:01:00Z","name":"projects/p/instances/i/databases/r","restoreInfo":{` + info + `,"sourceType":"BACKUP"},"state":"READY_OPTIMIZING"}`},
		{0, "GET", restored + "/operations/_auto_op_3", "", `200 {"name":"` + restored + `/operations/_auto_op_3","done":true,"metadata":{"@type":"` + databaseType +
			`RestoreDatabaseMetadata",` + info + `,"name":"projects/p/instances/i/databases/r","optimizeDatabaseOperationName":"` + restored + `/operations/_auto_op_4","progress":{"endTime":"2026-03-01T12:02:00Z","progressPercent":100,"startTime":"2026-03-01T12:01:00Z"},"sourceType":"BACKUP"},` +
			`"response":{"@type":"` + databaseType + `Database","createTime":"2026-03-01T12:01:00Z","name":"projects/p/instances/i/databases/r","restoreInfo":{` + info + `,"sourceType":"BACKUP"},"state":"READY_OPTIMIZING"}}`},
		{minute, "GET", restored + "/operations/_auto_op_4", "", `200 {"name":"` + restored + `/operations/_auto_op_4","done":true,"metadata":{"@type":"` + databaseType +
			`OptimizeRestoredDatabaseMetadata","name":"projects/p/instances/i/databases/r","progress":{"endTime":"2026-03-01T12:03:00Z","progressPercent":100,"startTime":"2026-03-01T12:02:00Z"}},"response":{"@type":"type.googleapis.com/google.protobuf.Empty"}}`},
		{0, "PATCH", backup + "?updateMask=expireTime", `{"expireTime":"2027-01-01T00:00:00Z","database":"ignored"}`, "200 " + body("READY")},
		{0, "DELETE", instance, "", `400 {"error":{"code":400,"message":"cannot delete projects/p/instances/i: it holds backups","status":"FAILED_PRECONDITION"}}`},
		{0, "DELETE", backup, "", `200 {}`},
		{0, "GET", backup, "", notFound("Backup", backup)},
		{0, "PATCH", backup, "", notFound("Backup", backup)},
		{0, "POST", instance + "/databases:restore", `{"databaseId":"s","backup":"` + backup + `"}`, notFound("Backup", backup)},
		{0, "POST", instance + "/backups:copy", `{"backupId":"e","sourceBackup":"` + backup + `"}`, notFound("Backup", backup)},
		{0, "DELETE", instance + "/backups/c", "", `200 {}`},
		{0, "DELETE", instance, "", `200 {}`},
		{0, "GET", restored, "", notFound("Database", restored)},
	})
}

// Each collection lists what is its own, in pages, newest first.
func TestOperationCollections(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{})
	for _, parent := range []string{instance, database, instance + "/databases/e", instance + "/backups/b", "projects/p/instanceConfigs/c", instance + "/instancePartitions/q"} {
		for _, id := range []string{"/operations/1", "/operations/2"} {
			s.service.Start(parent+id, testsuite.Script{End: testsuite.Succeed(nil), Metadata: testsuite.NoMetadata()})
		}
	}
	page := func(names ...string) string {
		text := ""
		for _, name := range names {
			text += `,{"name":"` + name + `","done":true}`
		}
		return `200 {"operations":[` + text[1:] + `]}`
	}
	s.run([]exchange{
		{0, "GET", instance + "/operations", "", page(instance+"/operations/2", instance+"/operations/1")},
		{0, "GET", database + "/operations", "", page(database+"/operations/2", database+"/operations/1")},
		{0, "GET", instance + "/backups/b/operations", "", page(instance+"/backups/b/operations/2", instance+"/backups/b/operations/1")},
		{0, "GET", instance + "/backupOperations", "", page(instance+"/backups/b/operations/2", instance+"/backups/b/operations/1")},
		{0, "GET", instance + "/databaseOperations", "", page(instance+"/databases/e/operations/2", instance+"/databases/e/operations/1", database+"/operations/2", database+"/operations/1")},
		{0, "GET", instance + "/databaseOperations?filter=name:e/operations/1", "", page(instance + "/databases/e/operations/1")},
		{0, "GET", instance + "/instancePartitionOperations?pageSize=1000", "", page(instance+"/instancePartitions/q/operations/2", instance+"/instancePartitions/q/operations/1")},
		{0, "GET", "projects/p/instanceConfigOperations", "", page("projects/p/instanceConfigs/c/operations/2", "projects/p/instanceConfigs/c/operations/1")},
		{0, "GET", instance + "/operations?pageSize=-1", "", `400 {"error":{"code":400,"message":"page size \"-1\" is not 0 or more","status":"INVALID_ARGUMENT"}}`},
		{0, "GET", instance + "/instances?filter=(", "", `404 {"error":{"code":404,"message":"method not found: projects/p/instances/i/instances","status":"NOT_FOUND"}}`},
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{}, testsuite.Options{PageSize: 2})
	for _, id := range []string{"1", "2", "3"} {
		s.service.Start(database+"/operations/"+id, testsuite.Script{})
	}
	ask := lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: database + "/operations"}, PageSize: 3}
	first, err := s.service.ListOperations(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	s.service.Start(database+"/operations/later", testsuite.Script{})
	ask.PageToken = first.NextPageToken
	second, err := s.service.ListOperations(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{lastSegments(first.Operations), lastSegments(second.Operations), second.NextPageToken}
	if diff := cmp.Diff([]string{"3 2", "1 o", ""}, got); diff != "" {
		t.Errorf("what starts between two pages moves them (-want +got):\n%s", diff)
	}
	ask.Filter = "done:true"
	if _, err := s.service.ListOperations(t.Context(), ask); class(err) != "permanent" {
		t.Errorf("a token is good for another filter: %v", err)
	}
}

// Resources have pages too.
func TestPagesOfResources(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{PageSize: 2})
	for _, name := range []string{"a", "b", "c"} {
		s.service.Put(instance+"/databases/"+name, nil)
	}
	item := func(name string) string {
		return `{"createTime":"2026-03-01T12:00:00Z","name":"projects/p/instances/i/databases/` + name + `","state":"READY"}`
	}
	got := s.do("GET", instance+"/databases", "")
	want := `200 {"databases":[` + item("a") + `,` + item("b") + `],"nextPageToken":"`
	if len(got) < len(want) || got[:len(want)] != want {
		t.Fatalf("first page %s, want %s", got, want)
	}
	token := got[len(want) : len(got)-2]
	s.run([]exchange{
		{0, "GET", instance + "/databases?pageToken=" + token, "", `200 {"databases":[` + item("c") + `]}`},
		{0, "GET", instance + "/backups?pageToken=" + token, "", `400 {"error":{"code":400,"message":"page token \"` + token + `\" does not belong to this collection and filter","status":"INVALID_ARGUMENT"}}`},
	})
}

// A start whose reply is lost has started all the same.
func TestLostStart(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{
		Plans:  map[testsuite.Method][]testsuite.Script{"CreateInstance": {{RunsFor: minute}}},
		Faults: []testsuite.Fault{testsuite.LostReply().On("CreateInstance").For(instance).Calls(1, 1)},
	})
	if got := s.do("POST", "projects/p/instances", `{"instanceId":"i"}`); got != "broken" {
		t.Errorf("the lost reply came: %s", got)
	}
	if got := s.do("POST", "projects/p/instances", `{"instanceId":"i"}`); got[:3] != "409" {
		t.Errorf("the retry was answered %s, want ALREADY_EXISTS", got)
	}
	if got := len(s.service.Running()); got != 1 {
		t.Errorf("%d operations run, want the one whose reply was lost", got)
	}
}

// A plan for a resource goes before that of the method.
func TestPlanFor(t *testing.T) {
	t.Parallel()
	s := serve(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{"CreateDatabase": {{RunsFor: time.Hour}}}})
	const instance = "projects/p/instances/i"
	s.service.Put(instance, nil)
	s.service.PlanFor("CreateDatabase", instance+"/databases/bad", testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")})
	for _, id := range []string{"good", "bad"} {
		s.do("POST", instance+"/databases", "{\"createStatement\":\"CREATE DATABASE `"+id+"`\"}")
	}
	states := map[string]lro.State{}
	for _, ref := range s.service.Refs() {
		op, _ := s.service.Peek(ref)
		states[ref.Name[len(instance+"/databases/"):][:3]] = op.State()
	}
	if states["goo"] != lro.StateRunning || states["bad"] != lro.StateFailed {
		t.Errorf("states %v, want that of bad alone to have failed", states)
	}
	var rows []refusal
	for _, target := range []string{"", "bad", "projects/p"} {
		rows = append(rows, refusal{"target " + target, func(s *testsuite.Service) { s.PlanFor("CreateDatabase", target) }, "target", target})
	}
	runRefusals(t, rows)
}
