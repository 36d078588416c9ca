package spanner

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

const typePrefix = "type.googleapis.com/google.spanner.admin."

// metadata are the fields of an operation's metadata that starters read, of all methods.
type metadata struct {
	Type              string  `json:"@type"`
	Instance          labeled `json:"instance"`
	InstanceConfig    labeled `json:"instanceConfig"`
	InstancePartition fields  `json:"instancePartition"`
	Database          string  `json:"database"`
	SourceBackup      string  `json:"sourceBackup"`
	BackupInfo        struct {
		Backup string `json:"backup"`
	} `json:"backupInfo"`
	TargetConfig string `json:"targetConfig"`
	Request      struct {
		Database   fields          `json:"database"`
		UpdateMask string          `json:"updateMask"`
		QuorumType json.RawMessage `json:"quorumType"`
	} `json:"request"`

	StartTime        time.Time       `json:"startTime"`
	Progress         json.RawMessage `json:"progress"`
	Statements       []string        `json:"statements"`
	CommitTimestamps []time.Time     `json:"commitTimestamps"`
}

// fields are all fields of a message.
type fields map[string]any

// labeled is a message with labels.
type labeled struct {
	Labels map[string]string
	all    fields
}

// UnmarshalJSON reads all fields.
func (l *labeled) UnmarshalJSON(raw []byte) error {
	var labels struct {
		Labels map[string]string `json:"labels"`
	}
	err := json.Unmarshal(raw, &labels)
	l.Labels = labels.Labels
	return errors.Join(err, json.Unmarshal(raw, &l.all))
}

// candidate is an operation that may be the caller's.
type candidate struct {
	lro.Operation
	metadata metadata
}

func newCandidate(op lro.Operation) candidate {
	c := candidate{Operation: op}
	_ = json.Unmarshal(op.Metadata, &c.metadata) // metadata that does not decode matches no request
	return c
}

// startTime is when the operation began, by its metadata, which has it in one of three places. It is
// zero if the metadata does not say.
func (c candidate) startTime() time.Time {
	if !c.metadata.StartTime.IsZero() {
		return c.metadata.StartTime
	}
	type progress struct {
		StartTime time.Time `json:"startTime"`
	}
	var one progress
	var several []progress
	switch {
	case json.Unmarshal(c.metadata.Progress, &one) == nil && !one.StartTime.IsZero():
		return one.StartTime
	case json.Unmarshal(c.metadata.Progress, &several) == nil && len(several) > 0 && !several[0].StartTime.IsZero():
		return several[0].StartTime
	case len(c.metadata.CommitTimestamps) > 0:
		return c.metadata.CommitTimestamps[0]
	default:
		return time.Time{}
	}
}

func (c candidate) isOf(m *method) bool {
	return strings.TrimPrefix(c.metadata.Type, typePrefix) == m.metadata
}

// seen is the operation as a starter sees it.
func (c candidate) seen(owner starters.Owner) starters.Operation {
	return starters.Operation{Operation: c.Operation, Owner: owner, StartTime: c.startTime()}
}
