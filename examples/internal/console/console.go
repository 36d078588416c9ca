package console

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.temporal.io/sdk/log"
	"golang.org/x/term"
)

// Console prints lines, and below them on a terminal the live state of the
// waits. It is safe for concurrent use.
type Console struct {
	out  io.Writer
	live bool // whether out is a terminal

	mu     sync.Mutex
	states []string // of the waits under way, as shown
}

// New prints to standard output, or to standard error if JSON goes to standard output.
func New(json bool) *Console {
	file := os.Stdout
	if json {
		file = os.Stderr
	}
	return &Console{out: file, live: term.IsTerminal(int(file.Fd()))}
}

// Live reports whether the console shows live states in place.
func (c *Console) Live() bool { return c.live }

// Line prints a line above the live state.
func (c *Console) Line(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	fmt.Fprintf(c.out, format+"\n", args...)
	c.draw()
}

// Write prints the output of a process that the example started, above the live state.
func (c *Console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	n, err := c.out.Write(p)
	c.draw()
	return n, err
}

// Begin adds a wait to the live state. The returned function shows the wait's state: in place on a
// terminal, elsewhere as a line whenever it changes. An empty state removes the wait.
func (c *Console) Begin(name string) func(state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	slot := len(c.states)
	c.states = append(c.states, "")
	began := time.Now()
	return func(state string) {
		if c.live && state != "" {
			state += fmt.Sprintf(" (%.0f s)", time.Since(began).Seconds())
		}
		c.show(slot, name, state)
	}
}

func (c *Console) show(slot int, name, state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state != "" {
		state = fmt.Sprintf("  %-8s %s", name, state)
	}
	if c.states[slot] == state {
		return
	}
	c.erase()
	c.states[slot] = state
	if !c.live && state != "" {
		fmt.Fprintln(c.out, state)
	}
	c.draw()
}

// erase takes the live state off the terminal.
func (c *Console) erase() {
	if n := c.shown(); c.live && n > 0 {
		fmt.Fprintf(c.out, "\x1b[%dA\x1b[J", n)
	}
}

func (c *Console) draw() {
	for _, state := range c.states {
		if c.live && state != "" {
			fmt.Fprintln(c.out, state)
		}
	}
}

func (c *Console) shown() int {
	n := 0
	for _, state := range c.states {
		if state != "" {
			n++
		}
	}
	return n
}

// Quiet is a logger for the Temporal SDK that shows errors only.
func Quiet(w io.Writer) log.Logger {
	return log.NewStructuredLogger(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError})))
}
