package lro

import (
	"encoding/json"
	"time"
)

// Progress is how far an operation is, by its metadata.
type Progress struct {
	// Percent is 0 to 100, and meaningful only if Known.
	Percent int `json:"percent"`
	// Known is false if the metadata holds no percentage.
	Known bool `json:"known"`
	// StartTime is when the service started the work, zero if it does not say.
	StartTime time.Time `json:"startTime,omitzero"`
	// EndTime is when the service ended it, zero while it runs and if the service does not say.
	EndTime time.Time `json:"endTime,omitzero"`
	// Statements and Committed count the statements of a schema change, and those that have
	// committed. Both are 0 for other operations.
	Statements int `json:"statements,omitempty"`
	Committed  int `json:"committed,omitempty"`
	// Throttled is true while Spanner holds a schema change back for lack of
	// resources.
	Throttled bool `json:"throttled,omitempty"`
	// FollowUp names an operation that goes on after this one, such as the optimization of a
	// restored database.
	FollowUp string `json:"followUp,omitempty"`
}

// progressEntry is Spanner's OperationProgress.
type progressEntry struct {
	ProgressPercent *float64 `json:"progressPercent"`
	StartTime       string   `json:"startTime"`
	EndTime         string   `json:"endTime"`
}

func (e progressEntry) percent() float64 {
	switch {
	case e.EndTime != "":
		return 100
	case e.ProgressPercent != nil:
		return *e.ProgressPercent
	default:
		return 0
	}
}

// ProgressOf reads the progress from an operation's metadata: a progressPercent at the top or in
// "progress" (backups, restores, UpdateDatabase, configs), or one for each statement in "progress"
// (UpdateDatabaseDdl), whose mean over all statements is the percentage. Metadata of another shape
// gives the zero Progress, never an error, because progress is a hint.
func ProgressOf(metadata json.RawMessage) Progress {
	if len(metadata) == 0 {
		return Progress{} // the common case, for nothing
	}
	var shape struct {
		ProgressPercent *float64        `json:"progressPercent"`
		Progress        json.RawMessage `json:"progress"`
		StartTime       string          `json:"startTime"`
		EndTime         string          `json:"endTime"`
		Statements      json.RawMessage `json:"statements"`
		CommitTimes     json.RawMessage `json:"commitTimestamps"`
		Throttled       bool            `json:"throttled"`
		FollowUp        string          `json:"optimizeDatabaseOperationName"`
	}
	if json.Unmarshal(metadata, &shape) != nil {
		return Progress{}
	}
	p := Progress{
		StartTime:  parseTime(shape.StartTime),
		EndTime:    parseTime(shape.EndTime),
		Statements: length(shape.Statements),
		Committed:  length(shape.CommitTimes),
		Throttled:  shape.Throttled,
		FollowUp:   shape.FollowUp,
	}
	if shape.ProgressPercent != nil {
		p.set(*shape.ProgressPercent)
	}
	p.readEntries(shape.Progress)
	return p
}

// readEntries reads "progress": one entry, or one per statement.
func (p *Progress) readEntries(raw json.RawMessage) {
	var one progressEntry
	each := entries(raw)
	switch {
	case json.Unmarshal(raw, &one) == nil && one != progressEntry{}:
		if one.ProgressPercent != nil || one.EndTime != "" {
			p.set(one.percent())
		}
		p.startAt(one.StartTime)
		p.endAt(one.EndTime)
	case len(each) > 0:
		sum, ended := 0.0, 0
		for _, entry := range each {
			sum += clamp(entry.percent())
			p.startAt(entry.StartTime)
			p.endAt(entry.EndTime)
			if entry.EndTime != "" {
				ended++
			}
		}
		if ended < max(len(each), p.Statements) { // the last statement has not ended
			p.EndTime = time.Time{}
		}
		// A statement without an entry has not begun.
		p.set(sum / float64(max(len(each), p.Statements)))
	}
}

func (p *Progress) set(percent float64) {
	p.Known = true
	p.Percent = int(clamp(percent))
}

func clamp(percent float64) float64 { return min(max(percent, 0), 100) }

// startAt keeps the earliest start time.
func (p *Progress) startAt(text string) {
	at := parseTime(text)
	if !at.IsZero() && (p.StartTime.IsZero() || at.Before(p.StartTime)) {
		p.StartTime = at
	}
}

// endAt keeps the latest end time.
func (p *Progress) endAt(text string) {
	if at := parseTime(text); at.After(p.EndTime) {
		p.EndTime = at
	}
}

func parseTime(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return at
}

// entries reads a progress for each statement, none if one has another shape.
func entries(raw json.RawMessage) []progressEntry {
	all, err := elements(raw)
	if err != nil {
		return nil
	}
	each := make([]progressEntry, len(all))
	for i, element := range all {
		if json.Unmarshal(element, &each[i]) != nil {
			return nil
		}
	}
	return each
}

// length counts the elements of a JSON array. It is 0 for any other value.
func length(raw json.RawMessage) int {
	all, err := elements(raw)
	if err != nil {
		return 0
	}
	return len(all)
}
