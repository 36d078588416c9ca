package devserver

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// lines is a log that tells of its first line.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	begun chan struct{}
	once  sync.Once
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.once.Do(func() { close(l.begun) })
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// What a server logs while it stops is not its user's business.
func TestLogUntilStop(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("missing: a shell")
	}
	script := filepath.Join(t.TempDir(), "server")
	syscall.ForkLock.RLock() // see cli
	err := os.WriteFile(script, []byte("#!/bin/sh\ntrap 'echo stopping >&2; exit 0' INT\necho serving >&2\nwhile :; do sleep 0.05; done\n"), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{begun: make(chan struct{})}
	p, err := launch(script, nil, log, false)
	if err != nil {
		t.Fatal(err)
	}
	<-log.begun
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	if text := strings.TrimSpace(log.String()); text != "serving" {
		t.Errorf("%q, want what it logged before it was stopped", text)
	}
}
