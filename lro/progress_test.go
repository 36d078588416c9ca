package lro_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func ExampleProgressOf() {
	progress := lro.ProgressOf(json.RawMessage(`{
		"@type": "type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata",
		"statements": ["CREATE TABLE A", "CREATE INDEX B"],
		"commitTimestamps": ["2026-01-02T03:04:05Z"],
		"progress": [
			{"progressPercent": 100, "startTime": "2026-01-02T03:04:00Z", "endTime": "2026-01-02T03:04:05Z"},
			{"progressPercent": 30, "startTime": "2026-01-02T03:04:05Z"}
		]}`))
	fmt.Printf("%d%%, %d of %d statements\n", progress.Percent, progress.Committed, progress.Statements)
	// Output:
	// 65%, 1 of 2 statements
}

func TestProgressOf(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]struct {
		reason   string
		metadata string
		want     lro.Progress
	}{
		"absent":         {reason: "no metadata, no progress"},
		"null":           {reason: "null is absent", metadata: `null`},
		"top":            {reason: "as configs have it", metadata: `{"progressPercent":40}`, want: lro.Progress{Known: true, Percent: 40}},
		"zero":           {reason: "0 that is there is known", metadata: `{"progressPercent":0}`, want: lro.Progress{Known: true}},
		"nested":         {reason: "backups, restores and UpdateDatabase", metadata: `{"progress":{"progressPercent":40,"startTime":"2026-01-02T03:04:05Z"}}`, want: lro.Progress{Known: true, Percent: 40, StartTime: at}},
		"started":        {reason: "proto leaves 0 out: nothing can be estimated", metadata: `{"progress":{"startTime":"2026-01-02T03:04:05Z"}}`, want: lro.Progress{StartTime: at}},
		"ended":          {reason: "an end time is 100%", metadata: `{"progress":{"endTime":"2026-01-02T03:04:05Z"}}`, want: lro.Progress{Known: true, Percent: 100, EndTime: at}},
		"times, ended":   {reason: "CreateInstance", metadata: `{"endTime":"2026-01-02T03:04:05Z"}`, want: lro.Progress{EndTime: at}},
		"all ended":      {reason: "the work ended with its last part", metadata: `{"statements":["a","b"],"progress":[{"endTime":"2026-01-02T03:04:05Z"},{"endTime":"2026-01-02T03:04:00Z"}]}`, want: lro.Progress{Known: true, Percent: 100, Statements: 2, EndTime: at}},
		"one has yet to": {reason: "a statement without an entry has not begun", metadata: `{"statements":["a","b"],"progress":[{"endTime":"2026-01-02T03:04:05Z"}]}`, want: lro.Progress{Known: true, Percent: 50, Statements: 2}},
		"times only":     {reason: "CreateInstance", metadata: `{"startTime":"2026-01-02T03:04:05Z"}`, want: lro.Progress{StartTime: at}},
		"earliest":       {reason: "the work began with its first part", metadata: `{"startTime":"2026-01-02T04:00:00Z","progress":[{"startTime":"2026-01-02T03:30:00Z"},{"startTime":"2026-01-02T03:04:05Z"}]}`, want: lro.Progress{Known: true, StartTime: at}},
		"statements":     {reason: "one without an entry has not begun", metadata: `{"statements":["a","b","c","d"],"commitTimestamps":["t"],"throttled":true,"progress":[{"progressPercent":100},{"progressPercent":50}]}`, want: lro.Progress{Known: true, Percent: 37, Statements: 4, Committed: 1, Throttled: true}},
		"more entries":   {reason: "the mean is over what there is", metadata: `{"statements":["a"],"progress":[{"progressPercent":100},null]}`, want: lro.Progress{Known: true, Percent: 50, Statements: 1}},
		"no entries":     {reason: "an empty list says nothing", metadata: `{"statements":["a"],"progress":[]}`, want: lro.Progress{Statements: 1}},
		"follow-up":      {reason: "a restore goes on", metadata: `{"optimizeDatabaseOperationName":"operations/x"}`, want: lro.Progress{FollowUp: "operations/x"}},
		"a number":       {reason: "Cloud Logging", metadata: `{"progress":40}`, want: lro.Progress{Known: true, Percent: 40}},
		"percentage":     {reason: "Text-to-Speech", metadata: `{"progressPercentage":12.5}`, want: lro.Progress{Known: true, Percent: 12}},
		"its work":       {reason: "Firestore restores", metadata: `{"progressPercentage":{"completedWork":"25","estimatedWork":"100"}}`, want: lro.Progress{Known: true, Percent: 25}},
		"complete":       {reason: "Oracle Database", metadata: `{"percentComplete":12.5,"createTime":"2026-01-02T03:04:05Z"}`, want: lro.Progress{Known: true, Percent: 12, StartTime: at}},
		"bytes":          {reason: "if no documents are estimated", metadata: `{"progressDocuments":{"completedWork":"5"},"progressBytes":{"completedWork":"1","estimatedWork":"4"}}`, want: lro.Progress{Known: true, Percent: 25}},
		"no work yet":    {reason: "proto leaves 0 out", metadata: `{"progressDocuments":{"estimatedWork":"4"}}`, want: lro.Progress{Known: true}},
		"more than all":  {reason: "an estimate may be low", metadata: `{"progressDocuments":{"completedWork":"5","estimatedWork":"4"}}`, want: lro.Progress{Known: true, Percent: 100}},
		"no estimate":    {reason: "nothing can be told", metadata: `{"progressEntities":{"workCompleted":"5"}}`},
		"both times":     {reason: "the work began after the request", metadata: `{"createTime":"2026-01-01T00:00:00Z","startTime":"2026-01-02T03:04:05Z"}`, want: lro.Progress{StartTime: at}},
		"null progress":  {reason: "null is absent", metadata: `{"progress":null,"progressPercent":4}`, want: lro.Progress{Known: true, Percent: 4}},
		"metrics":        {reason: "Kubernetes Engine", metadata: `{"progress":{"status":"RUNNING","metrics":[{"name":"progress","doubleValue":0.56},{"name":"progress scale","doubleValue":1}]}}`, want: lro.Progress{Known: true, Percent: 56}},
		"nodes":          {reason: "Kubernetes Engine", metadata: `{"progress":{"metrics":[{"name":"nodes done","intValue":"8"},{"name":"nodes total","intValue":"32"}]}}`, want: lro.Progress{Known: true, Percent: 25}},
		"other metrics":  {reason: "no part of a whole", metadata: `{"progress":{"metrics":[{"name":"errors","intValue":"8"}]}}`},
		"inserted":       {reason: "Compute Engine, before it starts", metadata: `{"insertTime":"2026-01-01T19:04:05-08:00"}`, want: lro.Progress{StartTime: at}},
		"over":           {reason: "100 is the most", metadata: `{"progressPercent":1e308}`, want: lro.Progress{Known: true, Percent: 100}},
		"under":          {reason: "0 is the least", metadata: `{"progressPercent":-5}`, want: lro.Progress{Known: true}},
		"sum overflows":  {reason: "infinite is 100", metadata: `{"progress":[{"progressPercent":1.7e308},{"progressPercent":1.7e308}]}`, want: lro.Progress{Known: true, Percent: 100}},
		"sums to no sum": {reason: "entries are cut before they are added", metadata: `{"progress":[{"progressPercent":1.7e308},{"progressPercent":-1.7e308}]}`, want: lro.Progress{Known: true, Percent: 50}},
		"fraction":       {reason: "99.9 is not done", metadata: `{"progressPercent":99.9}`, want: lro.Progress{Known: true, Percent: 99}},
		"no number":      {reason: "no float64", metadata: `{"progressPercent":1e999}`},
		"text":           {reason: "another shape is no progress", metadata: `{"progressPercent":"40","startTime":7}`},
		"other progress": {reason: "another shape is no progress", metadata: `{"progress":"fast"}`},
		"bad time":       {reason: "no time", metadata: `{"startTime":"yesterday","progressPercent":1}`, want: lro.Progress{Known: true, Percent: 1}},
		"array":          {reason: "another shape", metadata: `[{"progressPercent":1}]`},
		"no JSON":        {reason: "another shape", metadata: `{`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, lro.ProgressOf(json.RawMessage(tt.metadata))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// The cases of the shared file of replies: a body of each service whose metadata tells progress in its own form.
func TestProgressOfServices(t *testing.T) {
	t.Parallel()
	for _, tt := range standardReplies(t) {
		t.Run(tt.Case, func(t *testing.T) {
			t.Parallel()
			op, err := lro.ParseOperation(tt.Body)
			if err != nil {
				t.Fatal(err)
			}
			p := lro.ProgressOf(op.Metadata)
			if got := op.State(); got != tt.State {
				t.Errorf("state %s, want %s", got, tt.State)
			}
			if tt.Percent != nil && (!p.Known || p.Percent != *tt.Percent) {
				t.Errorf("%d%% (known: %v), want %d%%", p.Percent, p.Known, *tt.Percent)
			}
			if !p.StartTime.Equal(tt.StartTime) && !tt.StartTime.IsZero() || !p.EndTime.Equal(tt.EndTime) || p.FollowUp != tt.FollowUp {
				t.Errorf("from %v to %v, then %q; want %v, %v, %q", p.StartTime, p.EndTime, p.FollowUp, tt.StartTime, tt.EndTime, tt.FollowUp)
			}
		})
	}
}

// serviceReply is a reply of a service, and what it means.
type serviceReply struct {
	Case, Service      string
	Body               json.RawMessage
	State              lro.State
	Percent            *int
	StartTime, EndTime time.Time
	FollowUp           string
}

// standardReplies are those of the standard form.
func standardReplies(t *testing.T) []serviceReply {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "operations.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var replies []serviceReply
	for decoder := json.NewDecoder(file); ; {
		var reply serviceReply
		switch err := decoder.Decode(&reply); {
		case errors.Is(err, io.EOF):
			return replies
		case err != nil:
			t.Fatal(err)
		case bytes.Contains(reply.Body, []byte(`"metadata"`)):
			replies = append(replies, reply)
		}
	}
}
