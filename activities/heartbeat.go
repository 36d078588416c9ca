package activities

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/lro"
)

// Heartbeat is the progress record of a PollOperation, and of a CancelOperation: what
// a describe of the workflow shows of its pending activity. It never holds metadata and stays
// below 4 KiB. A later attempt reads it back; if it is lost, graces start anew
// and Polls counts fewer.
type Heartbeat struct {
	// Ref, StartTime, Deadline and Canceling are the input's. A Ref of more than
	// 1 KiB has no room here, and is left out.
	Ref       lro.Ref   `json:"ref,omitzero"`
	StartTime time.Time `json:"startTime,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	Canceling bool      `json:"canceling,omitempty"`
	// Polls is how many reads the wait has made.
	Polls int `json:"polls"`
	// Seen is true once the service has returned the operation.
	Seen bool `json:"seen,omitempty"`
	// BlockedSince is when reads began to be refused with 401 or 403, zero if
	// the last one was not.
	BlockedSince time.Time `json:"blockedSince,omitzero"`
	// Sent is how far the cancels of a CancelOperation have come, one that is about to
	// be sent among them.
	Sent Sent `json:"sent,omitempty"`
	// Progress is what the last metadata said.
	Progress lro.Progress `json:"progress"`
	// Status says in words what the wait is at.
	Status string `json:"status,omitempty"`
	// LastError is why the last read failed, without details; nil if it did not.
	LastError *lro.Status `json:"lastError,omitempty"`
	// LastPoll is when the last read was answered: what is told of the operation is as
	// old.
	LastPoll time.Time `json:"lastPoll,omitzero"`
	// NextPoll is when the operation is read next.
	NextPoll time.Time `json:"nextPoll,omitzero"`
	// NotBefore is until when the service asked not to be read again, which a later
	// attempt keeps to; zero if it did not, or if the Temporal server keeps to it.
	NotBefore time.Time `json:"notBefore,omitzero"`
}

// heart sends what a wait records as its activity's heartbeat. Encoding and
// sending it take a deep stack: a wait leaves that to [hearts], or thousands that
// one list has answered would grow theirs at the same time.
type heart struct {
	beat   func(details any) error // nil details for a beat without
	every  time.Duration           // how often it has to beat
	hearts *hearts

	sending sync.Mutex // held while last is sent, so that the newest is sent last
	mu      sync.Mutex
	last    any       // nil for a beat without details; a newest is made when it is sent
	due     time.Time // when to send next; zero for at once

	sent                      time.Time // when it last was
	recorded, queued, stopped bool
}

// newest is a record that is made when it is sent.
type newest func() any

// hearts has every heart beat often enough for the server to know that the
// worker lives, and at once for the first time. That has to follow the system's
// clock, not the injected one: the server's timeout does. It runs one goroutine
// while there are hearts, and width at most while they beat.
type hearts struct {
	width int

	mu      sync.Mutex
	beating map[*heart]bool
	running bool
	queue   []*heart // those that are due
	senders int
}

func newHearts(width int) *hearts { return &hearts{width: width, beating: map[*heart]bool{}} }

const (
	// pulse is how often hearts are looked at: four times in a second, which is
	// the shortest heartbeat timeout.
	pulse = 250 * time.Millisecond
	// slotWidth is how many beats of activities in their slots are recorded at
	// once: the SDK sends them when it sees fit.
	slotWidth = 8
	// asyncWidth is how many beats of others are sent at once. 10,000 waits with
	// heartbeat timeouts of 30 s send 440 a second, so a call may take 290 ms.
	asyncWidth = 128
	// newsEvery is how often news are sent at the most: of how far an operation is, or
	// of trouble. Somebody may be watching.
	newsEvery = 5 * time.Second
	// againPart is the part of the time between beats after which one that failed
	// is tried again.
	againPart = 8
)

// startHeart beats until stop is called, first with what the attempt before
// recorded: a beat without details would erase it. The SDK is given a record in
// each third of the timeout, and sends what it has in four fifths.
func (a *Activities) startHeart(ctx context.Context, first any) *heart {
	return a.hearts.start(first, activity.GetInfo(ctx).HeartbeatTimeout/3, func(details any) error { return record(ctx, details) })
}

// record gives the SDK a beat, which it sends when it sees fit.
func record(ctx context.Context, details any) error {
	if details == nil {
		activity.RecordHeartbeat(ctx)
	} else {
		activity.RecordHeartbeat(ctx, details)
	}
	return nil
}

// startAsyncHeart beats for an attempt whose activity has returned: what is recorded is
// sent, which leaves a quarter of the timeout for another try.
func (t *attempt) startAsyncHeart(first any) *heart {
	return t.activities.async.hearts.start(first, activity.GetInfo(t.ctx).HeartbeatTimeout*3/4, t.heartbeat)
}

// start begins to beat, unless every is 0: then only flush does.
func (s *hearts) start(first any, every time.Duration, beat func(details any) error) *heart {
	h := &heart{beat: beat, last: first, hearts: s, every: every}
	if every > 0 {
		h.due = time.Now().Add(every)
		s.join(h)
	}
	return h
}

// stop ends the beating.
func (h *heart) stop() {
	h.hearts.mu.Lock()
	delete(h.hearts.beating, h)
	h.hearts.mu.Unlock()
	h.sending.Lock() // none is sent after it
	defer h.sending.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}

// record has beat sent at once if it is the first, else with the next beat.
func (h *heart) record(beat any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = beat
	if !h.recorded {
		h.recorded, h.due = true, time.Time{}
	}
}

// news has the last record sent soon, not with the next beat.
func (h *heart) news() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if soon := h.sent.Add(newsEvery); soon.Before(h.due) {
		h.due = soon
	}
}

// hurry has the last record sent at the next look, not with the next beat.
func (h *heart) hurry() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.due = time.Time{}
}

// flush sends the last record now: the attempt is about to end, and the next
// shall find it.
func (h *heart) flush() { _ = h.send(time.Now()) }

// note replaces what the next beat says.
func (h *heart) note(beat any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = beat
}

// send sends the last record. Its error is that of the beat.
func (h *heart) send(now time.Time) (err error) {
	h.sending.Lock()
	defer h.sending.Unlock()
	h.mu.Lock()
	last, stopped := h.last, h.stopped
	h.due, h.sent = now.Add(h.every), now
	h.mu.Unlock()
	if record, made := last.(newest); made {
		last = record()
	}
	if !stopped {
		err = h.try(last)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queued = false
	if err != nil {
		h.due = time.Now().Add(h.every / againPart)
	}
	return err
}

// try sends a beat. The SDK panics where details do not encode, as with a codec
// that is out of reach; another beat may do.
func (h *heart) try(details any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("heartbeat: %v", p)
		}
	}()
	return h.beat(details)
}

// enqueue reports whether the heart is to be sent, and was not to be yet.
func (h *heart) enqueue(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.queued || now.Add(pulse).Before(h.due) { // later it would be late at the next look
		return false
	}
	h.queued = true
	return true
}

func (s *hearts) join(h *heart) {
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

// look has sent what is due. It returns false once there are no hearts.
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
		_ = h.send(time.Now()) // one that failed is due again
	}
}

// lastHeartbeat returns what the attempt before recorded.
func lastHeartbeat(ctx context.Context) Heartbeat {
	var beat Heartbeat
	if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &beat) != nil {
		return Heartbeat{}
	}
	return beat
}

const (
	// maxBeatName bounds a name in a heartbeat, in bytes of the JSON that is sent:
	// that takes six for a '<'.
	maxBeatName = 1 << 10
	// maxBeatMessage bounds a message there, before it is encoded.
	maxBeatMessage = 128
)

// describes has the heartbeat say whose it is.
func (h *Heartbeat) describes(in *PollInput) {
	h.Ref = in.Ref
	if lro.EncodedSize(in.Ref) > maxBeatName {
		h.Ref = lro.Ref{}
	}
	h.StartTime, h.Deadline, h.Canceling = in.StartTime.UTC(), in.Deadline, in.Canceling
}

// brief is what a heartbeat has room for of a failed read.
func brief(err error) *lro.Status {
	status := lro.StatusOf(err)
	return &lro.Status{Code: status.Code, Message: strings.ToValidUTF8(status.Message[:min(len(status.Message), maxBeatMessage)], "")}
}
