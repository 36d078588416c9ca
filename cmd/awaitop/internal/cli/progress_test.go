package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// The text beside the bar says each thing once.
func TestBarText(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	known := func(percent int) lro.Progress { return lro.Progress{Known: true, Percent: percent} }
	tests := map[string]struct {
		reason string
		wait   control.Wait
		want   string
	}{
		"percent":    {"the bar has it", control.Wait{Message: "running, 10%", Progress: known(10), StartTime: start, LastPoll: at(20), NextPoll: at(155)}, "running  54s  ETA in 2m26s  next read in 1m41s"},
		"statements": {"the bar has not", control.Wait{Message: "running, 50%, 1 of 2 statements, throttled", Progress: known(50), LastPoll: at(20)}, "running, 1 of 2 statements, throttled  54s"},
		"unknown":    {"a spinner's", control.Wait{Message: "running", LastPoll: at(40), NextPoll: at(60)}, "running  54s  next read in 6s"},
		"often":      {"the time to the next read would flicker", control.Wait{Message: "running", LastPoll: at(53), NextPoll: at(56)}, "running  54s"},
		"due":        {"it is being read", control.Wait{Message: "running", LastPoll: at(10), NextPoll: at(50)}, "running  54s"},
		"late":       {"the estimate was wrong", control.Wait{Message: "running, 50%", Progress: known(50), StartTime: start, LastPoll: at(20)}, "running  54s  ETA now"},
		"trouble":    {"why it is not read", control.Wait{Message: "UNAVAILABLE", LastError: &lro.Status{Code: lro.CodeUnavailable, Message: "down"}, LastPoll: at(20), NextPoll: at(70)}, "UNAVAILABLE: down  54s  next read in 16s"},
		"canceling":  {"the phase", control.Wait{Message: "running, 10%", Progress: known(10), Phase: workflows.PhaseCanceling, LastPoll: at(20)}, "running  54s  canceling"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := barText(tt.wait, start, at(54)); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

func TestBarLine(t *testing.T) {
	t.Parallel()
	const beside = "running  54s  ETA in 2m26s  next read in 1m41s" // 46 characters
	tests := map[string]struct {
		reason    string
		percent   int
		estimated bool
		columns   int
		want      string
	}{
		"read":      {"no mark", 9, false, 119, "  9% ██░░░░░░░░░░░░░░░░░░░░░░░░░░░░ " + beside},
		"estimated": {"marked", 34, true, 119, "~34% ██████████░░░░░░░░░░░░░░░░░░░░ " + beside},
		"small":     {"the mark stands at the number", 5, true, 119, " ~5% █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ " + beside},
		"narrow":    {"the bar shrinks", 50, false, 72, " 50% ██████████░░░░░░░░░░ " + beside},
		"too small": {"the text tells more than a bar", 50, false, 60, " 50% " + beside},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := barLine(tt.percent, tt.estimated, beside, tt.columns); got != tt.want {
				t.Errorf("%s:\n%q, want\n%q", tt.reason, got, tt.want)
			}
		})
	}
}

// A line is cut to the terminal's width at the time of each drawing.
func TestLiveLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	columns := 10
	line := &liveLine{to: &out, columns: func() int { return columns }}
	line.clear() // nothing was drawn
	line.draw("0123456789")
	columns = 5
	line.draw("0123456789")
	columns = 0 // not known
	line.draw(strings.Repeat("x", 100))
	line.clear()
	want := "\r01234567…\x1b[K" + "\r012…\x1b[K" + "\r" + strings.Repeat("x", 78) + "…\x1b[K" + "\r\x1b[K"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// Off a terminal a line is printed when the wait changes, not when time passes.
func TestPlainLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	shown := &plainLines{io: IO{Err: &out}}
	blocked := control.Wait{Phase: workflows.PhaseAwaiting, LastError: &lro.Status{Code: lro.CodePermissionDenied, Message: "no"}}
	for i := range 3 {
		blocked.BlockedSince = time.Now().Add(-time.Duration(i) * time.Minute)
		shown.show(&blocked)
	}
	missing := &control.Status{TaskQueue: "orders", State: "Running"}
	for i := range 3 {
		missing.WorkerAwaitedSince = time.Now().Add(-time.Duration(i) * time.Minute)
		shown.show(waitIn(missing))
	}
	for i := range 3 {
		missing.TaskFailures = 1 + i
		shown.show(waitIn(missing))
	}
	want := "PERMISSION_DENIED: no\n" +
		"no worker has taken it from task queue orders\n" +
		"its workflow task fails or times out on task queue orders: see its worker's log\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// Advice on a missing worker is looked for once, and once more if the tasks then fail.
func TestWantsAdvice(t *testing.T) {
	t.Parallel()
	a := &awaiting{advised: map[bool]bool{}}
	missing := func(failures int) *control.Status {
		return &control.Status{State: "Running", WorkerAwaitedSince: time.Now().Add(-time.Minute), TaskFailures: failures}
	}
	for i, step := range []struct {
		reason string
		status *control.Status
		want   bool
	}{
		{"it runs", &control.Status{State: "Running"}, false},
		{"no worker takes it", missing(0), true},
		{"that was said", missing(0), false},
		{"a worker fails it", missing(2), true},
		{"that was said", missing(3), false},
	} {
		if got := a.wantsAdvice(step.status); got != step.want {
			t.Errorf("step %d, %s: %t, want %t", i, step.reason, got, step.want)
		}
	}
}

// Once a worker has taken a wait, a line takes back what was said of the missing worker.
func TestNoteWorker(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &awaiting{command: &command{IO: IO{Err: &out}, output: "text"}}
	missing := &control.Status{State: "Running", WorkerAwaitedSince: time.Now().Add(-time.Minute)}
	taken := &control.Status{State: "Running", Waits: []control.Wait{{}}}
	for _, status := range []*control.Status{taken, missing, missing, taken, taken} {
		a.noteWorker(status, &plainLines{io: a.IO})
	}
	if got, want := out.String(), "a worker has taken it: the wait goes on\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
