package waitlist

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
)

// column is a column beside the names, with a cell for each row.
type column struct {
	header string
	// leave is the order in which columns are left out if there is no room, 0 for never.
	leave int
	cells []Line
	width int
}

// columnsOf are the columns that have something to show.
func columnsOf(rows []Row) []column {
	columns := []column{
		{header: "STATE", cells: cells(rows, state)},
		{header: "PROGRESS", cells: cells(rows, bar)},
		{header: "ENDS IN", leave: 3, cells: cells(rows, func(r Row) Line { return text(r.Ends) })},
		{header: "NEXT", leave: 1, cells: cells(rows, func(r Row) Line { return text(r.Next) })},
		{header: "AGE", leave: 2, cells: cells(rows, func(r Row) Line { return text(r.Age) })},
	}
	columns = slices.DeleteFunc(columns, func(c column) bool { return width(c.cells) == 0 })
	for i := range columns {
		c := &columns[i]
		c.width = max(width(c.cells), len(c.header))
		for j := range c.cells {
			c.cells[j] = append(c.cells[j], Span{strings.Repeat(" ", c.width-lineWidth(c.cells[j])), Plain})
		}
	}
	return columns
}

// fitting are the columns that leave names room in a terminal of the width.
func fitting(columns []column, names, width int) []column {
	columns = slices.Clone(columns)
	for width-widths(columns) < min(names, minName) {
		at := -1
		for i, c := range columns {
			if c.leave > 0 && (at < 0 || c.leave < columns[at].leave) {
				at = i
			}
		}
		if at < 0 {
			break
		}
		columns = slices.Delete(columns, at, at+1)
	}
	return columns
}

func cells(rows []Row, of func(Row) Line) []Line {
	var all []Line
	for _, row := range rows {
		all = append(all, of(row))
	}
	return all
}

func text(s string) Line { return Line{{printable.Line(s, printable.MaxCell), Plain}} }

func state(row Row) Line {
	style := Plain
	switch row.Tone {
	case Stuck:
		style = Worst
	case Trouble, Failed:
		style = Bad
	case Busy:
		style = Warning
	case Ended:
		style = Good
	}
	return Line{{printable.Line(row.State, printable.MaxCell), style}}
}

// bar is a progress bar and the progress in words. An estimate is marked as one.
func bar(row Row) Line {
	if !row.Measured {
		return text(row.Count)
	}
	shown, words := row.Percent, percent(row.Percent)
	if row.Estimate > 0 {
		shown, words = row.Estimate, "~"+percent(row.Estimate)
	}
	filled := barWidth * min(max(shown, 0), 100) / 100
	style := Good
	if row.Tone <= Trouble {
		style = Bad
	}
	return Line{
		{strings.Repeat("█", filled), style},
		{strings.Repeat("░", barWidth-filled), Faint},
		{" " + cmp.Or(row.Count, pad(words)), Plain},
	}
}

// pad puts a percentage below others.
func pad(text string) string { return strings.Repeat(" ", max(len("100%")-len(text), 0)) + text }

func lineWidth(line Line) int {
	n := 0
	for _, span := range line {
		n += ansi.StringWidth(span.Text)
	}
	return n
}

func width(lines []Line) int {
	n := 0
	for _, line := range lines {
		n = max(n, lineWidth(line))
	}
	return n
}

func widths(columns []column) int {
	n := 0
	for _, c := range columns {
		n += gap + c.width
	}
	return n
}
