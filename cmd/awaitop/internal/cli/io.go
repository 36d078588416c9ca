package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/jedib0t/go-pretty/v6/table"
	"golang.org/x/term"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/screen"
)

// IO is where a command writes.
type IO struct {
	Out, Err io.Writer
	// Terminal says that Err is a terminal, which can show a progress bar.
	Terminal bool
	// Columns is the width of the terminal that Err is, now: a person may change it. It is called only if Terminal is set.
	Columns func() int
	// Width is the width of the terminal that Out is, in characters. 0 says that Out is no terminal.
	Width int
	// Profile is the colors that Out shows. The zero value is none.
	Profile colorprofile.Profile
	// Live says that Out can show a table that is drawn again. Keyboard is the terminal's, nil for none.
	Live     bool
	Keyboard io.Reader
}

// Standard is the standard output and error of the process.
func Standard() IO {
	i := IO{Out: os.Stdout, Err: os.Stderr, Terminal: term.IsTerminal(int(os.Stderr.Fd())), Columns: errorColumns}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		i.Width, i.Profile = width, screen.Profile(os.Stdout, os.Environ())
		i.Live = i.Profile > colorprofile.NoTTY // a dumb terminal cannot
	}
	if i.Live && term.IsTerminal(int(os.Stdin.Fd())) {
		i.Keyboard = os.Stdin
	}
	return i
}

// errorColumns is the width of the terminal that standard error is, 0 if it is none.
func errorColumns() int {
	width, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// say prints one line for people on Err. It escapes line breaks and bounds the line.
func (i IO) say(format string, args ...any) {
	fmt.Fprintln(i.Err, printable.Line(fmt.Sprintf(format, args...), printable.MaxLine))
}

// print prints each text that is not empty as one line on Out.
func (i IO) print(texts ...string) error {
	for _, text := range texts {
		if text == "" {
			continue
		}
		if _, err := fmt.Fprintln(i.Out, printable.Line(text, printable.MaxDocument)); err != nil {
			return err
		}
	}
	return nil
}

// json prints a value as one line on Out. The line is for programs, so it is not bounded.
func (i IO) json(value any) error {
	encoded, err := json.Marshal(value)
	if err == nil {
		_, err = fmt.Fprintln(i.Out, printable.Escape(string(encoded)))
	}
	return err
}

// table prints rows in columns below a header on Out. It draws no lines, so that awk reads the table too.
func (i IO) table(header table.Row, rows []table.Row) error {
	t := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", strings.Repeat(" ", columnGap)
	t.SetStyle(style)
	t.AppendHeader(header)
	t.AppendRows(rows)
	for line := range strings.SplitSeq(t.Render(), "\n") {
		if _, err := fmt.Fprintln(i.Out, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// columnGap is the space between two columns of a table, in characters.
const columnGap = 2

// rowOf is a row of a table. Each cell is one line.
func rowOf(cells ...string) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = printable.Line(cell, printable.MaxCell)
	}
	return row
}
