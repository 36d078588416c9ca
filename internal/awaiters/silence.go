package awaiters

import "sync"

// maxSilent is how many queries a task queue may leave without an answer. Then its worker is taken for gone, because each
// such query takes [queryTimeout].
const maxSilent = readsAtOnce

// Silence counts the queries without an answer, by task queue. It is safe for concurrent use. A nil one counts nothing.
type Silence struct {
	mu    sync.Mutex
	count map[string]int
}

// NewSilence returns a Silence of no queries.
func NewSilence() *Silence { return &Silence{count: map[string]int{}} }

// Reached reports whether the task queue is not to be asked any more.
func (s *Silence) Reached(queue string) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[queue] >= maxSilent
}

// Add counts a query.
func (s *Silence) Add(queue string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[queue]++
}
