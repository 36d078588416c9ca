package activities

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func TestNextBackOff(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	percent := func(p int) json.RawMessage { return fmt.Appendf(nil, `{"progressPercent": %d}`, p) }
	tests := map[string]struct {
		reason   string
		policy   lro.PollPolicy
		elapsed  time.Duration
		metadata json.RawMessage
		random   float64
		want     time.Duration
	}{
		"first":              {reason: "the second read comes after the initial interval", want: time.Second},
		"after 4s":           {reason: "1s + 0.25 x 4s", elapsed: 4 * time.Second, want: 2 * time.Second},
		"a day":              {reason: "never above the maximum", elapsed: 24 * time.Hour, want: time.Minute},
		"a century":          {reason: "the product does not overflow", policy: lro.PollPolicy{Coefficient: 100}, elapsed: 100 * 365 * 24 * time.Hour, want: time.Minute},
		"a clock behind":     {reason: "a worker's clock may be behind the server's", elapsed: -time.Hour, want: time.Second},
		"jitter":             {reason: "up to a tenth is taken off, nothing is added", elapsed: 4 * time.Second, random: 1, want: 1800 * time.Millisecond},
		"constant":           {reason: "coefficient 1 is a fixed interval", policy: lro.PollPolicy{Coefficient: 1, InitialInterval: 7 * time.Second}, elapsed: time.Hour, want: 7 * time.Second},
		"progress":           {reason: "25% in 10s leaves 30s, half of which is 15s", elapsed: 10 * time.Second, metadata: percent(25), want: 15 * time.Second},
		"progress capped":    {reason: "the maximum holds for estimates as well", elapsed: time.Hour, metadata: percent(1), want: time.Minute},
		"progress floored":   {reason: "an estimate is not trusted below 5s", elapsed: 10 * time.Second, metadata: percent(99), want: lro.ProgressFloor},
		"complete, not done": {reason: "100% and running is read at the floor", elapsed: time.Hour, metadata: percent(100), want: lro.ProgressFloor},
		"low maximum":        {reason: "the maximum is below the floor and wins", policy: lro.PollPolicy{MaximumInterval: 2 * time.Second}, elapsed: 10 * time.Second, metadata: percent(99), want: 2 * time.Second},
		"nothing yet":        {reason: "0% estimates nothing", elapsed: 4 * time.Second, metadata: percent(0), want: 2 * time.Second},
		"ignored":            {reason: "the policy may not trust the service's percentages", policy: lro.PollPolicy{IgnoreProgress: true}, elapsed: 4 * time.Second, metadata: percent(50), want: 2 * time.Second},
		"metadata's start":   {reason: "the service's start time counts, not the wait's: 30s for 50%", elapsed: 10 * time.Second, metadata: json.RawMessage(`{"progress": {"progressPercent": 50, "startTime": "2025-12-31T23:59:40Z"}}`), want: 15 * time.Second},
		"garbage":            {reason: "metadata of another shape is no progress", elapsed: 4 * time.Second, metadata: json.RawMessage(`[1]`), want: 2 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &schedule{
				policy: tt.policy.WithDefaults(),
				start:  start,
				now:    func() time.Time { return start.Add(tt.elapsed) },
				random: func() float64 { return tt.random },
			}
			s.observe(lro.Operation{Metadata: tt.metadata})
			if got := s.NextBackOff(); got != tt.want {
				t.Errorf("%s: NextBackOff() = %v, want %v", tt.reason, got, tt.want)
			}
			s.Reset()
			if s.progress != (lro.Progress{}) {
				t.Errorf("Reset kept %+v", s.progress)
			}
		})
	}
}
