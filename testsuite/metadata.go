package testsuite

import (
	"encoding/json"
	"maps"
	"math"
	"strings"
	"time"
)

// Snapshot is the state of an operation, for its [Metadata].
type Snapshot struct {
	// Name is the operation's name.
	Name string
	// StartTime is when the operation started.
	StartTime time.Time
	// Now is the time of the read, or EndTime if that is earlier.
	Now time.Time
	// EndTime is when the operation ended, zero while it runs.
	EndTime time.Time
	// CancelTime is when the service accepted a cancel, zero if it has not.
	CancelTime time.Time
	// Fraction is the part of the work that is done, 0 to 1. It stays below 1
	// while the operation runs.
	Fraction float64
	// Succeeded says that the operation has ended without an error.
	Succeeded bool
}

// percent returns Fraction in whole percent, rounded down.
func (s Snapshot) percent() int { return int(math.Floor(s.Fraction*100 + 1e-9)) }

// Metadata returns an operation's metadata: the JSON of a google.protobuf.Any, nil for
// none. It must not call the [Service], which is locked meanwhile.
type Metadata func(Snapshot) json.RawMessage

// NoMetadata is the Metadata of an operation that has none.
func NoMetadata() Metadata { return func(Snapshot) json.RawMessage { return nil } }

// RawMetadata is metadata that never changes, such as one of an unknown type or one
// too large for a payload. A body that is not JSON is no metadata.
func RawMetadata(body string) Metadata {
	raw, err := compact([]byte(body))
	if err != nil {
		raw = nil
	}
	return func(Snapshot) json.RawMessage { return raw }
}

// both has the fields of two, those of the second before those of the first.
func both(first, second Metadata) Metadata {
	return func(s Snapshot) json.RawMessage {
		out := fieldsOf(first(s))
		maps.Copy(out, fieldsOf(second(s)))
		return object(out)
	}
}

// plainMetadata has the given fields and no others, as that of CreateDatabase.
func plainMetadata(messageType string, fields map[string]any) Metadata {
	return func(Snapshot) json.RawMessage { return object(typed(messageType, fields)) }
}

// timesMetadata adds startTime, cancelTime and endTime at the top, as Spanner's
// CreateInstance and UpdateInstance have them.
func timesMetadata(messageType string, fields map[string]any) Metadata {
	return func(s Snapshot) json.RawMessage {
		out := typed(messageType, fields)
		setTime(out, "startTime", s.StartTime)
		setTime(out, "cancelTime", s.CancelTime)
		setTime(out, "endTime", s.EndTime)
		return object(out)
	}
}

// ProgressMetadata has the given fields, cancelTime, and in "progress" a
// progressPercent, startTime and endTime, as that of Spanner's backups, restores and
// UpdateDatabase. messageType is a full proto name, such as
// "google.spanner.admin.database.v1.CreateBackupMetadata". At 0% progressPercent is
// absent, as in all proto JSON.
func ProgressMetadata(messageType string, fields map[string]any) Metadata {
	return func(s Snapshot) json.RawMessage {
		out := typed(messageType, fields)
		setTime(out, "cancelTime", s.CancelTime)
		out["progress"] = progress(s.percent(), s.StartTime, s.EndTime)
		return object(out)
	}
}

// ddlMetadata is that of Spanner's UpdateDatabaseDdl: one progress entry for
// each statement that has begun, and a commitTimestamp for each that is done.
// The statements follow one another and take the same time each.
func ddlMetadata(database string, statements ...string) Metadata {
	return func(s Snapshot) json.RawMessage {
		entries, commits := []any{}, []any{}
		done := s.Fraction * float64(len(statements))
		for i := range statements {
			part := min(done-float64(i), 1)
			if part < 0 || part == 0 && i > 0 {
				break
			}
			entry, end := statementProgress(s, float64(i), part, done)
			entries = append(entries, entry)
			if !end.IsZero() {
				commits = append(commits, timestamp(end))
			}
		}
		fields := map[string]any{"database": database, "statements": statements, "progress": entries}
		if len(commits) > 0 {
			fields["commitTimestamps"] = commits
		}
		return object(typed(typeUpdateDatabaseDdl, fields))
	}
}

// statementProgress is the progress entry of the statement at index, of which the
// given part is done, at the time at which done statements are done in all.
func statementProgress(s Snapshot, index, part, done float64) (entry map[string]any, end time.Time) {
	elapsed := float64(s.Now.Sub(s.StartTime))
	at := func(position float64) time.Time {
		if done == 0 {
			return s.StartTime
		}
		return s.StartTime.Add(time.Duration(elapsed * position / done).Round(time.Millisecond))
	}
	if part >= 1 {
		end = at(index + 1)
	}
	return progress(int(part*100+1e-9), at(index), end), end
}

// progress is Spanner's OperationProgress. Proto JSON leaves 0 percent out.
func progress(percent int, start, end time.Time) map[string]any {
	out := map[string]any{}
	if percent > 0 {
		out["progressPercent"] = percent
	}
	setTime(out, "startTime", start)
	setTime(out, "endTime", end)
	return out
}

// defaultMetadata returns the metadata of an operation of [Service.Start] by its name:
// that of CreateBackup under a Spanner backup, of UpdateDatabase under a database and
// of CreateInstance under an instance. The first two have a percentage. Other names
// have no metadata.
func defaultMetadata(name string) Metadata {
	target, _, _ := strings.Cut(name, "/operations/")
	switch {
	case target == name:
		return NoMetadata()
	case strings.Contains(target, "/backups/"):
		return ProgressMetadata(typeCreateBackup, map[string]any{"name": target})
	case strings.Contains(target, "/databases/"):
		return ProgressMetadata(typeUpdateDatabase, map[string]any{"request": map[string]any{"database": map[string]any{"name": target}}})
	case strings.Contains(target, "/instances/"):
		return timesMetadata(typeCreateInstance, map[string]any{"instance": map[string]any{"name": target}})
	default:
		return NoMetadata()
	}
}

// typed returns a copy of fields with the message's "@type".
func typed(messageType string, fields map[string]any) map[string]any {
	out := map[string]any{"@type": typePrefix + messageType}
	maps.Copy(out, fields)
	return out
}

func setTime(fields map[string]any, name string, at time.Time) {
	if !at.IsZero() {
		fields[name] = timestamp(at)
	}
}

// timestamp writes a google.protobuf.Timestamp.
func timestamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
