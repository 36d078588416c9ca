package activities

import (
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
)

func TestIsLast(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]struct {
		reason   string
		deadline time.Time
		delay    time.Duration
		want     bool
	}{
		"none":      {"without a deadline Temporal tries for ever", time.Time{}, time.Hour, false},
		"time left": {"the next begins before it", now.Add(time.Minute), 59 * time.Second, false},
		"at it":     {"a next attempt at the deadline is not made", now.Add(time.Minute), time.Minute, true},
		"beyond":    {"the delay would outlast it", now.Add(time.Minute), time.Hour, true},
		"past":      {"the attempt of a dead worker's is made again, once", now.Add(-time.Second), 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isLast(tt.deadline, now, tt.delay); got != tt.want {
				t.Errorf("%s: %t, want %t", tt.reason, got, tt.want)
			}
		})
	}
}

func TestRetryDelay(t *testing.T) {
	t.Parallel()
	undo := &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute}
	tests := map[string]struct {
		reason  string
		policy  *temporal.RetryPolicy
		attempt int32
		after   time.Duration
		want    time.Duration
	}{
		"advice":          {"the error's own delay replaces the policy's, its maximum too", undo, 9, 5 * time.Minute, 5 * time.Minute},
		"short advice":    {"the server does not keep to less than a second", undo, 1, time.Millisecond, time.Second},
		"first":           {"the initial interval", undo, 1, 0, time.Second},
		"fourth":          {"doubled each time", undo, 4, 0, 8 * time.Second},
		"many":            {"up to the maximum, without overflow", undo, 1 << 30, 0, time.Minute},
		"default maximum": {"a hundred initial intervals", &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2}, 60, 0, 100 * time.Second},
		"no policy":       {"in a test environment", nil, 3, 0, time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := retryDelay(tt.policy, tt.attempt, tt.after); got != tt.want {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
		})
	}
}
