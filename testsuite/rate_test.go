package testsuite_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func TestRequestRate(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, reason string
		options      testsuite.Options
		steps        string
		want         string
	}{
		{"none", "the zero Options have no limit", testsuite.Options{}, "get get get get get", "running, running, running, running, running"},
		{"a second's", "as many at once as come in a second", testsuite.Options{RequestsPerSecond: 2}, "get get get", "running, running, quota"},
		{"a fraction", "one at least, then one in 10 s", testsuite.Options{RequestsPerSecond: 0.1}, "get get 9s get 1s get", "running, quota, quota, running"},
		{"burst", "more at once after a pause", testsuite.Options{RequestsPerSecond: 1, Burst: 3}, "get get get get 1s get get", "running, running, running, quota, running, quota"},
		{"no saving up", "a pause saves up a burst, no more", testsuite.Options{RequestsPerSecond: 1}, "get 1h get get", "running, running, quota"},
		{"all methods", "they share one rate", testsuite.Options{RequestsPerSecond: 1}, "get list cancel delete", "running, quota, quota, quota"},
		{"refused cancel", "what is refused does not happen", testsuite.Options{RequestsPerSecond: 1}, "get cancel 1s get", "running, quota, running"},
		{"refused count", "what is refused uses nothing up", testsuite.Options{RequestsPerSecond: 1}, "get get get get 1s get", "running, quota, quota, quota, running"},
		{"with a fault", "beyond the rate no fault answers", testsuite.Options{RequestsPerSecond: 1, Faults: []testsuite.Fault{testsuite.PermissionDenied()}}, "get get", "blocked, quota"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := setup(t, testsuite.Script{RunsFor: 10 * time.Hour}, row.options).play(row.steps)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestRefusedByRate(t *testing.T) {
	t.Parallel()
	s := setup(t, testsuite.Script{RunsFor: time.Hour}, testsuite.Options{RequestsPerSecond: 1})
	s.play("get get")
	_, err := s.service.GetOperation(t.Context(), s.ref)
	var failed *lro.Error
	if !errors.As(err, &failed) {
		t.Fatalf("error %v", err)
	}
	reason, _ := failed.Status.Reason()
	got := []any{failed.Status.Code, failed.HTTP, reason, failed.RetryAfter}
	want := []any{lro.CodeResourceExhausted, 429, "RATE_LIMIT_EXCEEDED", time.Duration(0)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("code, HTTP, reason, advice (-want +got):\n%s", diff)
	}
	// What was refused is on record.
	if got := s.service.Count(testsuite.MethodGet); got != 3 {
		t.Errorf("%d calls, want 3", got)
	}
	if call := s.service.Calls()[1]; call.Code != lro.CodeResourceExhausted || call.HTTP != 429 {
		t.Errorf("the record has %s, %d", call.Code, call.HTTP)
	}
}

func TestInvalidRates(t *testing.T) {
	t.Parallel()
	runRefusals(t, []refusal{
		{"negative", create(testsuite.Options{RequestsPerSecond: -1}), "options.requestsPerSecond", "-1"},
		{"no number", create(testsuite.Options{RequestsPerSecond: math.NaN()}), "options.requestsPerSecond", "NaN"},
		{"endless", create(testsuite.Options{RequestsPerSecond: math.Inf(1)}), "options.requestsPerSecond", "+Inf"},
		{"negative burst", create(testsuite.Options{RequestsPerSecond: 1, Burst: -2}), "options.burst", "-2"},
	})
}
