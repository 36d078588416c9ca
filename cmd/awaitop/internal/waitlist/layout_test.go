package waitlist_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
)

// text is a table as a person sees it.
func text(t waitlist.Table) string {
	var lines []string
	for _, line := range t.Lines() {
		lines = append(lines, line.Text())
	}
	return strings.Join(lines, "\n")
}

// some are rows of each kind.
func some() []waitlist.Row {
	return []waitlist.Row{
		{Label: "provision-42 (Provision)", Tone: waitlist.Running, State: "running", Age: "12m0s"},
		{Service: "spanner.googleapis.com", Path: b1, Inner: true, Tone: waitlist.Trouble, State: "blocked", Percent: 9, Measured: true, Next: "in 12s", Age: "2m1s",
			Trouble: "PERMISSION_DENIED: the caller has no spanner.backupOperations.get on projects/p/instances/i/backups/b1", Times: "for 5m0s"},
		{Service: "spanner.googleapis.com", Path: "projects/p/instances/i/databases", Note: " (set)", Tone: waitlist.Running, State: "running", Percent: 30, Measured: true, Count: "3 of 10", Ends: "~4m7s", Next: "due since 14:51:23", Age: "1d2h"},
	}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		width  int
		want   string
	}{
		"wide": {"all columns", 140, `
in //spanner.googleapis.com/projects/p/instances/i/
WAIT                       STATE    PROGRESS            ENDS IN  NEXT                AGE
provision-42 (Provision)   running                                                   12m0s
  backups/b1/operations/o  blocked  ░░░░░░░░░░   9%              in 12s              2m1s
    PERMISSION_DENIED: the caller has no spanner.backupOperations.get on projects/p/instances/i/backups/b1, for 5m0s
databases (set)            running  ███░░░░░░░ 3 of 10  ~4m7s    due since 14:51:23  1d2h`},
		"usual": {"the next read is what a person needs least", 80, `
in //spanner.googleapis.com/projects/p/instances/i/
WAIT                       STATE    PROGRESS            ENDS IN  AGE
provision-42 (Provision)   running                               12m0s
  backups/b1/operations/o  blocked  ░░░░░░░░░░   9%              2m1s
    PERMISSION_DENIED: the caller has no spanner.backupOperations.get on
    projects/p/instances/i/backups/b1, for 5m0s
databases (set)            running  ███░░░░░░░ 3 of 10  ~4m7s    1d2h`},
		"narrow": {"the end of a name tells most", 46, `
in //spanner.googleapis.com/projects/p/instan…
WAIT               STATE    PROGRESS
provision-42 (Pr…  running
…/b1/operations/o  blocked  ░░░░░░░░░░   9%
    PERMISSION_DENIED: the caller has no
    spanner.backupOperations.get on
    projects/p/instances/i/backups/b1, for…
databases (set)    running  ███░░░░░░░ 3 of 10`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), text(waitlist.Layout(some(), tt.width))); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}

// An estimate is marked, and the bar shows it.
func TestEstimate(t *testing.T) {
	t.Parallel()
	row := waitlist.Row{Label: "w", State: "running", Measured: true, Percent: 9, Estimate: 41}
	if got := waitlist.Layout([]waitlist.Row{row}, 80).Body[0].Text(); got != "w     running  ████░░░░░░ ~41%" {
		t.Errorf("%q", got)
	}
	if got := waitlist.Flat([]waitlist.Row{row})[0][2]; got != "9%" {
		t.Errorf("%q off a terminal, want what was read", got)
	}
}

// No line is wider than the terminal, whatever the rows hold.
func TestWidth(t *testing.T) {
	t.Parallel()
	rows := append(some(),
		waitlist.Row{Label: strings.Repeat("日本", 200), State: strings.Repeat("x", 300), Trouble: strings.Repeat("y", 3000)},
		waitlist.Row{Label: "a\x1b[31m\nb\u202e", State: "\a", Count: "\u009b2J", Trouble: "c\r\nd"},
	)
	for width := 1; width < 200; width++ {
		for _, line := range waitlist.Layout(rows, width).Lines() {
			if text := line.Text(); ansi.StringWidth(text) > max(width, 16) || strings.ContainsAny(text, "\x1b\n\r\a\u202e\u009b") {
				t.Fatalf("width %d: %q is %d wide", width, text, ansi.StringWidth(text))
			}
		}
	}
}

// What all names share is said once.
func TestShared(t *testing.T) {
	t.Parallel()
	const s = "spanner.googleapis.com"
	op := func(service, path string) waitlist.Row { return waitlist.Row{Service: service, Path: path} }
	tests := map[string]struct {
		reason string
		rows   []waitlist.Row
		want   []string // what is shared, and the names
	}{
		"one":       {"its resource is a part of its name", []waitlist.Row{op(s, b1)}, []string{"in //spanner.googleapis.com/projects/p/instances/i/", "backups/b1/operations/o"}},
		"resource":  {"the instance is what is made", []waitlist.Row{op(s, "projects/p/instances/i/operations/o")}, []string{"in //spanner.googleapis.com/projects/p/", "instances/i/operations/o"}},
		"two":       {"a name begins with a collection", []waitlist.Row{op(s, b1), op(s, b2)}, []string{"in //spanner.googleapis.com/projects/p/instances/i/", "backups/b1/operations/o", "backups/b2/operations/o"}},
		"projects":  {"no part of an id", []waitlist.Row{op(s, "projects/p1/instances/i/operations/o"), op(s, "projects/p2/instances/i/operations/o")}, []string{"in //spanner.googleapis.com/", "projects/p1/instances/i/operations/o", "projects/p2/instances/i/operations/o"}},
		"services":  {"each name needs its own", []waitlist.Row{op(s, b1), op("run.googleapis.com", b1)}, []string{"//spanner.googleapis.com/" + b1, "//run.googleapis.com/" + b1}},
		"undo":      {"a resource is of the service of the others", []waitlist.Row{op(s, b1), op("", "projects/p/instances/i")}, []string{"in //spanner.googleapis.com/projects/p/", "instances/i/backups/b1/operations/o", "instances/i"}},
		"undo only": {"no service is known", []waitlist.Row{op("", "projects/p/instances/i")}, []string{"projects/p/instances/i"}},
		"no name":   {"a workflow's id is all there is", []waitlist.Row{{Label: "provision-42"}}, []string{"provision-42"}},
		"short":     {"an operation without a resource", []waitlist.Row{op(s, "operations/o")}, []string{"in //spanner.googleapis.com/", "operations/o"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, line := range waitlist.Layout(tt.rows, 200).Lines() {
				if text := strings.TrimSpace(line.Text()); text != "WAIT" {
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tt.reason, diff)
			}
		})
	}
}

// Off a terminal a row has its full name and its workflow.
func TestFlat(t *testing.T) {
	t.Parallel()
	rows := some()
	rows[1].WorkflowID, rows[2].WorkflowID = "await://spanner.googleapis.com/"+b1, "w"
	want := [][]string{
		{"//spanner.googleapis.com/" + b1, "blocked", "9%", "-", "in 12s", "2m1s", "-", "PERMISSION_DENIED: the caller has no spanner.backupOperations.get on projects/p/instances/i/backups/b1, for 5m0s"},
		{"//spanner.googleapis.com/projects/p/instances/i/databases (set)", "running", "3 of 10", "~4m7s", "due since 14:51:23", "1d2h", "w", "-"},
	}
	if diff := cmp.Diff(want, waitlist.Flat(rows)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	rows[0].Trouble = "no worker"
	if got := waitlist.Flat(rows); len(got) != 3 || got[0][0] != "provision-42 (Provision)" {
		t.Errorf("the workflow's own trouble is not listed: %q", got)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		rows   []waitlist.Row
		want   string
		style  waitlist.Style
	}{
		"none":    {"an empty list", nil, "no waits", waitlist.Plain},
		"trouble": {"a workflow above its waits is not counted", some(), "1 in trouble, 1 running", waitlist.Bad},
		"stuck":   {"the worst comes first", []waitlist.Row{{Tone: waitlist.Running}, {Tone: waitlist.Stuck}, {Tone: waitlist.Stuck}, {Tone: waitlist.Busy}, {Tone: waitlist.Ended}}, "2 undos are stuck, 1 being undone or canceled, 1 running, 1 ended", waitlist.Worst},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, style := waitlist.Summary(tt.rows); got != tt.want || style != tt.style {
				t.Errorf("%s: %q in %d, want %q in %d", tt.reason, got, style, tt.want, tt.style)
			}
		})
	}
}
