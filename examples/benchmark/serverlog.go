package main

import (
	"bytes"
	"io"
	"sync"
)

// shownErrors is how many of a server's errors are passed on. An overloaded server logs thousands.
const shownErrors = 3

// serverLog is a dev server's log. It counts the errors, and passes on the first of them and
// everything else.
type serverLog struct {
	out io.Writer

	mu     sync.Mutex
	errors int
}

// Write takes whole lines, as the server's logger writes them.
func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(p) {
		if bytes.Contains(line, []byte("level=ERROR")) {
			if l.errors++; l.errors > shownErrors {
				continue
			}
		}
		if _, err := l.out.Write(line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// count returns how many errors the server has logged.
func (l *serverLog) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.errors
}
