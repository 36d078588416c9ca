package waitlist

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
)

// Style is how a text is drawn.
type Style int

// The styles.
const (
	Plain Style = iota
	Strong
	Faint
	Good
	Warning
	Bad
	Worst
)

// Span is a part of a line in one style.
type Span struct {
	Text  string
	Style Style
}

// Line is a line of text.
type Line []Span

// Text is the line without its styles.
func (l Line) Text() string {
	var b strings.Builder
	for _, span := range l {
		b.WriteString(span.Text)
	}
	return strings.TrimRight(b.String(), " ")
}

const (
	// gap is the space between two columns, in characters.
	gap = 2
	// minName is the least width of names for which all columns are shown.
	minName = 32
	// leastName is the least width of names.
	leastName = 12
	// barWidth is the width of a bar.
	barWidth = 10
	// reasonLines is how many lines a trouble takes.
	reasonLines = 3
)

// Table is rows laid out for a terminal.
type Table struct {
	// Head says what all names share, and names the columns.
	Head []Line
	// Body has a line for each row, and the row's trouble below it. Rows has the index of each line's row.
	Body []Line
	Rows []int
}

// Lines are all lines of the table.
func (t Table) Lines() []Line { return slices.Concat(t.Head, t.Body) }

// Layout lays rows out for a terminal of the width, in characters. Columns that are needed least are left out if there
// is no room.
func Layout(rows []Row, width int) Table {
	var t Table
	if len(rows) == 0 {
		return t
	}
	names, common := namesOf(rows)
	columns := fitting(columnsOf(rows), widest(names), width)
	room := max(width-widths(columns), leastName)
	nameWidth := max(min(widest(names), room), len(nameHeader))
	if common != "" {
		t.Head = append(t.Head, Line{{clipped("in "+common, width), Faint}})
	}
	t.Head = append(t.Head, header(columns, nameWidth, width))
	for i, row := range rows {
		line := Line{{padded(fitted(row, names[i], nameWidth), nameWidth), nameStyle(row)}}
		for _, c := range columns {
			line = append(line, Span{strings.Repeat(" ", gap), Plain})
			line = append(line, c.cells[i]...)
		}
		for _, line := range append([]Line{cut(line, width)}, reason(row, width)...) {
			t.Body, t.Rows = append(t.Body, line), append(t.Rows, i)
		}
	}
	return t
}

const nameHeader = "WAIT"

// namesOf are the names of the rows as they are shown, and what they share.
func namesOf(rows []Row) (names []string, common string) {
	s := sharedOf(rows)
	for _, row := range rows {
		name := printable.Line(s.short(row), printable.MaxCell)
		if row.Inner {
			name = "  " + name
		}
		names = append(names, name)
	}
	return names, printable.Line(s.text(), printable.MaxCell)
}

func nameStyle(row Row) Style {
	switch row.Tone {
	case Stuck:
		return Worst
	case Trouble:
		return Bad
	case Failed, Ended:
		return Faint
	default:
		return Plain
	}
}

func header(columns []column, nameWidth, width int) Line {
	text := padded(nameHeader, nameWidth)
	for _, c := range columns {
		text += strings.Repeat(" ", gap) + padded(c.header, c.width)
	}
	return Line{{clipped(strings.TrimRight(text, " "), width), Strong}}
}

// reason is the trouble of a row, on lines of their own below it.
func reason(row Row, width int) []Line {
	text := printable.Line(row.Reason(), printable.MaxLine)
	if text == "" {
		return nil
	}
	indent := "    "
	if !row.Inner {
		indent = "  "
	}
	room := max(width-len(indent), leastName)
	wrapped := strings.Split(ansi.Wrap(text, room, ""), "\n")
	if len(wrapped) > reasonLines {
		wrapped = wrapped[:reasonLines]
		wrapped[reasonLines-1] = strings.TrimRight(ansi.Truncate(wrapped[reasonLines-1], room-1, ""), " ") + "…"
	}
	style := Warning
	if row.Tone <= Trouble {
		style = Bad
	}
	var lines []Line
	for _, part := range wrapped {
		lines = append(lines, Line{{indent + strings.TrimSpace(part), style}})
	}
	return lines
}

// cut cuts a line to the width.
func cut(line Line, width int) Line {
	for i := range line {
		n := ansi.StringWidth(line[i].Text)
		if n > width {
			line[i].Text = clipped(line[i].Text, width)
			return line[:i+1]
		}
		width -= n
	}
	return line
}

// clipped cuts text at its end to a width.
func clipped(text string, width int) string { return ansi.Truncate(text, width, "…") }

// fitted cuts the name of a row to a width. The end of a path tells most.
func fitted(row Row, name string, width int) string {
	n := ansi.StringWidth(name)
	if n <= width || row.Path == "" {
		return clipped(name, width)
	}
	return ansi.TruncateLeft(name, n-width+1, "…")
}

// padded fills text up to a width.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}

func widest(texts []string) int {
	n := 0
	for _, text := range texts {
		n = max(n, ansi.StringWidth(text))
	}
	return n
}
