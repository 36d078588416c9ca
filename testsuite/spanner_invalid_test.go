package testsuite_test

import (
	"strings"
	"testing"

	"github.com/awaitop/awaitop/testsuite"
)

// Starts that Spanner refuses start nothing.
func TestRefusedStarts(t *testing.T) {
	t.Parallel()
	const backup = instance + "/backups/b"
	rows := []struct {
		name, verb, path, body string
		want                   string // HTTP status and a part of the message
	}{
		{"instance without fieldMask", "PATCH", instance, `{"instance":{}}`, "400 fieldMask is missing"},
		{"instance without JSON", "PATCH", instance, `[]`, "400 invalid JSON payload"},
		{"database without JSON", "POST", instance + "/databases", `[]`, "400 invalid JSON payload"},
		{"database without statement", "POST", instance + "/databases", ``, "400 is no CREATE DATABASE"},
		{"update without JSON", "PATCH", database, `[]`, "400 invalid JSON payload"},
		{"schema without JSON", "PATCH", database + "/ddl", `{"statements":"a"}`, "400 invalid JSON payload"},
		{"restore without JSON", "POST", instance + "/databases:restore", `[]`, "400 invalid JSON payload"},
		{"restore without id", "POST", instance + "/databases:restore", `{}`, "400 databaseId is missing"},
		{"restore into no instance", "POST", "projects/p/instances/z/databases:restore", `{"databaseId":"d","backup":"` + backup + `"}`, "404 Instance not found: projects/p/instances/z"},
		{"restore over a database", "POST", instance + "/databases:restore", `{"databaseId":"d","backup":"` + backup + `"}`, "409 Database already exists"},
		{"backup without JSON", "POST", instance + "/backups?backupId=c", `[]`, "400 invalid JSON payload"},
		{"backup without id", "POST", instance + "/backups", `{}`, "400 backupId is missing"},
		{"backup of no database", "POST", instance + "/backups?backupId=c", `{}`, "404 Database not found"},
		{"copy without JSON", "POST", instance + "/backups:copy", `[]`, "400 invalid JSON payload"},
		{"copy without id", "POST", instance + "/backups:copy", `{}`, "400 backupId is missing"},
		{"copy over a backup", "POST", instance + "/backups:copy", `{"backupId":"b","sourceBackup":"` + backup + `"}`, "409 Backup already exists"},
		{"backup update without JSON", "PATCH", backup, `[]`, "400 invalid JSON payload"},
		{"backup update without mask", "PATCH", backup, `{}`, "400 updateMask is missing"},
		{"bad page size of resources", "GET", instance + "/databases?pageSize=x", ``, "400 page size"},
		{"no such method", "POST", instance, ``, "404 method not found"},
		{"no such path", "GET", "", ``, "404 method not found"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, testsuite.Options{})
			for _, name := range []string{instance, database, backup} {
				s.service.Put(name, nil)
			}
			got := s.do(row.verb, row.path, row.body)
			if !strings.HasPrefix(got, row.want[:4]) || !strings.Contains(got, row.want[4:]) {
				t.Errorf("%s %s: %s, want %s", row.verb, row.path, got, row.want)
			}
			if refs := s.service.Refs(); refs != nil {
				t.Errorf("it started %v", refs)
			}
		})
	}
}
