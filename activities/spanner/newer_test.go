package spanner_test

import (
	"encoding/json"
	"errors"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/lro"
)

// A start or a remove of a newer release is for a worker of that release: a guard that
// this one does not have would be dropped. A request is the user's, and refused for
// good.
func TestNewerInput(t *testing.T) {
	t.Parallel()
	const start = `{"target":"` + instance + `","key":"` + key + `","since":"2026-01-02T03:04:05Z"`
	rows := map[string]struct {
		reason, activity, input, field string
		final                          bool
	}{
		"start":         {"a guard", names.CreateInstance, start + `,"newer":1}`, "newer", false},
		"below known":   {"a guard", names.CreateInstance, start + `,"known":{"at":"2026-01-02T03:04:05Z","newer":1}}`, "known.newer", false},
		"request":       {"a user's", names.CreateInstance, start + `,"request":{"nodecount":1}}`, "request.nodecount", true},
		"request twice": {"a user's", names.CreateInstance, start + `,"request":{"nodeCount":1,"nodeCount":2}}`, "request.nodeCount", true},
		"remove":        {"a guard", names.DeleteInstance, `{"target":"` + instance + `","newer":1}`, "newer", false},
		"read":          {"goes on", names.GetInstance, `{"name":"` + instance + `","newer":1}`, "", false},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.put(instance)
			sent := b.service.Count()
			var out json.RawMessage
			err := b.attempts().once(row.activity, json.RawMessage(row.input), &out)
			if row.field == "" {
				if err != nil {
					t.Errorf("%s: %v", row.reason, err)
				}
				return
			}
			f, _ := lro.AsFailure(err)
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || app.NonRetryable() != row.final || f.Type != lro.TypeInvalidInput || f.Field != row.field {
				t.Errorf("%s: %v names %q, want %q", row.reason, err, f.Field, row.field)
			}
			if n := b.service.Count() - sent; n != 0 || !b.service.Exists(instance) {
				t.Errorf("%s: %d requests were sent", row.reason, n)
			}
		})
	}
}
