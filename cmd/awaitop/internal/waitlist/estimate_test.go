package waitlist

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

func TestPercentAt(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	// An operation of 200 s: 10% was read after 20 s, and the next read is due after 155 s.
	wait := func(change func(*control.Wait)) control.Wait {
		w := control.Wait{
			Phase: workflows.PhaseAwaiting, Mode: control.ModeYielded, StartTime: start,
			Progress: lro.Progress{Known: true, Percent: 10}, LastPoll: at(20), NextPoll: at(155),
		}
		if change != nil {
			change(&w)
		}
		return w
	}
	tests := map[string]struct {
		reason    string
		wait      control.Wait
		now       time.Time
		percent   int
		estimated bool
		known     bool
	}{
		"at the read":      {"what was read is no estimate", wait(nil), at(20), 10, false, true},
		"a moment later":   {"less than a percent is no news", wait(nil), at(21), 10, false, true},
		"between reads":    {"the speed goes on", wait(nil), at(100), 50, true, true},
		"the next read":    {"it is due", wait(nil), at(155), 77, true, true},
		"a late read":      {"only the read can tell more", wait(nil), at(1000), 77, true, true},
		"no next read":     {"nothing says until when the speed holds", wait(func(w *control.Wait) { w.NextPoll = time.Time{} }), at(1000), 10, false, true},
		"a clock behind":   {"it never shows less than was read", wait(nil), at(0), 10, false, true},
		"a read said less": {"50 was estimated; the read is true", wait(func(w *control.Wait) { w.LastPoll, w.Progress.Percent = at(100), 20 }), at(100), 20, false, true},
		"and goes on":      {"at the new speed", wait(func(w *control.Wait) { w.LastPoll, w.Progress.Percent = at(100), 20 }), at(125), 25, true, true},
		"polled now":       {"a next read before the last one is old news", wait(func(w *control.Wait) { w.NextPoll = at(10) }), at(100), 10, false, true},
		"100 percent":      {"it runs nevertheless", wait(func(w *control.Wait) { w.Progress.Percent = 100 }), at(100), 99, false, true},
		"0 percent":        {"no speed yet", wait(func(w *control.Wait) { w.Progress.Percent = 0 }), at(100), 0, false, true},
		"unknown":          {"a spinner", wait(func(w *control.Wait) { w.Progress = lro.Progress{} }), at(100), 0, false, false},
		"reads fail":       {"nothing supports the estimate", wait(func(w *control.Wait) { w.LastError = &lro.Status{Code: lro.CodeUnavailable} }), at(100), 10, false, true},
		"canceling":        {"the speed so far says nothing", wait(func(w *control.Wait) { w.Phase = workflows.PhaseCanceling }), at(100), 10, false, true},
		"a set":            {"its ended operations are counted", wait(func(w *control.Wait) { w.Set, w.Reported = &control.Set{Total: 10, Ended: 3}, at(20) }), at(100), 30, false, true},
		"work began later": {"the speed is that of the work", wait(func(w *control.Wait) { w.Progress.StartTime = at(10) }), at(60), 50, true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			percent, estimated, known := PercentAt(tt.wait, tt.now)
			if percent != tt.percent || estimated != tt.estimated || known != tt.known {
				t.Errorf("%s: %d, %v, %v, want %d, %v, %v", tt.reason, percent, estimated, known, tt.percent, tt.estimated, tt.known)
			}
		})
	}
}

// Between two reads the percentage never goes back, and it never reaches 100.
func TestPercentAtRises(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for percent := range 100 {
		w := control.Wait{StartTime: start, Progress: lro.Progress{Known: true, Percent: percent}, LastPoll: start.Add(time.Minute)}
		last := 0
		for now := start; now.Before(start.Add(3 * time.Hour)); now = now.Add(17 * time.Second) {
			shown, _, _ := PercentAt(w, now)
			if shown < last || shown < percent || shown > maxEstimate {
				t.Fatalf("%d%% was read; %d%% is shown %s later, after %d%%", percent, shown, now.Sub(w.LastPoll), last)
			}
			last = shown
		}
	}
}
