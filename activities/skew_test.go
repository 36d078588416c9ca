package activities

import (
	"testing"
	"time"
)

func TestSkew(t *testing.T) {
	t.Parallel()
	began := time.Now()
	type attempt struct{ after, late time.Duration } // since the first, and by its StartedTime
	burst := func(n int, after, late time.Duration) (all []attempt) {
		for range n {
			all = append(all, attempt{after, late})
		}
		return all
	}
	tests := map[string]struct {
		reason   string
		attempts []attempt
		want     time.Duration
	}{
		"none":             {"nothing is known: the clock is taken for right", nil, 0},
		"right":            {"a few milliseconds are lateness", []attempt{{0, 5 * time.Millisecond}}, 0},
		"ahead":            {"what is more than lateness", []attempt{{0, 10 * time.Minute}}, 10 * time.Minute},
		"behind":           {"an attempt never begins before it was started", []attempt{{0, -40 * time.Second}}, -40 * time.Second},
		"late at times":    {"lateness only adds: the smallest is the nearest", []attempt{{0, 92 * time.Second}, {1, 90 * time.Second}, {2, 95 * time.Second}}, 90 * time.Second},
		"rate limited":     {"one attempt that was not late is enough", []attempt{{0, 1500 * time.Millisecond}, {1, 20 * time.Millisecond}, {2, 1500 * time.Millisecond}}, 0},
		"set back":         {"the next attempt shows it", []attempt{{0, 0}, {1, -time.Hour}}, -time.Hour},
		"set forward":      {"once the attempts before are out of date", []attempt{{0, 0}, {skewAge + 1, time.Hour}}, time.Hour},
		"not yet":          {"as long as they are not, lateness may explain it", []attempt{{0, 0}, {skewAge, time.Hour}}, 0},
		"busy":             {"or after as many attempts as count", append(burst(1, 0, 0), burst(skewSamples, 1, time.Hour)...), time.Hour},
		"busy, not yet":    {"one less does not do", append(burst(1, 0, 0), burst(skewSamples-1, 1, time.Hour)...), 0},
		"late, as a burst": {"the bound of samples outlives a burst of late ones", append(burst(1, 0, 0), burst(skewSamples-1, 1, 100*time.Millisecond)...), 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s skew
			for _, a := range tt.attempts {
				now := began.Add(a.after)
				s.observe(now, now.Round(0).Add(-a.late))
			}
			local := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			server := s.server(local)
			if got := local.Sub(server); got != tt.want {
				t.Errorf("%s: the clock is %v ahead, want %v", tt.reason, got, tt.want)
			}
			if back := s.local(server); !back.Equal(local) {
				t.Errorf("%v and back is %v", local, back)
			}
			if len(s.recent) > skewSamples {
				t.Errorf("%d samples are kept, want %d at most", len(s.recent), skewSamples)
			}
		})
	}
}

// Attempts begin in many goroutines.
func TestSkewIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var s skew
	done := make(chan bool)
	for range 8 {
		go func() {
			for range 100 {
				now := time.Now()
				s.observe(now, now.Add(-time.Minute))
				_ = s.server(now)
			}
			done <- true
		}()
	}
	for range 8 {
		<-done
	}
	if now := time.Now(); now.Sub(s.server(now)).Round(time.Second) != time.Minute {
		t.Errorf("%v ahead, want 1m", now.Sub(s.server(now)))
	}
}
