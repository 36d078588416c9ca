package hold

import (
	"fmt"
	"sync"
	"time"
)

// Heart sends the record of a wait as its activity's heartbeat. Encoding and sending it take a deep
// stack. A wait leaves that to [hearts]. Otherwise thousands of waits that one List has answered
// would grow their stacks at the same time.
type Heart struct {
	beat   func(details any) error // nil details for a beat without details
	every  time.Duration           // how often it has to beat
	hearts *hearts

	sending sync.Mutex // held while last is sent, so that the newest is sent last
	mu      sync.Mutex
	last    any       // nil for a beat without details; a Newest is made when it is sent
	due     time.Time // when to send next; zero for at once

	sent                      time.Time // when it was last sent
	recorded, queued, stopped bool
}

// Newest is a record that is made when it is sent.
type Newest func() any

// hearts lets every heart beat often enough for the server to know that the worker lives, and at
// once for the first time. That follows the machine's clock, not the injected one, because the
// server's timeout does. It runs one goroutine while there are hearts, and width at most while they
// beat.
type hearts struct {
	width int

	mu      sync.Mutex
	beating map[*Heart]bool
	running bool
	queue   []*Heart // those that are due
	senders int
}

func newHearts(width int) *hearts { return &hearts{width: width, beating: map[*Heart]bool{}} }

const (
	// pulse is the time between two checks of the hearts: four in a second, which is the shortest
	// heartbeat timeout.
	pulse = 250 * time.Millisecond
	// slotWidth is how many beats of activities in their slots are recorded at once. The SDK sends
	// them later.
	slotWidth = 8
	// asyncWidth is how many beats of other activities are sent at once. 10,000 waits with
	// heartbeat timeouts of 30 s send 440 a second, so a call may take 290 ms.
	asyncWidth = 128
	// newsEvery is the least time between two sends of news: of progress or of trouble. Somebody
	// may be watching.
	newsEvery = 5 * time.Second
	// againPart is the part of the time between beats after which a failed beat is tried again.
	againPart = 8
)

// start begins to beat. If every is 0, only Flush beats.
func (s *hearts) start(first any, every time.Duration, beat func(details any) error) *Heart {
	h := &Heart{beat: beat, last: first, hearts: s, every: every}
	if every > 0 {
		h.due = time.Now().Add(every)
		s.join(h)
	}
	return h
}

// Stop ends the beating.
func (h *Heart) Stop() {
	h.hearts.mu.Lock()
	delete(h.hearts.beating, h)
	h.hearts.mu.Unlock()
	h.sending.Lock() // none is sent after Stop
	defer h.sending.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}

// Record sends a beat at once if it is the first, else with the next beat.
func (h *Heart) Record(beat any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = beat
	if !h.recorded {
		h.recorded, h.due = true, time.Time{}
	}
}

// News sends the last record soon, not with the next beat.
func (h *Heart) News() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if soon := h.sent.Add(newsEvery); soon.Before(h.due) {
		h.due = soon
	}
}

// Hurry sends the last record at the next check, not with the next beat.
func (h *Heart) Hurry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.due = time.Time{}
}

// Flush sends the last record now, because the attempt is about to end and the next one needs it.
func (h *Heart) Flush() { _ = h.send(time.Now()) }

// Note replaces the record of the next beat.
func (h *Heart) Note(beat any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = beat
}

// send sends the last record. Its error is that of the beat.
func (h *Heart) send(now time.Time) (err error) {
	h.sending.Lock()
	defer h.sending.Unlock()
	h.mu.Lock()
	last, stopped := h.last, h.stopped
	h.due, h.sent = now.Add(h.every), now
	h.mu.Unlock()
	if record, made := last.(Newest); made {
		last = record()
	}
	if !stopped {
		err = h.try(last)
	}
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.due = time.Now().Add(h.every / againPart)
	}
	return err
}

// sendQueued is send for a heart that was in the queue.
func (h *Heart) sendQueued() {
	_ = h.send(time.Now()) // a beat that failed is due again
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queued = false
}

// try sends a beat. The SDK panics if details do not encode, for example because a codec is out of
// reach. Another beat may succeed.
func (h *Heart) try(details any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("heartbeat: %v", p)
		}
	}()
	return h.beat(details)
}

// enqueue reports whether the heart is to be sent, and was not queued yet.
func (h *Heart) enqueue(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.queued || now.Add(pulse).Before(h.due) { // after the next check it would be late
		return false
	}
	h.queued = true
	return true
}

func (s *hearts) join(h *Heart) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beating[h] = true
	if !s.running {
		s.running = true
		go s.beat()
	}
}

func (s *hearts) beat() {
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	for now := range ticker.C {
		if !s.look(now) {
			return
		}
	}
}

// look sends the beats that are due. It returns false once there are no hearts.
func (s *hearts) look(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.beating) == 0 {
		s.running = false
		return false
	}
	for h := range s.beating {
		if h.enqueue(now) {
			s.queue = append(s.queue, h)
		}
	}
	for range min(len(s.queue), s.width-s.senders) {
		s.senders++
		go s.sendQueued()
	}
	return true
}

func (s *hearts) sendQueued() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.senders--
			s.mu.Unlock()
			return
		}
		h := s.queue[0]
		s.queue[0], s.queue = nil, s.queue[1:]
		s.mu.Unlock()
		h.sendQueued()
	}
}
