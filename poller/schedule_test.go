package poller

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// newTestSchedule is a schedule whose clock stands at the given time into the wait.
func newTestSchedule(policy lro.PollPolicy, elapsed time.Duration, random float64) *Schedule {
	return NewSchedule(policy, began, ScheduleOptions{
		Now:    func() time.Time { return began.Add(elapsed) },
		Random: func() float64 { return random },
	})
}

func percent(p int) json.RawMessage { return fmt.Appendf(nil, `{"progressPercent": %d}`, p) }

func TestNextBackOff(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		policy   lro.PollPolicy
		elapsed  time.Duration
		metadata json.RawMessage
		random   float64
		want     time.Duration
	}{
		"first":              {reason: "the second read comes after the initial interval", want: time.Second},
		"after 10s":          {reason: "1s + 0.3 x 10s", elapsed: 10 * time.Second, want: 4 * time.Second},
		"a day":              {reason: "never above the maximum", elapsed: 24 * time.Hour, want: 30 * time.Second},
		"a century":          {reason: "the product does not overflow", policy: lro.PollPolicy{Coefficient: 100}, elapsed: 100 * 365 * 24 * time.Hour, want: 30 * time.Second},
		"a clock behind":     {reason: "a worker's clock may be behind the server's", elapsed: -time.Hour, want: time.Second},
		"jitter":             {reason: "up to a tenth is taken off, nothing is added", elapsed: 10 * time.Second, random: 1, want: 3600 * time.Millisecond},
		"constant":           {reason: "coefficient 1 is a fixed interval", policy: lro.PollPolicy{Coefficient: 1, InitialInterval: 7 * time.Second}, elapsed: time.Hour, want: 7 * time.Second},
		"the user's":         {reason: "a policy that is given wins", policy: lro.PollPolicy{InitialInterval: 2 * time.Second, Coefficient: 1.5, MaximumInterval: time.Minute}, elapsed: 10 * time.Second, want: 7 * time.Second},
		"progress":           {reason: "9.5 of 100 in 19s leave 181s, three quarters of which are 135.75s", elapsed: 19 * time.Second, metadata: percent(9), want: 135750 * time.Millisecond},
		"progress, jitter":   {reason: "an estimate is jittered as well", elapsed: 19 * time.Second, metadata: percent(9), random: 1, want: 122175 * time.Millisecond},
		"soon over":          {reason: "49.5 of 100 in 33s leave 33.67s, which is waited for in one", elapsed: 33 * time.Second, metadata: percent(49), want: 33666666666},
		"young":              {reason: "1% after 4s is no reason to wait for minutes: 8 times its age", elapsed: 4 * time.Second, metadata: percent(1), want: 32 * time.Second},
		"progress capped":    {reason: "never above the maximum for estimates", elapsed: time.Hour, metadata: percent(1), want: 5 * time.Minute},
		"maximum given":      {reason: "a maximum the user gave holds for estimates as well", policy: lro.PollPolicy{MaximumInterval: time.Minute}, elapsed: time.Hour, metadata: percent(1), want: time.Minute},
		"estimate given":     {reason: "unless it has one of its own", policy: lro.PollPolicy{MaximumInterval: 10 * time.Second, MaximumEstimate: 2 * time.Minute}, elapsed: time.Hour, metadata: percent(1), want: 2 * time.Minute},
		"progress floored":   {reason: "an estimate is not trusted below 5s", elapsed: time.Minute, metadata: percent(99), want: 5 * time.Second},
		"floored early":      {reason: "what is young and soon over is read as if it had no percentage", elapsed: 4 * time.Second, metadata: percent(99), want: 2200 * time.Millisecond},
		"complete, not done": {reason: "100% and running is read at the floor", elapsed: time.Hour, metadata: percent(100), want: 5 * time.Second},
		"low maximum":        {reason: "the maximum is below the floor and wins", policy: lro.PollPolicy{MaximumInterval: 2 * time.Second}, elapsed: time.Minute, metadata: percent(99), want: 2 * time.Second},
		"nothing yet":        {reason: "0% estimates nothing", elapsed: 10 * time.Second, metadata: percent(0), want: 4 * time.Second},
		"ignored":            {reason: "the policy may not trust the service's percentages", policy: lro.PollPolicy{IgnoreProgress: true}, elapsed: 10 * time.Second, metadata: percent(50), want: 4 * time.Second},
		"metadata's start":   {reason: "the service's start time counts, not the wait's: 99s for 49.5%", elapsed: 9 * time.Second, metadata: json.RawMessage(`{"progress": {"progressPercent": 49, "startTime": "2025-12-31T23:58:30Z"}}`), want: 75750 * time.Millisecond},
		"the service's clock": {reason: "a start after the wait's is a clock that is ahead, and left alone: 9s for 9.5%, capped by its age",
			elapsed: 9 * time.Second, metadata: json.RawMessage(`{"progress": {"progressPercent": 9, "startTime": "2026-01-01T00:00:08Z"}}`), want: 64302631578},
		"garbage": {reason: "metadata of another shape is no progress", elapsed: 10 * time.Second, metadata: json.RawMessage(`[1]`), want: 4 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestSchedule(tt.policy, tt.elapsed, tt.random)
			s.Observe(lro.Operation{Metadata: tt.metadata})
			if got := s.NextBackOff(); got != tt.want {
				t.Errorf("%s: NextBackOff() = %v, want %v", tt.reason, got, tt.want)
			}
			s.Reset()
			if s.observed != (Observation{}) {
				t.Errorf("Reset kept %+v", s.observed)
			}
		})
	}
}

const (
	createInstance = `{"@type": "type.googleapis.com/google.spanner.admin.instance.v1.CreateInstanceMetadata"}`
	createBackup   = `{"@type": "type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata", "progress": {"progressPercent": %d, "startTime": "%s"}}`
)

func backup(percent int, age time.Duration) json.RawMessage {
	return fmt.Appendf(nil, createBackup, percent, began.Add(-age).Format(time.RFC3339))
}

// An operation is not read before its method lets expect an end.
func TestFirstBackOff(t *testing.T) {
	t.Parallel()
	second := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	tests := map[string]struct {
		reason   string
		policy   lro.PollPolicy
		metadata json.RawMessage
		first    time.Duration // from the start of the wait
		next     time.Duration // after a read 2s into it
	}{
		"no metadata":      {"the initial interval", lro.PollPolicy{}, nil, second(1), second(1.6)},
		"unknown method":   {"the initial interval", lro.PollPolicy{}, json.RawMessage(`{"@type": "type.googleapis.com/other.Metadata"}`), second(1), second(1.6)},
		"instance":         {"5s after its start", lro.PollPolicy{}, json.RawMessage(createInstance), second(5), second(3)},
		"backup":           {"20s after its start", lro.PollPolicy{}, backup(0, 0), second(20), second(18)},
		"the user's":       {"an initial interval that is given wins", lro.PollPolicy{InitialInterval: second(2)}, backup(0, 0), second(2), second(2.6)},
		"a default, given": {"even if it is the default's value", lro.PollPolicy{InitialInterval: second(1)}, backup(0, 0), second(1), second(1.6)},
		"older":            {"its start counts, not the wait's", lro.PollPolicy{}, backup(0, second(15)), second(5), second(3)},
		"old":              {"the delay is over", lro.PollPolicy{}, backup(0, time.Hour), second(1), second(1.6)},
		"progress":         {"an estimate wins: 9.5% in 19s leave 181s", lro.PollPolicy{}, backup(9, second(19)), second(135.75), second(150.039473684)},
		"progress ignored": {"unless the policy has none", lro.PollPolicy{IgnoreProgress: true}, backup(9, second(19)), second(1), second(1.6)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestSchedule(tt.policy, 2*time.Second, 0)
			s.Observe(lro.Operation{Metadata: tt.metadata})
			if got := s.FirstBackOff(); got != tt.first {
				t.Errorf("%s: FirstBackOff() = %v, want %v", tt.reason, got, tt.first)
			}
			if got := s.NextBackOff(); got != tt.next {
				t.Errorf("%s: NextBackOff() = %v, want %v", tt.reason, got, tt.next)
			}
		})
	}
}

// A clock that is behind delays nothing for longer than the first delay.
func TestFirstDelayOfAClockBehind(t *testing.T) {
	t.Parallel()
	s := newTestSchedule(lro.PollPolicy{}, -time.Hour, 0)
	s.Observe(lro.Operation{Metadata: json.RawMessage(createInstance)})
	if got := s.NextBackOff(); got != 5*time.Second {
		t.Errorf("NextBackOff() = %v, want 5s", got)
	}
}

// Jitter never makes a read come before the first delay.
func TestFirstBackOffIsNotJittered(t *testing.T) {
	t.Parallel()
	s := newTestSchedule(lro.PollPolicy{}, 0, 1)
	s.Observe(lro.Operation{Metadata: backup(0, 0)})
	if first, next := s.FirstBackOff(), s.NextBackOff(); first != 20*time.Second || next != 20*time.Second {
		t.Errorf("first %v, next %v, want 20s", first, next)
	}
}

// A schedule of the system's clock and random numbers stays within its bounds.
func TestScheduleDefaults(t *testing.T) {
	t.Parallel()
	s := NewSchedule(lro.PollPolicy{}, time.Now().Add(-time.Hour), ScheduleOptions{})
	if got := s.NextBackOff(); got < 27*time.Second || got > 30*time.Second {
		t.Errorf("NextBackOff() = %v, want 27s to 30s", got)
	}
}
