package google

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
)

// Whether a failed operation with which a call is answered is of a try before: never two operations of one
// start, and no old failure for a new one.
func TestEarlierFailures(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(after time.Duration) time.Time { return first.Add(after) }
	const hour, call = time.Hour, 100 * time.Millisecond
	doubted := func(start time.Duration) *answer { return &answer{start: at(start)} }
	retried, alone := calls{retried: true, lists: true}, calls{retried: true}
	rows := []struct {
		reason string
		calls  calls
		op     answer
		want   bool
	}{
		{"it has failed at once", calls{}, answer{start: at(0), end: at(call), called: call}, false},
		{"it does not say when it began", calls{}, answer{called: call}, false},
		{"it was listed before the call", retried, answer{start: at(0), listed: true, called: call}, true},
		{"it ran for longer than the call took, whatever its clock says", calls{}, answer{start: at(hour), end: at(hour + time.Minute), called: call}, true},
		{"it ran since a call of an earlier attempt of this start", calls{}, answer{start: at(0), end: at(time.Minute), called: 2 * time.Minute}, false},
		{"a clock was set meanwhile", calls{}, answer{start: at(0), end: at(time.Second), called: call}, false},
		{"it began long before the call", calls{}, answer{start: at(-hour), end: at(-hour), called: call}, true},
		{"it began within the minute before", calls{}, answer{start: at(-30 * time.Second), called: call}, false},

		{"after a retry, within the minute before, and the list did not have it", retried, answer{start: at(-30 * time.Second), called: call}, false},
		{"the same, of a service without a list", alone, answer{start: at(-30 * time.Second), called: call}, true},
		{"the same, without times", alone, answer{called: call}, true},

		{"clocks differ: it began right after the one before, which this start has begun", calls{}, answer{start: at(-hour + call), called: call, doubted: doubted(-hour), apart: 2 * call}, false},
		{"the one before was old, and so is it", calls{}, answer{start: at(-hour / 2), called: call, doubted: doubted(-hour), apart: 2 * call}, true},
		{"the one before was old, and it is new", calls{}, answer{start: at(0), called: call, doubted: doubted(-hour), apart: 2 * call}, false},
		{"it is older than the one before, whose id the service had forgotten", calls{}, answer{start: at(-hour), called: call, doubted: doubted(0), apart: 2 * call}, true},
		{"without times one is left behind, and no second", alone, answer{called: call, doubted: &answer{}}, false},
		{"without a list, both of the last minute", alone, answer{start: at(-20 * time.Second), called: call, doubted: doubted(-40 * time.Second), apart: 2 * call}, true},
		{"without a list, the second one is new", alone, answer{start: at(2 * call), called: call, doubted: doubted(call), apart: 2 * call}, false},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			row.calls.first = first
			if got := row.calls.isEarlier(row.op); got != row.want {
				t.Errorf("%t", got)
			}
		})
	}
}

// However a service's clock goes, an attempt leaves at most one operation behind that it has begun itself, and
// it leaves all behind that it has not.
func TestTriesOfAnAttempt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	const between = time.Second // of two calls
	rows := []struct {
		reason string
		method string
		skew   time.Duration // of the service's clock
		in     want
		old    []time.Duration // when the failures of before began, by the true time
		calls  int
	}{
		{"the first call of all", "alloydb.projects.locations.clusters.create", 0, want{}, nil, 1},
		{"the service is an hour behind", "alloydb.projects.locations.clusters.create", -time.Hour, want{}, nil, 2},
		{"the service is an hour ahead", "alloydb.projects.locations.clusters.create", time.Hour, want{}, nil, 1},
		{"after failures of the hour before", "alloydb.projects.locations.clusters.create", 0, want{}, []time.Duration{-40 * time.Minute, -20 * time.Minute}, 3},
		{"the same, and the service is behind", "alloydb.projects.locations.clusters.create", -time.Hour, want{}, []time.Duration{-40 * time.Minute, -20 * time.Minute}, 4},
		{"no list, after a retry", "osconfig.projects.locations.osPolicyAssignments.create", 0, want{Retried: true}, []time.Duration{-40 * time.Second, -20 * time.Second}, 4},
		{"no list, after a retry that is the first to call", "osconfig.projects.locations.osPolicyAssignments.create", 0, want{Retried: true}, nil, 2},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(row.method)
			if err != nil {
				t.Fatal(err)
			}
			row.in.Target, row.in.Request.method = strings.ReplaceAll(m.Target(), "*", "x"), m
			tries, sent := newTries(row.in, starters.Seen{}, now), now
			for n := 1; n <= maxGenerations; n++ {
				start := sent
				if n <= len(row.old) {
					start = now.Add(row.old[n-1])
				}
				stamp := start.Add(row.skew).Format(time.RFC3339Nano)
				op := lro.Operation{Name: "o", Done: true, Metadata: json.RawMessage(`{"createTime":"` + stamp + `","endTime":"` + stamp + `"}`)}
				if !tries.isEarlier(op, sent, sent.Add(between/2)) {
					if n != row.calls {
						t.Errorf("%d calls, want %d", n, row.calls)
					}
					return
				}
				sent = sent.Add(between)
			}
			t.Error("all generations are tried")
		})
	}
}

// What a method makes tells by itself of which start its operation is, unless that has failed.
func TestChangesAndFailures(t *testing.T) {
	t.Parallel()
	const create, patch = "alloydb.projects.locations.clusters.create", "alloydb.projects.locations.clusters.patch"
	succeeded := lro.Operation{Done: true}
	failure := lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeInternal}}
	rows := []struct {
		reason  string
		method  string
		op      lro.Operation
		retried bool
		want    bool
	}{
		{"a creation that runs", create, lro.Operation{}, false, false},
		{"a creation that has succeeded", create, succeeded, false, false},
		{"a creation that has failed", create, failure, false, true},
		{"a change that runs", patch, lro.Operation{}, false, true},
		{"a change that has succeeded", patch, succeeded, false, true},
		{"the change of an earlier run of the workflow is adopted", patch, succeeded, true, false},
		{"but not one that has failed", patch, failure, true, true},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			m, err := find(row.method)
			if err != nil {
				t.Fatal(err)
			}
			in := want{Retried: row.retried, Request: prepared{method: m}}
			if got := isChangeOrFailure(in, row.op); got != row.want {
				t.Errorf("%t", got)
			}
		})
	}
}
