package worker

import (
	"testing"
	"time"
)

// Each step is a count; the last one's number counts.
func TestTally(t *testing.T) {
	t.Parallel()
	none := pollers{}
	of := func(activities ...string) pollers { return pollers{activities: activities} }
	tests := map[string]struct {
		reason string
		counts []pollers
		want   int
	}{
		"no count":              {"0 is the number before", nil, 0},
		"once":                  {"a process polls several task queues, with several polls", []pollers{{[]string{"a", "a", "b", "a"}, []string{"a", "b"}}}, 2},
		"same identity":         {"two processes with one identity cannot be told apart", []pollers{of("fleet", "fleet")}, 1},
		"workflows only":        {"a worker that runs no activities makes no requests", []pollers{{[]string{"a"}, []string{"a", "w"}}}, 1},
		"no free slot":          {"a worker whose slots are all taken does not poll for activities; it holds its polls all the same", []pollers{of("a", "b"), {[]string{"a"}, []string{"a", "b"}}, {[]string{"a"}, []string{"b"}}}, 2},
		"grows":                 {"another worker counts at once", []pollers{of("a"), of("a", "b")}, 2},
		"falls":                 {"a smaller number counts once it is confirmed", []pollers{of("a", "b", "c"), of("a", "b"), of("a", "b")}, 2},
		"not yet":               {"and not before", []pollers{of("a", "b", "c"), of("a", "b")}, 3},
		"server restarted":      {"its polls are reported one after the other", []pollers{of("a", "b", "c"), of("a"), of("a", "b", "c")}, 3},
		"one goes, one comes":   {"the number is that of the identities", []pollers{of("a", "b"), of("a", "c")}, 2},
		"known of long ago":     {"who has polled for activities and is gone is forgotten", []pollers{of("a", "b"), of("a"), {[]string{"a"}, []string{"a", "b"}}}, 1},
		"falls by two":          {"the larger one of the last two counts", []pollers{of("a", "b", "c"), of("a", "b"), of("a")}, 2},
		"nobody, then somebody": {"the number is never 0 after a count", []pollers{none, of("a")}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got tally
			for _, found := range tt.counts {
				got = got.add(found)
			}
			if got.workers != tt.want {
				t.Errorf("%s: %d workers, want %d", tt.reason, got.workers, tt.want)
			}
		})
	}
}

func TestDivisor(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason  string
		workers int
		settled bool
		want    int
	}{
		"no count":          {"the others are not known, so it takes little", 0, false, assumedWorkers},
		"no count for long": {"and goes on with that", 0, true, assumedWorkers},
		"alone":             {"there is no other to wait for", 1, false, 1},
		"alone for long":    {"all is its own", 1, true, 1},
		"joins":             {"the others do not know of it yet", 3, false, assumedWorkers},
		"joins a large one": {"its part is less than a tenth", 40, false, 40},
		"settled":           {"the others have counted it", 3, true, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (tally{workers: tt.workers}).divisor(tt.settled); got != tt.want {
				t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
			}
		})
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason    string
		counts    int
		every     time.Duration
		random    float64
		unsettled time.Duration
		want      time.Duration
	}{
		"first":      {"soon after the start", 0, DefaultRecount, 0.5, 36 * time.Second, time.Second},
		"early":      {"some, or it has no jitter", 0, DefaultRecount, 0, 36 * time.Second, 800 * time.Millisecond},
		"late":       {"the most", 0, DefaultRecount, 1, 36 * time.Second, 1200 * time.Millisecond},
		"fourth":     {"workers that start together learn of each other soon", 3, DefaultRecount, 0.5, 29 * time.Second, 8 * time.Second},
		"settling":   {"a worker takes its share as soon as it may", 5, DefaultRecount, 0.5, 5 * time.Second, 5 * time.Second},
		"settled":    {"then at the interval", 5, DefaultRecount, 0.5, -time.Second, DefaultRecount},
		"just so":    {"at the instant, too", 5, DefaultRecount, 0.5, 0, DefaultRecount},
		"much later": {"and no less often, or more", 1e6, DefaultRecount, 1, -time.Hour, settleTime(DefaultRecount)},
		"short":      {"an interval that is short is one from the start", 4, time.Second, 0.5, -time.Second, time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pause(tt.counts, tt.every, tt.random, tt.unsettled); got != tt.want {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
		})
	}
}
