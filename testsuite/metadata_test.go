package testsuite_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// metadataOf is the operation's metadata, which it must have or not have.
func (s stage) metadataOf() string {
	s.t.Helper()
	op, known := s.service.Peek(s.ref)
	if !known {
		s.t.Fatalf("%s is unknown", s.ref)
	}
	return string(op.Metadata)
}

// metadataRow is the metadata of an operation that runs for a minute, after some
// steps.
type metadataRow struct {
	name, reason string
	metadata     testsuite.Metadata
	end          testsuite.End
	percent      int
	steps        string
	want         string
}

func runMetadata(t *testing.T, rows []metadataRow) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, testsuite.Script{RunsFor: time.Minute, Metadata: row.metadata, End: row.end, EndPercent: row.percent}, testsuite.Options{})
			s.play(row.steps)
			if diff := cmp.Diff(row.want, s.metadataOf()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	fields := map[string]any{"name": "n"}
	runMetadata(t, []metadataRow{
		{
			"none", "an operation without", testsuite.NoMetadata(), testsuite.End{}, 0, "30s", "",
		},
		{
			"raw", "as it is", testsuite.RawMetadata(`{"a": 1.10}`), testsuite.End{}, 0, "30s", `{"a":1.10}`,
		},
		{
			"raw, no JSON", "cannot be sent", testsuite.RawMetadata(`{`), testsuite.End{}, 0, "30s", "",
		},
		{
			"own, no JSON", "the operation can be read all the same",
			func(testsuite.Snapshot) json.RawMessage { return json.RawMessage("{") }, testsuite.End{}, 0, "30s", "",
		},
		{
			"plain", "no times", testsuite.PlainMetadata("T", fields), testsuite.End{}, 0, "30s",
			`{"@type":"type.googleapis.com/T","name":"n"}`,
		},
		{
			"times", "at the top", testsuite.TimesMetadata("T", fields), testsuite.End{}, 0, "30s cancel",
			`{"@type":"type.googleapis.com/T","cancelTime":"2026-03-01T12:00:30Z","endTime":"2026-03-01T12:00:30Z","name":"n","startTime":"2026-03-01T12:00:00Z"}`,
		},
	})
}

func TestProgressMetadata(t *testing.T) {
	t.Parallel()
	fields := map[string]any{"name": "n"}
	runMetadata(t, []metadataRow{
		{
			"progress", "in percent", testsuite.ProgressMetadata("T", fields), testsuite.End{}, 0, "30s",
			`{"@type":"type.googleapis.com/T","name":"n","progress":{"progressPercent":50,"startTime":"2026-03-01T12:00:00Z"}}`,
		},
		{
			"progress before the end", "100 is for what has ended", testsuite.ProgressMetadata("T", nil), testsuite.End{}, 0, "59.99s",
			`{"@type":"type.googleapis.com/T","progress":{"progressPercent":99,"startTime":"2026-03-01T12:00:00Z"}}`,
		},
		{
			"progress at the end", "with the time of it", testsuite.ProgressMetadata("T", nil), testsuite.End{}, 0, "2m",
			`{"@type":"type.googleapis.com/T","progress":{"endTime":"2026-03-01T12:01:00Z","progressPercent":100,"startTime":"2026-03-01T12:00:00Z"}}`,
		},
		{
			"progress of a failure", "it stands where the script says", testsuite.ProgressMetadata("T", nil), testsuite.Fail(lro.CodeAborted, ""), 40, "2m",
			`{"@type":"type.googleapis.com/T","progress":{"endTime":"2026-03-01T12:01:00Z","progressPercent":40,"startTime":"2026-03-01T12:00:00Z"}}`,
		},
		{
			"progress of the canceled", "it stands where the cancel met it", testsuite.ProgressMetadata("T", nil), testsuite.End{}, 0, "15s cancel 2m",
			`{"@type":"type.googleapis.com/T","cancelTime":"2026-03-01T12:00:15Z","progress":{"endTime":"2026-03-01T12:00:15Z","progressPercent":25,"startTime":"2026-03-01T12:00:00Z"}}`,
		},
		{
			"statements at the start", "the first has begun", testsuite.DDLMetadata("d", "a", "b"), testsuite.End{}, 0, "0s",
			`{"@type":"type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata","database":"d","progress":[{"startTime":"2026-03-01T12:00:00Z"}],"statements":["a","b"]}`,
		},
		{
			"statements", "one after the other", testsuite.DDLMetadata("d", "a", "b"), testsuite.End{}, 0, "45s",
			`{"@type":"type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata","commitTimestamps":["2026-03-01T12:00:30Z"],"database":"d","progress":[{"endTime":"2026-03-01T12:00:30Z","progressPercent":100,"startTime":"2026-03-01T12:00:00Z"},{"progressPercent":50,"startTime":"2026-03-01T12:00:30Z"}],"statements":["a","b"]}`,
		},
	})
}

// What the library reads out of the metadata is what the script put in.
func TestProgressIsReadBack(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, reason string
		script       testsuite.Script
		steps        string
		want         lro.Progress
	}{
		{
			"by time", "a third of the time", testsuite.Script{RunsFor: time.Minute}, "20s",
			lro.Progress{Percent: 33, Known: true, StartTime: epoch},
		},
		{
			"by polls", "one read of four", testsuite.Script{Polls: 3}, "get",
			lro.Progress{Percent: 25, Known: true, StartTime: epoch},
		},
		{
			"by both", "whichever is behind", testsuite.Script{Polls: 3, RunsFor: time.Minute}, "get get 6s",
			lro.Progress{Percent: 10, Known: true, StartTime: epoch},
		},
		{
			"endless", "it stops short of the end", testsuite.Script{RunsFor: time.Minute, End: testsuite.RunForever()}, "1h",
			lro.Progress{Percent: 99, Known: true, StartTime: epoch},
		},
		{
			"endless without a time", "there is nothing to measure, and proto JSON leaves 0 percent out", testsuite.Script{End: testsuite.RunForever()}, "1h",
			lro.Progress{StartTime: epoch},
		},
		{
			"failed statement", "the first has committed", testsuite.Script{
				RunsFor: time.Minute, EndPercent: 50, End: testsuite.Fail(lro.CodeFailedPrecondition, "duplicates"),
				Metadata: testsuite.DDLMetadata(database, "CREATE TABLE t", "CREATE UNIQUE INDEX u"),
			}, "1m",
			lro.Progress{Percent: 50, Known: true, StartTime: epoch, Statements: 2, Committed: 1},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, row.script, testsuite.Options{})
			s.play(row.steps)
			if diff := cmp.Diff(row.want, lro.ProgressOf(json.RawMessage(s.metadataOf()))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestDefaultMetadata(t *testing.T) {
	t.Parallel()
	const start = `"startTime":"2026-03-01T12:00:00Z"`
	rows := []struct{ name, want string }{
		{instance + "/operations/o", `{"@type":"type.googleapis.com/google.spanner.admin.instance.v1.CreateInstanceMetadata","instance":{"name":"projects/p/instances/i"},` + start + `}`},
		{instance + "/backups/b/operations/o", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata","name":"projects/p/instances/i/backups/b","progress":{` + start + `}}`},
		{database + "/operations/o", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseMetadata","progress":{` + start + `},"request":{"database":{"name":"projects/p/instances/i/databases/d"}}}`},
		{"projects/p/locations/l/operations/o", ""},
		{"transfers/abc", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := testsuite.DefaultMetadata(row.name)(testsuite.Snapshot{Name: row.name, StartTime: epoch, Now: epoch})
			if diff := cmp.Diff(row.want, string(got)); diff != "" {
				t.Errorf("metadata (-want +got):\n%s", diff)
			}
		})
	}
}
