package temporal

import (
	"slices"
	"sync"
)

// maxTail is how much of a log is kept, in bytes.
const maxTail = 16 << 10

// tail keeps the end of a log, which is printed if the server fails. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	t.kept = slices.Clone(t.kept[max(len(t.kept)-maxTail, 0):])
	return len(p), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.kept)
}
