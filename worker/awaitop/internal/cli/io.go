package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// IO is what a command reads and writes.
type IO struct {
	Out, Err io.Writer
	// Terminal says that Err is a terminal: a progress bar can be drawn there.
	Terminal bool
	// Width is that of the terminal that Out is, in characters; 0 if it is none.
	Width int
}

// Standard is that of the process.
func Standard() IO {
	i := IO{Out: os.Stdout, Err: os.Stderr, Terminal: term.IsTerminal(int(os.Stderr.Fd()))}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		i.Width = width
	}
	return i
}

// say prints a line for people.
func (i IO) say(format string, args ...any) {
	fmt.Fprintln(i.Err, printableLines(fmt.Sprintf(format, args...)))
}

// print prints what was asked for.
func (i IO) print(text string) error {
	_, err := fmt.Fprintln(i.Out, printableLines(text))
	return err
}

// json prints a value as one line.
func (i IO) json(value any) error {
	encoded, err := json.Marshal(value)
	if err == nil {
		err = i.print(string(encoded))
	}
	return err
}
