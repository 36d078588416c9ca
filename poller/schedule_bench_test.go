package poller_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// scheduled are the kinds of metadata that a schedule meets.
var scheduled = []struct{ name, metadata string }{
	{"none", ``},
	{"instance", `{"@type":"type.googleapis.com/google.spanner.admin.instance.v1.CreateInstanceMetadata","instance":{"name":"projects/p/instances/i","displayName":"orders","nodeCount":3},"startTime":"2026-01-02T03:04:05Z"}`},
	{"backup", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata","name":"projects/p/instances/i/backups/b","progress":{"progressPercent":40,"startTime":"2026-01-02T03:04:05Z"}}`},
	{"schema", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata","database":"projects/p/instances/i/databases/d","statements":["CREATE TABLE A","CREATE INDEX B"],"commitTimestamps":["2026-01-02T03:04:05Z"],"progress":[{"progressPercent":100,"startTime":"2026-01-02T03:04:00Z","endTime":"2026-01-02T03:04:05Z"},{"progressPercent":30,"startTime":"2026-01-02T03:04:05Z"}]}`},
}

// BenchmarkNextBackOff is what choosing an interval costs each read: nothing is
// allocated.
func BenchmarkNextBackOff(b *testing.B) {
	for _, row := range scheduled {
		b.Run(row.name, func(b *testing.B) {
			schedule := newSchedule(row.metadata)
			b.ReportAllocs()
			for b.Loop() {
				schedule.NextBackOff()
			}
		})
	}
}

// BenchmarkObserve is what looking at the metadata costs each read.
func BenchmarkObserve(b *testing.B) {
	for _, row := range scheduled {
		b.Run(row.name, func(b *testing.B) {
			schedule := newSchedule("")
			op := lro.Operation{Name: "projects/p/operations/o", Metadata: json.RawMessage(row.metadata)}
			b.ReportAllocs()
			for b.Loop() {
				schedule.Observe(op)
			}
		})
	}
}

// BenchmarkProgressOf is the part of it that is about progress.
func BenchmarkProgressOf(b *testing.B) {
	for _, row := range scheduled {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				lro.ProgressOf(json.RawMessage(row.metadata))
			}
		})
	}
}

var scheduleStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newSchedule(metadata string) *poller.Schedule {
	s := poller.NewSchedule(lro.PollPolicy{}, scheduleStart, poller.ScheduleOptions{Now: func() time.Time { return scheduleStart.Add(time.Minute) }})
	s.Observe(lro.Operation{Name: "projects/p/operations/o", Metadata: json.RawMessage(metadata)})
	return s
}
