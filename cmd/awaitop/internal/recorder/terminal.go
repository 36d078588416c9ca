package recorder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// quiet is for how long a screen does not change before [Terminal.Until] takes it: a program may draw in several writes.
// The fastest spinner here is drawn each 200 ms.
const quiet = 40 * time.Millisecond

var errEnded = errors.New("the program has ended without it")

// Terminal is a terminal with a program on it. It is safe for concurrent use.
type Terminal struct {
	file    *os.File
	replies io.Closer
	started time.Time
	drained chan struct{}
	changed chan struct{} // has a value after a change that nobody has seen

	mu     sync.Mutex
	screen *vt.Emulator
}

// Start starts a program on a terminal of that size. raw gets what the program writes; nil for nobody. The caller waits
// for the program's end, and closes the terminal after it.
func Start(command *exec.Cmd, columns, rows int, raw io.Writer) (*Terminal, error) {
	file, err := pty.StartWithSize(command, size(columns, rows))
	if err != nil {
		return nil, fmt.Errorf("start %s on a terminal: %w", command.Path, err)
	}
	screen := vt.NewEmulator(columns, rows)
	t := &Terminal{
		file: file, screen: screen, started: time.Now(),
		drained: make(chan struct{}), changed: make(chan struct{}, 1),
		// Emulator.Close would race with Emulator.Read, which reads the answers to a program's queries.
		replies: screen.InputPipe().(io.Closer),
	}
	var to io.Writer = t
	if raw != nil {
		to = io.MultiWriter(t, raw)
	}
	go func() { _, _ = io.Copy(file, screen) }() // it ends with replies
	go func() {
		defer close(t.drained)
		_, _ = io.Copy(to, file) // it ends with the program
	}()
	return t, nil
}

func size(columns, rows int) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)} //nolint:gosec // the sizes of tests fit
}

// Write draws what the program writes.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.screen.Write(p)
	select {
	case t.changed <- struct{}{}:
	default:
	}
	return n, err
}

// Screen is the text on the screen, without trailing spaces and lines.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimRight(t.screen.String(), " \r\n")
}

// Until waits for a screen that satisfies a condition, and stands still for a moment. It returns the screen. If ctx ends
// or the program's output does, it returns the last screen and an error.
func (t *Terminal) Until(ctx context.Context, holds func(screen string) bool) (screen string, err error) {
	still := time.NewTimer(quiet)
	defer still.Stop()
	for {
		select {
		case <-still.C:
			if screen := t.Screen(); holds(screen) {
				return screen, nil
			}
			still.Reset(quiet) // another call may have taken the change
		case <-t.changed:
			still.Reset(quiet)
		case <-t.drained:
			screen := t.Screen()
			if !holds(screen) {
				err = errEnded
			}
			return screen, err
		case <-ctx.Done():
			return t.Screen(), ctx.Err()
		}
	}
}

// Type sends keys to the program. "\x03" is Ctrl-C.
func (t *Terminal) Type(keys string) error {
	_, err := io.WriteString(t.file, keys)
	return err
}

// Resize changes the size of the terminal, and tells the program.
func (t *Terminal) Resize(columns, rows int) error {
	t.mu.Lock()
	t.screen.Resize(columns, rows)
	t.mu.Unlock()
	return pty.Setsize(t.file, size(columns, rows))
}

// File is the terminal's device, for calls on it.
func (t *Terminal) File() *os.File { return t.file }

// Age is the time since the program was started.
func (t *Terminal) Age() time.Duration { return time.Since(t.started) }

// Drained is closed once the screen shows all that the program has written before its end.
func (t *Terminal) Drained() <-chan struct{} { return t.drained }

// Close frees the terminal.
func (t *Terminal) Close() error {
	_ = t.replies.Close()
	return t.file.Close()
}
