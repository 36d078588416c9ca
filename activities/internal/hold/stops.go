package hold

import (
	"sync"

	"go.temporal.io/sdk/worker"
)

// stops ends attempts when their worker begins to stop, which is before the SDK cancels activity
// contexts. It runs one goroutine for each worker with attempts.
type stops struct {
	mu      sync.Mutex
	workers map[<-chan struct{}]*stopping
}

// stopping are the attempts of one worker.
type stopping struct {
	attempts map[*Attempt]bool
	none     chan struct{} // closed when the last one has left
}

// join stops t when the channel closes, until leave is called.
func (s *stops) join(channel <-chan struct{}, t *Attempt) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workers[channel]
	if w == nil {
		w = &stopping{attempts: map[*Attempt]bool{}, none: make(chan struct{})}
		s.workers[channel] = w
		go s.watch(channel, w)
	}
	w.attempts[t] = true
	select {
	case <-channel: // the watching goroutine may have ended
		t.stop(worker.ErrWorkerShutdown)
	default:
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(w.attempts, t)
		if len(w.attempts) == 0 && s.workers[channel] == w {
			delete(s.workers, channel)
			close(w.none)
		}
	}
}

func (s *stops) watch(channel <-chan struct{}, w *stopping) {
	select {
	case <-w.none:
		return
	case <-channel:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range w.attempts {
		t.stop(worker.ErrWorkerShutdown)
	}
}
