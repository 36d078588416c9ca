package hold

import (
	"fmt"
	"sync"
	"time"
)

// Heart sends the record of a wait as its activity's heartbeat: it beats. To encode and send a record
// takes a deep stack. A wait leaves that to [hearts]. Otherwise thousands of waits that one List has
// answered would grow their stacks at the same time. It is safe for concurrent use.
type Heart struct {
	beat   func(record any) error // nil for a beat without a record
	every  time.Duration          // how often it has to beat
	hearts *hearts

	sending sync.Mutex // held while a record is sent, so that the newest is sent last
	mu      sync.Mutex
	record  any       // the newest; nil for beats without one
	due     time.Time // when to send next; zero for at once

	sent                       time.Time // when it was last sent
	sentFirst, queued, stopped bool
}

// MakeRecord stands for a record that is made when it is sent.
type MakeRecord func() any

// hearts lets every heart beat often enough for the server to know that the worker lives. That follows
// the machine's clock, not the injected one, because the server's timeout does. It runs one goroutine
// while there are hearts, which looks for beats that are due, and at most width goroutines that send.
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
	// pulse is the time between two looks for beats that are due. The shortest heartbeat timeout is
	// 1 s.
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
	againPart = 0.125
)

// start begins to beat. The first beat comes after every, or sooner by SendFirst, News, Hurry or
// Flush. If every is 0, only Flush beats.
func (s *hearts) start(record any, every time.Duration, beat func(record any) error) *Heart {
	h := &Heart{beat: beat, record: record, hearts: s, every: every}
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

// SendFirst sends the record at the next look. A second call does nothing.
func (h *Heart) SendFirst() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.sentFirst {
		h.sentFirst, h.due = true, time.Time{}
	}
}

// News sends the record soon, not with the next beat, and at least newsEvery after the beat before.
func (h *Heart) News() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if soon := h.sent.Add(newsEvery); soon.Before(h.due) {
		h.due = soon
	}
}

// Hurry sends the record at the next look, not with the next beat.
func (h *Heart) Hurry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.due = time.Time{}
}

// Flush sends the record now, because the attempt is about to end and the next one needs it.
func (h *Heart) Flush() { _ = h.send(time.Now()) }

// SetRecord sets the record of the next beat.
func (h *Heart) SetRecord(record any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.record = record
}

// send sends the record. Its error is that of the beat.
func (h *Heart) send(now time.Time) (err error) {
	h.sending.Lock()
	defer h.sending.Unlock()
	h.mu.Lock()
	record, stopped := h.record, h.stopped
	h.due, h.sent = now.Add(h.every), now
	h.mu.Unlock()
	if makeRecord, lazy := record.(MakeRecord); lazy {
		record = makeRecord()
	}
	if !stopped {
		err = h.try(record)
	}
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.due = time.Now().Add(time.Duration(againPart * float64(h.every)))
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

// try sends a record. The SDK panics if it does not encode, for example because a codec is out of
// reach. Another beat may succeed.
func (h *Heart) try(record any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("heartbeat: %v", p)
		}
	}()
	return h.beat(record)
}

// enqueue reports whether the heart is to be sent, and was not queued yet.
func (h *Heart) enqueue(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.queued || now.Add(pulse).Before(h.due) { // at the next look it would be late
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
