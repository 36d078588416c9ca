package testsuite_test

import (
	"strings"
	"testing"

	"github.com/awaitop/awaitop/testsuite"
)

// step is a request that starts, changes or drops something.
type step struct{ verb, path, body string }

var (
	createInstance  = step{"POST", "projects/p/instances", `{"instanceId":"i"}`}
	updateInstance  = step{"PATCH", instance, `{"instance":{"nodeCount":2},"fieldMask":"nodeCount"}`}
	moveInstance    = step{"POST", instance + ":move", `{"targetConfig":"projects/p/instanceConfigs/nam3"}`}
	deleteInstance  = step{"DELETE", instance, ""}
	createDatabase  = step{"POST", instance + "/databases", `{"createStatement":"CREATE DATABASE d"}`}
	updateDatabase  = step{"PATCH", database + "?updateMask=enableDropProtection", `{"enableDropProtection":true}`}
	releaseDatabase = step{"PATCH", database + "?updateMask=enable_drop_protection", `{"enableDropProtection":false}`}
	updateSchema    = step{"PATCH", database + "/ddl", `{"statements":["CREATE TABLE t"]}`}
	changeQuorum    = step{"POST", database + ":changequorum", `{"quorumType":{"dualRegion":{}}}`}
	dropDatabase    = step{"DELETE", database, ""}
	createBackup    = step{"POST", instance + "/backups?backupId=b", `{"database":"` + database + `"}`}
	copyBackup      = step{"POST", instance + "/backups:copy", `{"backupId":"c","sourceBackup":"` + instance + `/backups/b"}`}
	restoreDatabase = step{"POST", instance + "/databases:restore", `{"databaseId":"r","backup":"` + instance + `/backups/b"}`}
	createConfig    = step{"POST", "projects/p/instanceConfigs", `{"instanceConfigId":"c"}`}
	updateConfig    = step{"PATCH", "projects/p/instanceConfigs/c", `{"instanceConfig":{"displayName":"x"},"updateMask":"displayName"}`}
	createPartition = step{"POST", instance + "/instancePartitions", `{"instancePartitionId":"q"}`}
	updatePartition = step{"PATCH", instance + "/instancePartitions/q", `{"instancePartition":{"nodeCount":2},"fieldMask":"nodeCount"}`}
)

// A step that comes too early, or that the reference forbids, is
// FAILED_PRECONDITION and starts nothing.
func TestPreconditions(t *testing.T) {
	t.Parallel()
	const backup = instance + "/backups/b"
	ready := []string{instance, database}
	rows := map[string]struct {
		reason  string
		there   []string // resources that are ready
		pending step     // whose operation runs meanwhile
		then    step
		want    string
	}{
		"database in an instance":   {"databases can be created once the instance is READY", nil, createInstance, createDatabase, "Instance is not ready: " + instance + " is CREATING"},
		"partition in an instance":  {"as can partitions", nil, createInstance, createPartition, "Instance is not ready: " + instance + " is CREATING"},
		"restore into an instance":  {"as can restored ones", []string{backup}, createInstance, restoreDatabase, "Instance is not ready: " + instance + " is CREATING"},
		"copy into an instance":     {"and backups", []string{backup}, createInstance, copyBackup, "Instance is not ready: " + instance + " is CREATING"},
		"update of an instance":     {"an instance that is CREATING rejects changes", nil, createInstance, updateInstance, "Instance is not ready: " + instance + " is CREATING"},
		"move of an instance":       {"a move is a change", nil, createInstance, moveInstance, "Instance is not ready: " + instance + " is CREATING"},
		"schema of a database":      {"a database that is CREATING rejects changes", []string{instance}, createDatabase, updateSchema, "Database is not ready: " + database + " is CREATING"},
		"update of a database":      {"of its fields as well", []string{instance}, createDatabase, updateDatabase, "Database is not ready: " + database + " is CREATING"},
		"quorum of a database":      {"and of its quorum", []string{instance}, createDatabase, changeQuorum, "Database is not ready: " + database + " is CREATING"},
		"backup of a database":      {"and has no data to keep", []string{instance}, createDatabase, createBackup, "Database is not ready: " + database + " is CREATING"},
		"restore of a backup":       {"only a READY backup is whole", ready, createBackup, restoreDatabase, "Backup is not ready: " + backup + " is CREATING"},
		"copy of a backup":          {"as is its copy", ready, createBackup, copyBackup, "Backup is not ready: " + backup + " is CREATING"},
		"update of a config":        {"a config that is CREATING rejects changes", nil, createConfig, updateConfig, "InstanceConfig is not ready: projects/p/instanceConfigs/c is CREATING"},
		"update of a partition":     {"and so does a partition", ready, createPartition, updatePartition, "InstancePartition is not ready: " + instance + "/instancePartitions/q is CREATING"},
		"update beside an update":   {"all other attempts to modify the instance are rejected", ready, updateInstance, updateInstance, "Instance has a pending operation: UpdateInstance of " + instance},
		"move beside an update":     {"an instance with an ongoing update cannot move", ready, updateInstance, moveInstance, "Instance has a pending operation: UpdateInstance of " + instance},
		"update beside a move":      {"nor be changed while it moves", ready, moveInstance, updateInstance, "Instance has a pending operation: MoveInstance of " + instance},
		"move beside a move":        {"nor move twice", ready, moveInstance, moveInstance, "Instance has a pending operation: MoveInstance of " + instance},
		"database beside a move":    {"CreateDatabase is rejected during a move", []string{instance}, moveInstance, createDatabase, "instance " + instance + " is being moved"},
		"backup beside a move":      {"CreateBackup is", ready, moveInstance, createBackup, "instance " + instance + " is being moved"},
		"updates of a database":     {"new UpdateDatabase requests return FAILED_PRECONDITION", ready, updateDatabase, updateDatabase, "Database has a pending operation: UpdateDatabase of " + database},
		"another backup":            {"only one pending backup creation per database", ready, createBackup, step{"POST", instance + "/backups?backupId=x", `{"database":"` + database + `"}`}, "a backup of " + database + " is being created"},
		"another restore":           {"only one database being restored into an instance at a time", []string{instance, backup}, restoreDatabase, step{"POST", instance + "/databases:restore", `{"databaseId":"x","backup":"` + backup + `"}`}, "instance " + instance + " restores another database"},
		"move with backups":         {"an instance that has backups cannot move", []string{instance, backup}, step{}, moveInstance, "cannot move instance " + instance + ": it holds backups"},
		"delete with backups":       {"nor be deleted", []string{instance, backup}, step{}, deleteInstance, "cannot delete " + instance + ": it holds backups"},
		"delete of a config in use": {"only when no instances are using it", []string{"projects/p/instanceConfigs/c"}, step{"POST", "projects/p/instances", `{"instanceId":"i","instance":{"config":"projects/p/instanceConfigs/c"}}`}, step{"DELETE", "projects/p/instanceConfigs/c", ""}, "cannot delete projects/p/instanceConfigs/c: an instance uses it"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveReady(t, testsuite.Script{End: testsuite.RunForever()}, row.there...)
			if row.pending.verb != "" {
				s.takes(row.pending)
			}
			running := len(s.service.Running())
			want := `400 {"error":{"code":400,"message":"` + row.want + `","status":"FAILED_PRECONDITION"}}`
			if got := s.do(row.then.verb, row.then.path, row.then.body); got != want {
				t.Errorf("%s: %s\nwant %s", row.reason, got, want)
			}
			if got := len(s.service.Running()); got != running {
				t.Errorf("%d operations run, want %d: a refused step started one", got, running)
			}
		})
	}
}

// What the reference allows beside a pending operation is taken.
func TestNoPrecondition(t *testing.T) {
	t.Parallel()
	const backup = instance + "/backups/b"
	ready := []string{instance, database}
	rows := map[string]struct {
		reason  string
		there   []string
		pending step
		then    step
	}{
		"delete of an instance":     {"the instance can be deleted", nil, createInstance, deleteInstance},
		"drop of a database":        {"a database as well", []string{instance}, createDatabase, dropDatabase},
		"delete of a backup":        {"a pending backup as well", ready, createBackup, step{"DELETE", backup, ""}},
		"schema beside a schema":    {"schema changes queue", ready, updateSchema, updateSchema},
		"schema beside an update":   {"only another UpdateDatabase is refused", ready, updateDatabase, updateSchema},
		"schema beside a move":      {"that is refused with a default_leader alone", ready, moveInstance, updateSchema},
		"database beside a restore": {"only another restore is refused", []string{instance, backup}, restoreDatabase, createDatabase},
		"backup of another": {"one for each database", append(ready, instance+"/databases/e"), createBackup,
			step{"POST", instance + "/backups?backupId=x", `{"database":"` + instance + `/databases/e"}`}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serveReady(t, testsuite.Script{End: testsuite.RunForever()}, row.there...)
			s.takes(row.pending)
			s.takes(row.then)
		})
	}
}

// A retried start of what is being made answers ALREADY_EXISTS, whatever else
// holds.
func TestStartTwice(t *testing.T) {
	t.Parallel()
	s := serveReady(t, testsuite.Script{End: testsuite.RunForever()}, instance, database, instance+"/backups/b")
	for _, twice := range []step{
		{"POST", instance + "/backups?backupId=x", `{"database":"` + database + `"}`}, restoreDatabase, copyBackup, createPartition, createConfig,
	} {
		s.takes(twice)
		if got := s.do(twice.verb, twice.path, twice.body); !strings.Contains(got, "ALREADY_EXISTS") {
			t.Errorf("%s again: %s", twice.path, got)
		}
	}
}

// Drop protection holds until it is taken away, and over the instance as well.
func TestDropProtection(t *testing.T) {
	t.Parallel()
	s := serveReady(t, testsuite.Script{}, instance, database)
	s.takes(updateDatabase)
	for name, refused := range map[string]step{"enableDropProtection is set": dropDatabase, "it holds a database under drop protection": deleteInstance} {
		want := `400 {"error":{"code":400,"message":"cannot delete ` + refused.path + `: ` + name + `","status":"FAILED_PRECONDITION"}}`
		if got := s.do(refused.verb, refused.path, refused.body); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	s.takes(releaseDatabase)
	s.takes(dropDatabase)
	s.takes(deleteInstance)
}

// serveReady is a server on which each start follows the script, with resources
// that are ready.
func serveReady(t *testing.T, script testsuite.Script, ready ...string) served {
	t.Helper()
	plans := map[testsuite.Method][]testsuite.Script{}
	for _, method := range []testsuite.Method{
		"CreateInstance", "UpdateInstance", "MoveInstance", "CreateDatabase",
		"UpdateDatabase", "UpdateDatabaseDdl", "ChangeQuorum", "RestoreDatabase",
		"CreateBackup", "CopyBackup", "CreateInstanceConfig", "CreateInstancePartition",
	} {
		plans[method] = []testsuite.Script{script}
	}
	s := serve(t, testsuite.Options{Plans: plans})
	for _, name := range ready {
		s.service.Put(name, nil)
	}
	return s
}

// takes sends a request that must be accepted.
func (s served) takes(r step) {
	s.t.Helper()
	if got := s.do(r.verb, r.path, r.body); !strings.HasPrefix(got, "200 ") {
		s.t.Fatalf("%s %s: %s", r.verb, r.path, got)
	}
}
