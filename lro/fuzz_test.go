package lro_test

import (
	"encoding/json"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// Metadata is whatever a service says. Progress is a hint, and within its bounds.
func FuzzProgressOf(f *testing.F) {
	for _, seed := range []string{
		`{"progressPercent":40}`, `{"progress":{"progressPercent":7,"startTime":"2026-01-02T03:04:05Z"}}`, `{"progress":[{"progressPercent":100,"endTime":"2026-01-02T03:04:05Z"},{}],"statements":["a","b"],"throttled":true}`,
		`{"progressPercent":1e400}`, `{"progress":[{"progressPercent":-1e300}]}`, `{"progress":[null,1]}`, `null`, `[]`, `"x"`, `{"optimizeDatabaseOperationName":"o"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, metadata []byte) {
		p := lro.ProgressOf(metadata)
		if p.Percent < 0 || p.Percent > 100 || p.Committed > p.Statements || p.Committed < 0 || !p.Known && p.Percent != 0 {
			t.Errorf("%q: %+v", metadata, p)
		}
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("%q: %+v does not encode: %v", metadata, p, err)
		}
		var back lro.Progress
		if err := json.Unmarshal(raw, &back); err != nil || compacted(t, back) != string(raw) {
			t.Errorf("%q: %s was read back as %s, %v", metadata, raw, compacted(t, back), err)
		}
	})
}

// An outcome stays what it is through Temporal's boundary.
func FuzzOutcome(f *testing.F) {
	full, err := json.Marshal(failedOutcome())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add([]byte(`{"operation":{"name":"o","done":true,"response":{"@type":"t/X","n":1e400}},"cancellation":"gone","cancelStatus":{"code":5,"details":[{"a":1}]}}`))
	f.Add([]byte(`{"operation":{},"newer":{"a":[1,2]},"startTime":"2026-01-02T03:04:05.123456789+01:00","polls":-1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var outcome, back lro.Outcome
		if json.Unmarshal(raw, &outcome) != nil {
			return
		}
		encoded, err := json.Marshal(outcome)
		if err != nil {
			return // raw bytes inside that are no UTF-8, or a year beyond RFC 3339's
		}
		if err := json.Unmarshal(encoded, &back); err != nil || compacted(t, back) != string(encoded) || back.State() != outcome.State() {
			t.Errorf("%s was read back as %s, %v", encoded, compacted(t, back), err)
		}
	})
}
