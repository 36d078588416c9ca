package screen

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

var now = time.Date(2026, 11, 27, 14, 52, 3, 0, time.UTC)

// snapshot has so many waits, the first of them in trouble.
func snapshot(waits int) watch.Snapshot {
	s := watch.Snapshot{Total: waits, Read: waits, Round: 2 * time.Second}
	for i := range waits {
		ref := lro.Ref{Service: lro.SpannerService, Name: fmt.Sprintf("projects/p/instances/i/backups/b%d/operations/o", i+1)}
		w := control.Wait{WorkflowID: workflows.WorkflowID(ref), Ref: ref, Mode: control.ModeHeld, Progress: lro.Progress{Known: true, Percent: 10 * i}, StartTime: now.Add(-time.Minute)}
		if i == 0 {
			w.LastError = &lro.Status{Code: lro.CodeUnavailable, Message: "down"}
		}
		s.Statuses = append(s.Statuses, &control.Status{
			WorkflowID: w.WorkflowID, WorkflowType: workflows.AwaitOperationName, State: "Running", StartTime: now.Add(-time.Duration(i) * time.Hour), Waits: []control.Wait{w},
		})
	}
	return s
}

func TestFrame(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		snapshot watch.Snapshot
		view     view
		want     string
	}{
		"all": {"the rest of the screen is empty", snapshot(2), view{width: 70, height: 10}, `
waits of default at 127.0.0.1:7233                            14:52:03
1 in trouble, 1 running
in //spanner.googleapis.com/projects/p/instances/i/
WAIT                     STATE    PROGRESS         AGE
backups/b1/operations/o  running  ░░░░░░░░░░   0%  1m0s
  UNAVAILABLE: down
backups/b2/operations/o  running  █░░░░░░░░░  10%  1m0s


q quits · read every 2s`},
		"scrolled": {"head and foot stay", snapshot(9), view{width: 70, height: 8, top: 3}, `
waits of default at 127.0.0.1:7233                            14:52:03
1 in trouble, 8 running
in //spanner.googleapis.com/projects/p/instances/i/
WAIT                     STATE    PROGRESS         AGE
backups/b3/operations/o  running  ██░░░░░░░░  20%  1m0s
backups/b4/operations/o  running  ███░░░░░░░  30%  1m0s
backups/b5/operations/o  running  ████░░░░░░  40%  1m0s
q quits · arrows scroll · lines 4 to 6 of 10 · read every 2s`},
		"too far": {"the last line stays on the screen", snapshot(3), view{width: 70, height: 7, top: 99}, `
waits of default at 127.0.0.1:7233                            14:52:03
1 in trouble, 2 running
in //spanner.googleapis.com/projects/p/instances/i/
WAIT                     STATE    PROGRESS         AGE
backups/b2/operations/o  running  █░░░░░░░░░  10%  1m0s
backups/b3/operations/o  running  ██░░░░░░░░  20%  1m0s
q quits · arrows scroll · lines 3 to 4 of 4 · read every 2s`},
		"trouble": {"the others are counted", snapshot(9), view{width: 70, height: 7, trouble: true}, `
waits of default at 127.0.0.1:7233                            14:52:03
1 in trouble, 8 running
in //spanner.googleapis.com/projects/p/instances/i/
WAIT                     STATE    PROGRESS         AGE
backups/b1/operations/o  running  ░░░░░░░░░░   0%  1m0s
  UNAVAILABLE: down
q quits · read every 2s`},
		"none":  {"it says so", watch.Snapshot{Round: 2 * time.Second}, view{width: 70, height: 4}, "\nwaits of default at 127.0.0.1:7233                            14:52:03\nno waits\n\nq quits · read every 2s"},
		"first": {"nothing is known", watch.Snapshot{}, view{width: 70, height: 3}, "\nwaits of default at 127.0.0.1:7233                            14:52:03\nasking the Temporal server\nq quits"},
		"down":  {"the list is old", watch.Snapshot{Err: errors.New("no server\nat all"), Since: now.Add(-time.Minute)}, view{width: 70, height: 3}, "\nwaits of default at 127.0.0.1:7233                            14:52:03\nas of 14:51:03: no server\\u000aat all\nq quits"},
		"begin": {"thousands take a while", watch.Snapshot{Total: 812, Read: 100, Round: time.Minute}, view{width: 70, height: 3}, "\nwaits of default at 127.0.0.1:7233                            14:52:03\nno waits; 100 of 812 workflows read\nq quits · read every 1m0s"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.view.title, tt.view.now = "waits of default at 127.0.0.1:7233", now
			var got []string
			for _, line := range lay(tt.snapshot, tt.view).lines {
				got = append(got, line.Text())
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), strings.Join(got, "\n")); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}

// A frame fits the screen, however small that is, and tells which workflows it shows.
func TestFrameFits(t *testing.T) {
	t.Parallel()
	s := snapshot(9)
	for height := 1; height < 20; height++ {
		for _, width := range []int{1, 5, 20, 80, 300} {
			f := lay(s, view{title: "waits of default", now: now, width: width, height: height})
			if len(f.lines) != height {
				t.Fatalf("%d x %d: %d lines", width, height, len(f.lines))
			}
			for _, line := range f.lines {
				if n := ansi.StringWidth(line.Text()); n > max(width, 16) {
					t.Fatalf("%d x %d: %q is %d wide", width, height, line.Text(), n)
				}
			}
			if len(f.shown) == 0 || f.shown[0] != s.Statuses[0].WorkflowID {
				t.Fatalf("%d x %d shows %v", width, height, f.shown)
			}
		}
	}
}

func TestScroll(t *testing.T) {
	t.Parallel()
	m := &model{view: view{now: now}}
	m.Update(snapshot(9))
	steps := []struct {
		reason, key string
		top         int
	}{
		{"the top is the top", "up", 0}, {"a line", "down", 1}, {"as in vi", "j", 2}, {"a page", "pgdown", 5}, {"and back", "pgup", 2},
		{"the end", "end", 7}, {"the end is the end", "space", 7}, {"the beginning", "g", 0}, {"any other key", "x", 0},
	}
	m.view.width, m.view.height = 70, 8 // three lines of ten
	m.lay()
	for _, step := range steps {
		if command := m.press(step.key); command != nil {
			t.Errorf("%s: %s does more than scroll", step.reason, step.key)
		}
		if m.lay(); m.view.top != step.top {
			t.Errorf("%s: after %s the first line is %d, want %d", step.reason, step.key, m.view.top, step.top)
		}
	}
}
