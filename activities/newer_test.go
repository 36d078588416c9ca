package activities_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The workflow may be a newer release's. What reads or cancels goes on without the
// fields that this one does not have; what deletes is for another worker.
func TestNewerInput(t *testing.T) {
	t.Parallel()
	const ref = `"ref":"//spanner.googleapis.com/` + opName + `"`
	const set = `"operations":[{"in":"//spanner.googleapis.com/projects/p/instances/i/operations","names":["o"],"newer":1}]`
	const at = `"startTime":"2026-01-02T03:04:05Z"`
	rows := map[string]struct {
		reason, activity, input string
		refused                 bool
	}{
		"get":        {"a read", activities.GetOperationName, `{` + ref + `,"newer":{"ref":"x"}}`, false},
		"poll":       {"a read", activities.PollOperationName, `{` + ref + `,` + at + `,"newer":1,"policy":{"newer":1},"observed":{"newer":1,"progress":{"percent":4,"known":true,"newer":1}}}`, false},
		"poll set":   {"a read", activities.PollOperationsName, `{` + set + `,` + at + `,"newer":1,"policy":{"newer":1}}`, false},
		"read set":   {"a read", activities.ReadOperationsName, `{` + set + `,"newer":1}`, false},
		"list":       {"a read", activities.ListOperationsName, `{"collection":"//spanner.googleapis.com/projects/p/instances/i/operations","newer":1}`, false},
		"cancel":     {"a cancel is not held up", activities.CancelOperationName, `{` + ref + `,"newer":1}`, false},
		"cancel set": {"a cancel is not held up", activities.CancelOperationsName, `{` + set + `,"newer":1}`, false},
		"delete":     {"what the field guards would be gone", activities.DeleteOperationName, `{` + ref + `,"newer":1}`, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, testsuite.Script{})
			_, err := execute[json.RawMessage](newEnv(), s.activities(), row.activity, json.RawMessage(row.input))
			if !row.refused {
				if err != nil || s.service.Count() == 0 {
					t.Errorf("%s: %v after %d requests", row.reason, err, s.service.Count())
				}
				return
			}
			app := applicationError(t, err)
			f, _ := lro.AsFailure(err)
			if f.Type != lro.TypeInvalidInput || app.NonRetryable() || f.Field != "newer" || !strings.Contains(f.Message(), "a worker of the release that wrote it") {
				t.Errorf("%s: %v, retryable %t", row.reason, err, !app.NonRetryable())
			}
			if n := s.service.Count(); n != 0 {
				t.Errorf("%s: %d requests were sent", row.reason, n)
			}
		})
	}
}
