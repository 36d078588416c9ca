package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// liveLine is the last line of a terminal. It is drawn again in place, and never wraps: a line that wraps is not drawn
// over but piles up.
type liveLine struct {
	to      io.Writer
	columns func() int // the terminal's width now, 0 if it is not known
	drawn   bool
}

// draw shows a text in place of the one before.
func (l *liveLine) draw(shown string) {
	l.drawn = true
	_, _ = io.WriteString(l.to, "\r"+ansi.Truncate(shown, l.room(), "…")+eraseToEnd) // a terminal that is gone shows nothing
}

// eraseToEnd erases the rest of a terminal's line.
const eraseToEnd = "\x1b[K"

// room is how many characters the line takes. The last column stays free: the cursor stands there.
func (l *liveLine) room() int {
	if columns := l.columns(); columns > 1 {
		return columns - 1
	}
	return usualColumns - 1
}

// usualColumns is the width of a terminal that does not tell it.
const usualColumns = 80

// clear erases the line for the next output.
func (l *liveLine) clear() {
	if l.drawn {
		_, _ = io.WriteString(l.to, "\r"+eraseToEnd)
	}
	l.drawn = false
}

const (
	// barColumns is the width of a bar where there is room, minBarColumns the least that tells more than the number.
	barColumns    = 30
	minBarColumns = 10
	// percentColumns is the width of a percentage with its mark, such as " ~9%".
	percentColumns = 4
)

// barLine is a percentage, a bar and a text, of at most so many columns. If they are too few the bar shrinks, and the
// text is cut.
func barLine(percent int, estimated bool, beside string, columns int) string {
	mark := ""
	if estimated {
		mark = "~"
	}
	number := fmt.Sprintf("%*s", percentColumns, fmt.Sprintf("%s%d%%", mark, percent))
	width := min(columns-percentColumns-ansi.StringWidth(beside)-len("  "), barColumns)
	if width < minBarColumns {
		return number + " " + beside
	}
	return number + " " + barOf(percent, width) + " " + beside
}

// barOf is a bar of so many columns.
func barOf(percent, columns int) string {
	filled := min(max(percent, 0), 100) * columns / 100
	return strings.Repeat("█", filled) + strings.Repeat("░", columns-filled)
}

// spinners are the pictures of a spinner, one after the other.
var spinners = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

// spinnerAt is the picture of a spinner at its nth turn.
func spinnerAt(n int) string { return string(spinners[n%len(spinners)]) }
