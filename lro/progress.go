package lro

import (
	"cmp"
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
	// restored database or table.
	FollowUp string `json:"followUp,omitempty"`
}

// ProgressOf reads the progress from an operation's metadata. Metadata of another shape gives the
// zero Progress, never an error, because progress is a hint.
//
// The percentage is the first of these that is there:
//   - "progress": a percentage, an entry with one, or an entry for each statement of a schema change,
//     whose mean over all statements counts
//   - "progressPercent", "percentComplete" or "progressPercentage"
//   - "annotationProgress", the mean of its entries
//   - the part of the estimated work that is done: of documents, of entities, of bytes
//
// The times are those of "startTime" and "endTime". Without them they are when the operation was
// created or requested, and when it was finished, completed or done. They are at the top, in "common"
// or in "genericMetadata".
func ProgressOf(metadata json.RawMessage) Progress {
	if len(metadata) == 0 {
		return Progress{} // the common case, for nothing
	}
	var fields progressFields
	if json.Unmarshal(metadata, &fields) != nil {
		return Progress{}
	}
	p := Progress{
		Statements: length(fields.Statements),
		Committed:  length(fields.CommitTimes),
		Throttled:  fields.Throttled,
		FollowUp:   cmp.Or(fields.OptimizeDatabase, fields.OptimizeTable),
	}
	p.readTimes(fields)
	p.readEntries(fields.Progress)
	p.readEntries(fields.Annotations)
	if percent, known := fields.percent(); known && !p.Known {
		p.set(percent)
	}
	return p
}

// readTimes reads the times of the whole operation, where they stand first.
func (p *Progress) readTimes(fields progressFields) {
	for _, times := range []progressTimes{fields.progressTimes, fields.Common, fields.Generic} {
		if p.StartTime.IsZero() {
			p.StartTime = parseTime(cmp.Or(times.StartTime, times.CreateTime, times.RequestTime, times.InsertTime))
		}
		if p.EndTime.IsZero() {
			p.EndTime = parseTime(cmp.Or(times.EndTime, times.FinishTime, times.CompleteTime, times.DoneTime))
		}
	}
}

// readEntries reads a progress: a percentage, one entry, or one for each part of the work.
func (p *Progress) readEntries(raw json.RawMessage) {
	var one progressEntry
	var percent float64
	each := entries(raw)
	switch {
	case len(raw) == 0 || p.Known || string(raw) == "null":
	case json.Unmarshal(raw, &percent) == nil:
		p.set(percent)
	case json.Unmarshal(raw, &one) == nil:
		if one.known() {
			p.set(one.percent())
		}
		p.startAt(one.StartTime)
		p.endAt(one.EndTime)
	case len(each) > 0:
		p.readParts(each)
	}
}

// readParts reads an entry for each part of the work.
func (p *Progress) readParts(each []progressEntry) {
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
