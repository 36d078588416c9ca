package poller

import (
	"encoding/json"
	"testing"
	"time"
)

func TestFirstDelay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		metadata string
		want     time.Duration
	}{
		"instance":     {"often ready in seconds", `{"@type":"type.googleapis.com/google.spanner.admin.instance.v1.CreateInstanceMetadata"}`, 5 * time.Second},
		"backup":       {"takes minutes", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata"}`, 20 * time.Second},
		"restore":      {"takes minutes", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.RestoreDatabaseMetadata"}`, 20 * time.Second},
		"database":     {"takes 2 to 3 seconds", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateDatabaseMetadata"}`, 0},
		"schema":       {"takes 2 to 3 seconds", `{"@type":"type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata"}`, 0},
		"other prefix": {"a type URL's prefix is the server's choice", `{"@type":"example.com/types/google.spanner.admin.database.v1.CreateBackupMetadata"}`, 20 * time.Second},
		"bare name":    {"or none at all", `{"@type":"google.spanner.admin.database.v1.CreateBackupMetadata"}`, 20 * time.Second},
		"namesake":     {"another service's method is another method", `{"@type":"type.googleapis.com/other.v1.CreateBackupMetadata"}`, 0},
		"no type":      {"nothing is known", `{"progressPercent":1}`, 0},
		"no text":      {"nothing is known", `{"@type":7}`, 0},
		"array":        {"another shape", `[1]`, 0},
		"absent":       {"nothing is known", ``, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := firstDelayOf(json.RawMessage(tt.metadata)); got != tt.want || got > longestFirstDelay {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
		})
	}
}
