package workflows

import (
	"strings"
	"testing"
	"time"
)

func TestTimeouts(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(d time.Duration) time.Time { return began.Add(d) }
	tests := map[string]struct {
		reason   string
		timeouts timeouts
		want     time.Time
		kind     string
	}{
		"none":                       {"nothing ends the workflow", timeouts{first: began, start: began, firstTask: began, now: began}, time.Time{}, ""},
		"the test environment's":     {"ten years stand for none", timeouts{execution: noTimeout, run: noTimeout, first: began, start: began, now: began}, time.Time{}, ""},
		"execution":                  {"from the first run's start", timeouts{execution: time.Hour, first: began, start: began, now: began}, at(time.Hour), "execution"},
		"execution, retried":         {"a later run's start does not matter", timeouts{execution: time.Hour, first: began, start: at(50 * time.Minute), firstTask: at(51 * time.Minute), now: at(51 * time.Minute)}, at(time.Hour), "execution"},
		"run":                        {"from the start, where the first task came at once", timeouts{run: time.Hour, first: began, start: began, firstTask: at(time.Second), now: at(time.Second)}, at(time.Hour), "run"},
		"run, no worker for a while": {"a worker that came 5 min late does not move the end", timeouts{run: time.Hour, first: began, start: began, firstTask: at(5 * time.Minute), now: at(5 * time.Minute)}, at(time.Hour), "run"},
		"run, delayed":               {"by more than the margin: by a start delay", timeouts{run: time.Hour, first: began, start: began, firstTask: at(30 * time.Minute), now: at(30 * time.Minute)}, at(90 * time.Minute), "run"},
		"run, cron":                  {"its first task comes when its schedule says", timeouts{run: time.Hour, cron: true, first: began, start: began, firstTask: at(24 * time.Hour), now: at(24 * time.Hour)}, at(25 * time.Hour), "run"},
		"run, not recorded":          {"without the interceptor the start counts", timeouts{run: time.Hour, first: began, start: began, now: at(time.Minute)}, at(time.Hour), "run"},
		"run, not recorded, past":    {"the start cannot be right: the run goes on", timeouts{run: time.Hour, first: began, start: began, now: at(time.Hour)}, time.Time{}, ""},
		"run, not recorded, cron":    {"the start says nothing", timeouts{run: time.Hour, cron: true, first: began, start: began, now: began}, time.Time{}, ""},
		"cron, past, execution":      {"the other one is known all the same", timeouts{run: time.Hour, execution: 48 * time.Hour, cron: true, first: began, start: began, now: began}, at(48 * time.Hour), "execution"},
		"both, run first":            {"the smaller counts", timeouts{run: time.Hour, execution: 2 * time.Hour, first: began, start: began, firstTask: began, now: began}, at(time.Hour), "run"},
		"both, execution first":      {"in a later run", timeouts{run: time.Hour, execution: 2 * time.Hour, first: began, start: at(90 * time.Minute), firstTask: at(90 * time.Minute), now: at(90 * time.Minute)}, at(2 * time.Hour), "execution"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.timeouts.next(); !got.at.Equal(tt.want) || got.kind != tt.kind {
				t.Errorf("%s: %q at %v, want %q at %v", tt.reason, got.kind, got.at, tt.kind, tt.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := map[string]struct {
		reason     string
		timeout    time.Duration
		margin     time.Duration
		stop, last time.Duration // before the end
	}{
		"an hour":          {"a tenth is the margin, 30 s of it for the report", time.Hour, 0, 6 * time.Minute, 30 * time.Second},
		"a day":            {"ten minutes at most", 24 * time.Hour, 0, 10 * time.Minute, 30 * time.Second},
		"a minute":         {"half of a short margin is for the report", time.Minute, 0, 6 * time.Second, 3 * time.Second},
		"the caller's":     {"is kept to, be it longer", time.Hour, 30 * time.Minute, 30 * time.Minute, 30 * time.Second},
		"longer than that": {"then there is no time at all", time.Hour, 2 * time.Hour, 2 * time.Hour, 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ending{at: end, timeout: tt.timeout, kind: "run"}.limits(tt.margin)
			if stop, last := end.Sub(l.stop), end.Sub(l.last); stop != tt.stop || last != tt.last {
				t.Errorf("%s: ends %v before and gives up %v before, want %v and %v", tt.reason, stop, last, tt.stop, tt.last)
			}
			if canceled := l.cutLast(end); !canceled.After(l.last) || !canceled.Before(end) {
				t.Errorf("what is left is canceled at %v, want between %v and %v", canceled, l.last, end)
			}
		})
	}
	if none := (ending{}).limits(time.Hour); none != nil {
		t.Errorf("without a timeout: %v", none)
	}
}

func TestLimitsCut(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	near := ending{at: end, timeout: time.Hour, kind: "run"}.limits(0)
	undo := &limits{stop: end, last: end, rest: deadlineSlack}
	tests := map[string]struct {
		reason   string
		limits   *limits
		deadline time.Time
		want     time.Time
		because  string
	}{
		"nothing":            {"neither the wait nor the workflow ends", nil, time.Time{}, time.Time{}, "the Temporal server"},
		"a deadline":         {"the wait's own", nil, end, end, ""},
		"an end":             {"the workflow's", near, time.Time{}, near.stop, "the workflow's run timeout of 1h0m0s ends it at 2026-01-02T03:04:05Z"},
		"deadline before it": {"the earlier", near, near.stop.Add(-1), near.stop.Add(-1), ""},
		"deadline after it":  {"the earlier", near, end, near.stop, "the workflow's run timeout"},
		"in an undo":         {"its window", undo, time.Time{}, end, "the window of its undo"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.limits.cut(tt.deadline); !got.Equal(tt.want) {
				t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
			}
			if got := tt.limits.reason(tt.deadline); !strings.HasPrefix(got, tt.because) || (got == "") != (tt.because == "") {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.because)
			}
		})
	}
}
