package poller

import (
	"encoding/json"
	"strings"
	"time"
)

// longestFirstDelay is the longest first delay there is.
const longestFirstDelay = 20 * time.Second

// firstDelays are the shortest times that the operations of a method are known to take, by the type
// of their metadata. Their sources:
//
//   - CreateBackup and RestoreDatabase take minutes, the smallest too.
//     java-spanner (SpannerOptions) reads them first after 20 s.
//   - CreateInstance is read there after 20 s as well, but many instances are ready in less. A
//     first read after 5 s rather than 1 s saves two to three reads of an operation that takes over
//     5 s, at the same lag. Later first reads save less than they cost. docs/design.md has the
//     figures.
//   - CreateDatabase and UpdateDatabaseDdl are missing: they take 2 to 3 s.
//     java-spanner moved them from 20 s to 1 s, which is the default interval.
var firstDelays = map[string]time.Duration{
	"google.spanner.admin.instance.v1.CreateInstanceMetadata":  5 * time.Second,
	"google.spanner.admin.database.v1.CreateBackupMetadata":    longestFirstDelay,
	"google.spanner.admin.database.v1.RestoreDatabaseMetadata": longestFirstDelay,
}

// firstDelayOf returns how long after its start an operation is first worth a read, by the "@type" of
// its metadata. It is 0 for other methods.
func firstDelayOf(metadata json.RawMessage) time.Duration {
	if len(metadata) == 0 {
		return 0
	}
	var shape struct {
		Type string `json:"@type"`
	}
	if json.Unmarshal(metadata, &shape) != nil {
		return 0
	}
	// A type URL may have any prefix: its last segment is the name.
	return firstDelays[shape.Type[strings.LastIndexByte(shape.Type, '/')+1:]]
}
