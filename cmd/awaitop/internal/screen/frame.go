package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
)

// view is what a person has chosen to see.
type view struct {
	title         string
	now           time.Time
	width, height int
	top           int  // the first line of the table's body that is shown
	trouble       bool // whether to show only what is in trouble
}

// frame is a screen full of lines.
type frame struct {
	lines []waitlist.Line
	table waitlist.Table
	// top is the view's, within the table. page is how many lines of the body there is room for.
	top, page int
	// shown are the workflows that are to be seen.
	shown []string
}

// lay lays out a snapshot for a view.
func lay(s watch.Snapshot, v view) frame {
	rows := waitlist.Rows(s.Statuses, v.now)
	summary := summaryOf(s, rows, v)
	if v.trouble {
		rows = waitlist.Troubled(rows)
	}
	table := waitlist.Layout(rows, v.width)
	above := slices.Concat([]waitlist.Line{titleOf(v), summary}, table.Head)
	f := frame{table: table, page: max(v.height-len(above)-1, 1)}
	f.top = min(max(v.top, 0), max(len(table.Body)-f.page, 0))
	end := min(f.top+f.page, len(table.Body))
	f.lines = append(above, table.Body[f.top:end]...)
	for len(f.lines) < v.height-1 {
		f.lines = append(f.lines, nil)
	}
	f.lines = append(f.lines, footerOf(s, v, f.top, end, len(table.Body)))
	f.lines = f.lines[:min(len(f.lines), max(v.height, 1))]
	for _, row := range table.Rows[f.top:end] {
		f.shown = append(f.shown, rows[row].Group)
	}
	return f
}

// titleOf says where the waits are, and what time it is.
func titleOf(v view) waitlist.Line {
	clock := v.now.Format(time.TimeOnly)
	title := ansi.Truncate(printable.Line(v.title, printable.MaxCell), max(v.width-len(clock)-2, 0), "…")
	space := strings.Repeat(" ", max(v.width-ansi.StringWidth(title)-len(clock), 0))
	return waitlist.Line{{Text: title, Style: waitlist.Strong}, {Text: space}, {Text: ansi.Truncate(clock, v.width, ""), Style: waitlist.Faint}}
}

// summaryOf counts what is listed, or says that the list is old.
func summaryOf(s watch.Snapshot, rows []waitlist.Row, v view) waitlist.Line {
	if s.Err != nil {
		text := fmt.Sprintf("as of %s: %s", s.Since.In(v.now.Location()).Format(time.TimeOnly), printable.Line(s.Err.Error(), printable.MaxCell))
		return waitlist.Line{{Text: ansi.Truncate(text, v.width, "…"), Style: waitlist.Bad}}
	}
	if s.Round == 0 { // there is no snapshot yet
		return waitlist.Line{{Text: ansi.Truncate("asking the Temporal server", v.width, "…"), Style: waitlist.Faint}}
	}
	text, style := waitlist.Summary(rows)
	if s.Read < s.Total {
		text += fmt.Sprintf("; %d of %d workflows read", s.Read, s.Total)
	}
	return waitlist.Line{{Text: ansi.Truncate(text, v.width, "…"), Style: style}}
}

func footerOf(s watch.Snapshot, v view, top, end, lines int) waitlist.Line {
	parts := []string{"q quits"}
	if lines > end-top {
		parts = append(parts, "arrows scroll", fmt.Sprintf("lines %d to %d of %d", top+1, end, lines))
	}
	if s.Round > 0 {
		parts = append(parts, fmt.Sprintf("read every %s", waitlist.Duration(s.Round)))
	}
	return waitlist.Line{{Text: ansi.Truncate(strings.Join(parts, " · "), v.width, "…"), Style: waitlist.Faint}}
}
