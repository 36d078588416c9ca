package spanner_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// removal is an activity that deletes, with the one that reads.
type removal struct {
	remove, get string
	method      testsuite.Method
	target      string
	labels      bool
}

func removals() []removal {
	return []removal{
		{names.DeleteInstance, names.GetInstance, "DeleteInstance", instance, true},
		{names.DropDatabase, names.GetDatabase, "DropDatabase", database, false},
		{names.DeleteBackup, names.GetBackup, "DeleteBackup", backup, false},
		{names.DeleteInstanceConfig, names.GetInstanceConfig, "DeleteInstanceConfig", config, true},
		{names.DeleteInstancePartition, names.GetInstancePartition, "DeleteInstancePartition", partition, false},
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	since := time.Now().Add(-time.Second)
	later := time.Now().Add(time.Hour)
	rows := map[string]struct {
		reason string
		fields map[string]any // nil for a resource that is not there
		key    string
		since  time.Time
		faults []testsuite.Fault
		want   func(removal) starters.RemoveResult
	}{
		"plain":       {"whoever made it", map[string]any{}, "", time.Time{}, nil, always(starters.RemoveDeleted)},
		"absent":      {"not found is done", nil, "", time.Time{}, nil, always(starters.RemoveAbsent)},
		"absent, key": {"not found is done", nil, key, since, nil, always(starters.RemoveAbsent)},
		"ours":        {"the label is the key", map[string]any{"labels": map[string]any{"awaitop_key": key}}, key, since, nil, always(starters.RemoveDeleted)},
		"other's":     {"the label is another key, where there are labels", map[string]any{"labels": map[string]any{"awaitop_key": "awaitop_other"}}, key, since, nil, onlyWithLabels},
		"unlabeled":   {"nobody's, where there could be labels", map[string]any{}, key, since, nil, onlyWithLabels},
		"older": {"it was there before the workflow", map[string]any{"labels": map[string]any{"awaitop_key": key}}, key, later, nil, func(r removal) starters.RemoveResult {
			if r.target == config { // the API does not say when it was made
				return starters.RemoveDeleted
			}
			return starters.RemoveNotOurs
		}},
		"front end's 401s": {"nobody's word, and retried", map[string]any{}, "", time.Time{},
			[]testsuite.Fault{testsuite.HTMLPage(401).Calls(1, 2)}, always(starters.RemoveDeleted)},
		"front end's 403s": {"nobody's word, and retried", map[string]any{}, "", time.Time{},
			[]testsuite.Fault{testsuite.HTMLPage(403).Calls(1, 2)}, always(starters.RemoveDeleted)},
		"reply lost": {"the next attempt finds it absent", map[string]any{}, "", time.Time{},
			[]testsuite.Fault{testsuite.LostReply().Calls(1, 1)}, always(starters.RemoveAbsent)},
		"front end's 404s": {"nobody's word for that it is absent", map[string]any{}, "", time.Time{},
			[]testsuite.Fault{testsuite.HTMLPage(404).Calls(1, 2)}, always(starters.RemoveDeleted)},
		"front end's 404s, key": {"nor that nothing is to be read", map[string]any{"labels": map[string]any{"awaitop_key": key}}, key, since,
			[]testsuite.Fault{testsuite.HTMLPage(404).Calls(1, 2)}, always(starters.RemoveDeleted)},
		"refused": {"a permission may be granted meanwhile", map[string]any{}, "", time.Time{},
			[]testsuite.Fault{testsuite.PermissionDenied().Calls(1, 2)}, always(starters.RemoveDeleted)},
	}
	for _, r := range removals() {
		for name, row := range rows {
			t.Run(r.remove+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				fields := maps.Clone(row.fields)
				if !r.labels {
					delete(fields, "labels")
				}
				if fields != nil {
					b.service.Put(r.target, fields)
				}
				b.service.AddFaults(row.faults...)
				var out starters.RemoveOutput
				err := b.attempts().run(r.remove, starters.RemoveInput{Target: r.target, Key: row.key, Since: row.since}, &out)
				if err != nil || out.Result != row.want(r) {
					t.Errorf("%s: %q (%v), want %q", row.reason, out.Result, err, row.want(r))
				}
				if gone := out.Result != starters.RemoveNotOurs; b.service.Exists(r.target) == gone {
					t.Errorf("%s: exists %t", row.reason, !gone)
				}
			})
		}
	}
}

func always(result starters.RemoveResult) func(removal) starters.RemoveResult {
	return func(removal) starters.RemoveResult { return result }
}

// onlyWithLabels: what carries no labels cannot be told to be another's.
func onlyWithLabels(r removal) starters.RemoveResult {
	if r.labels {
		return starters.RemoveNotOurs
	}
	return starters.RemoveDeleted
}

// An instance that holds backups is refused until somebody has deleted them.
func TestRemoveRetriesARefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.put(instance)
	b.put(backup)
	a := b.attempts()
	var out starters.RemoveOutput
	err := a.once(names.DeleteInstance, starters.RemoveInput{Target: instance}, &out)
	var app *temporal.ApplicationError
	var status lro.Status
	if !errors.As(err, &app) || app.NonRetryable() || app.Type() != "RemoveFailed.FAILED_PRECONDITION" ||
		!strings.Contains(app.Message(), instance) || app.Details(&status) != nil || status.Code != lro.CodeFailedPrecondition {
		t.Errorf("%v, want a retryable RemoveFailed.FAILED_PRECONDITION that names the instance", err)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	for _, r := range removals() {
		t.Run(r.get, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			var out starters.ResourceOutput
			if err := b.attempts().run(r.get, starters.ResourceInput{Name: r.target}, &out); err != nil || out.Found {
				t.Fatalf("found %t (%v), want nothing", out.Found, err)
			}
			b.put(r.target)
			if err := b.attempts().run(r.get, starters.ResourceInput{Name: r.target}, &out); err != nil || !out.Found {
				t.Fatalf("found %t (%v)", out.Found, err)
			}
			var fields struct{ Name, State string }
			if err := json.Unmarshal(out.Resource, &fields); err != nil || fields.Name != r.target || fields.State != "READY" {
				t.Errorf("read %s (%v)", out.Resource, err)
			}
			b.service.AddFaults(testsuite.PermissionDenied())
			err := b.attempts().run(r.get, starters.ResourceInput{Name: r.target}, &out)
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || !app.NonRetryable() || app.Type() != "ReadFailed.PERMISSION_DENIED" {
				t.Errorf("%v, want a ReadFailed.PERMISSION_DENIED", err)
			}
		})
	}
}
